package dev.sockeye.socketio.server;

/** What happens to an event that exceeds a {@link RateLimit}. In no case is it passed to handlers. */
public enum RateLimitAction {
    /** The event is dropped; if the client expects an acknowledgement, it never receives one. */
    DROP,
    /**
     * If the client expects an acknowledgement, it receives <code>{"error": "rate limit exceeded", "retryAfter":
     * ms}</code>; otherwise the event is dropped.
     */
    ERROR,
    /** The client is disconnected with the reason "rate limit exceeded", and its connection closed. */
    DISCONNECT
}
