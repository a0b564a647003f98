package dev.sockeye.socketio.server;

/** What happens to an event that exceeds a {@link RateLimit}. No handler gets it in any case. */
public enum RateLimitAction {
    /** It is dropped; an acknowledgement that the client waits for never comes. */
    DROP,
    /**
     * An acknowledgement that the client waits for is <code>{"error": "rate limit exceeded", "retryAfter": ms}</code>; an event without one is
     * dropped.
     */
    ERROR,
    /** The client is disconnected with the reason "rate limit exceeded", and its connection closed. */
    DISCONNECT
}
