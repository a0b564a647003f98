package dev.sockeye.socketio.adapter.cluster;

/**
 * Another server is taking a session at this moment. {@link ClusterTransport#takeSession} fails with it, and the adapter
 * asks again. Sockeye's own.
 */
public final class SessionBusyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Creates an exception without a stack trace. */
    public SessionBusyException() {
        super("another server is taking the session", null, false, false);
    }
}
