package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Decides whether a handshake may go on. Official counterpart: the {@code allowRequest} option. Called on an I/O thread: what
 * takes time answers with a stage that completes later, on any thread. A stage that fails refuses.
 *
 * <pre>{@code
 * .allowRequest(AllowRequest.when(request -> tokens.isValid(request.query("token"))))
 * }</pre>
 */
@FunctionalInterface
public interface AllowRequest {

    /** Decides about a handshake request. */
    CompletionStage<Decision> decide(HostRequest request);

    /**
     * Yes, or no with a message for the client.
     *
     * @param message what the client is told; empty for the official {@code Forbidden}
     */
    record Decision(boolean allowed, String message) {
        /** Lets the handshake through. */
        public static Decision allow() {
            return new Decision(true, "");
        }

        /** Refuses with 403 and code 4, the message in place of {@code Forbidden}. */
        public static Decision refuse(String message) {
            return new Decision(false, message);
        }

        /** Refuses with 403 and code 4. */
        public static Decision refuse() {
            return new Decision(false, "");
        }
    }

    /** A decision made at once. */
    static AllowRequest when(Predicate<HostRequest> allowed) {
        return request ->
                CompletableFuture.completedFuture(allowed.test(request) ? Decision.allow() : Decision.refuse());
    }
}
