package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The last steps of the handshake of a well-formed request: permission, protocol, id, limits. */
final class HandshakeAdmission {

    /** The outcome of the handshake; called once, on the loop. */
    interface Answer {
        /** Responds with an error. */
        void refused(HandshakeError error, Map<String, Object> context);

        /**
         * Refuses the handshake because the server accepts no sessions at the moment.
         *
         * @param status 503, or 429 if only this client has to wait
         * @param retryAfter the value of {@code Retry-After} in seconds; 0 to omit the header
         */
        void full(int status, String message, int retryAfter);

        /** Accepts a session. The permit belongs to the receiver, which must release it in all cases. */
        void admitted(String sid, int protocol, Permit permit);
    }

    private final EngineOptions options;
    private final ConnectionLimits connections;
    private final Hooks hooks;
    final List<HandshakeThrottle> throttles = new CopyOnWriteArrayList<>();
    private final @Nullable SessionRouter router;

    /**
     * @param router completes the ids of sessions; {@code null} if they are used unchanged
     */
    HandshakeAdmission(EngineOptions options, Hooks hooks, @Nullable SessionRouter router) {
        this.router = router;
        this.options = options;
        this.connections = new ConnectionLimits(options.maxConnections(), options.maxConnectionsPerAddress());
        this.hooks = hooks;
    }

    /** Rounded up. */
    static int wholeSeconds(Duration time) {
        long seconds = time.getNano() == 0 ? time.getSeconds() : Math.min(time.getSeconds(), Integer.MAX_VALUE) + 1;
        return (int) Math.min(seconds, Integer.MAX_VALUE);
    }

    void admit(HostRequest request, int protocol, EngineLoop loop, Answer answer) {
        int wait = 0;
        try {
            for (HandshakeThrottle limit : throttles) {
                wait = Math.max(wait, wholeSeconds(limit.delay(request)));
            }
        } catch (RuntimeException | Error e) {
            Hooks.failed("throttle", e);
            answer.refused(HandshakeError.FORBIDDEN, Map.of("error", e));
            return;
        }
        if (wait > 0) {
            String message = "too many connections in a short time";
            hooks.refused(request, HandshakeError.FORBIDDEN, Map.of("message", message));
            answer.full(429, message, wait);
            return;
        }
        AllowRequest allow = options.allowRequest();
        if (allow == null) {
            identify(request, protocol, loop, answer);
            return;
        }
        HandshakeSteps.run(() -> allow.decide(request), loop, (decision, error) -> {
            if (error != null) {
                answer.refused(HandshakeError.FORBIDDEN, Map.of("error", error));
            } else if (decision == null || !decision.allowed()) {
                String message = decision == null ? "" : decision.message();
                answer.refused(HandshakeError.FORBIDDEN, message.isEmpty() ? Map.of() : Map.of("message", message));
            } else {
                identify(request, protocol, loop, answer);
            }
        });
    }

    /** The protocol of a request: 4, otherwise 3. */
    static int protocol(Map<String, String> query) {
        return "4".equals(query.get("EIO")) ? 4 : 3;
    }

    /** Reports a request whose protocol differs from that of its session. */
    static Map<String, Object> mismatch(int protocol, EngineSocket session) {
        return Map.of("name", "PROTOCOL_MISMATCH", "protocol", protocol, "previousProtocol", session.protocol());
    }

    private void identify(HostRequest request, int protocol, EngineLoop loop, Answer answer) {
        if (protocol == 3 && !options.allowEIO3()) {
            answer.refused(HandshakeError.UNSUPPORTED_PROTOCOL_VERSION, Map.of("protocol", protocol));
            return;
        }
        HandshakeSteps.run(() -> options.generateId().generate(request), loop, (id, error) -> {
            if (error != null || id == null || id.isEmpty()) {
                answer.refused(
                        HandshakeError.BAD_REQUEST,
                        error == null
                                ? Map.of("name", "ID_GENERATION_ERROR")
                                : Map.of("name", "ID_GENERATION_ERROR", "error", error));
                return;
            }
            Permit permit;
            try {
                permit = connections.enter(request.remoteAddress());
            } catch (ConnectionLimits.Full e) {
                String message = String.valueOf(e.getMessage());
                hooks.refused(request, HandshakeError.FORBIDDEN, Map.of("message", message));
                answer.full(503, message, 0);
                return;
            }
            answer.admitted(router == null ? id : router.name(id), protocol, permit);
        });
    }
}
