package dev.sockeye.socketio.adapter.cluster;

/**
 * Another server is taking a session at this moment. {@link ClusterTransport#takeSession} fails with it, and the adapter
 * asks again. Sockeye's own.
 */
public final class SessionBusyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String taker;

    /** Creates an exception without a stack trace; which server is taking the session is not known. */
    public SessionBusyException() {
        this("");
    }

    /**
     * Creates an exception without a stack trace.
     *
     * @param taker identifies the server that is taking the session, for {@link ClusterTransport#takeSession(String, String)}
     */
    public SessionBusyException(String taker) {
        super("another server is taking the session", null, false, false);
        this.taker = taker;
    }

    /** Identifies the server that is taking the session; empty if it is not known. */
    public String taker() {
        return taker;
    }
}
