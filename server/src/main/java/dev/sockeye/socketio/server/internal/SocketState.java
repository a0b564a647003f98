package dev.sockeye.socketio.server.internal;

/** The states of a socket. {@link #mayBecome} is the table of transitions; there is no other. */
enum SocketState {
    /** In the middlewares. */
    PENDING,
    /** In its namespace. */
    CONNECTED,
    /** Told to disconnect; the {@code disconnecting} handlers have not run yet. */
    LEAVING,
    /** The {@code disconnecting} handlers are running. */
    DISCONNECTING,
    /** Out of its namespace, for good. */
    GONE;

    /** Whether this state may follow. */
    boolean mayBecome(SocketState next) {
        return switch (this) {
            case PENDING -> next == CONNECTED || next == GONE; // refused, or its connection was lost
            case CONNECTED -> next == LEAVING || next == GONE; // the adapter failed while it joined
            case LEAVING -> next == DISCONNECTING || next == GONE;
            case DISCONNECTING -> next == GONE;
            case GONE -> false;
        };
    }

    /**
     * Refuses a transition that is not in the table.
     *
     * @throws IllegalStateException it is not
     */
    void checkMayBecome(SocketState next) {
        if (!mayBecome(next)) {
            throw new IllegalStateException("a socket cannot go from " + this + " to " + next);
        }
    }
}
