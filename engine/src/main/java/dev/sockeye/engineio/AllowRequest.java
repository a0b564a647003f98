package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Decides whether a handshake is accepted. Official counterpart: the {@code allowRequest} option. Called on an I/O
 * thread and must not block: return a stage that completes later, on any thread, if the decision takes time. A stage
 * that fails refuses the handshake.
 *
 * <pre>{@code
 * .allowRequest(AllowRequest.when(request -> tokens.isValid(request.query("token"))))
 * }</pre>
 */
@FunctionalInterface
public interface AllowRequest {

    /** Accepts or refuses a handshake request. */
    CompletionStage<Decision> decide(HostRequest request);

    /**
     * The decision: accepted, or refused with a message for the client.
     *
     * @param message the message for the client; empty for the official {@code Forbidden}
     */
    record Decision(boolean allowed, String message) {
        /** Accepts the handshake. */
        public static Decision allow() {
            return new Decision(true, "");
        }

        /** Refuses the handshake with status 403 and code 4, with this message instead of {@code Forbidden}. */
        public static Decision refuse(String message) {
            return new Decision(false, message);
        }

        /** Refuses the handshake with status 403 and code 4. */
        public static Decision refuse() {
            return new Decision(false, "");
        }
    }

    /** Creates an {@code AllowRequest} that decides immediately. */
    static AllowRequest when(Predicate<HostRequest> allowed) {
        return request ->
                CompletableFuture.completedFuture(allowed.test(request) ? Decision.allow() : Decision.refuse());
    }
}
