package dev.sockeye.engineio;

/** What happens to a client for which more than {@link EngineOptions#maxOutboundBytes()} wait. Sockeye's own. */
public enum SlowClientPolicy {

    /** Its session is closed with {@link CloseReason#OUTBOUND_OVERFLOW}. The client notices that it has missed something. */
    CLOSE,

    /**
     * The oldest messages that may be dropped ({@link Retention}) are dropped, until the newest one fits: the client stays connected and
     * does not notice. If what may not be dropped is too much alone, the session is closed as with {@link #CLOSE}.
     */
    DROP_OLDEST
}
