package dev.sockeye.socketio.server.internal;

/** The states of a socket. {@link #mayBecome} defines all allowed transitions. */
enum SocketState {
    /** In the middlewares. */
    PENDING,
    /** In its namespace. */
    CONNECTED,
    /** About to disconnect; the {@code disconnecting} handlers have not run yet. */
    LEAVING,
    /** The {@code disconnecting} handlers are running. */
    DISCONNECTING,
    /** Has left its namespace. This is the final state. */
    GONE;

    /** Whether the transition to this state is allowed. */
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
     * Throws if the transition is not allowed.
     *
     * @throws IllegalStateException if the transition is not allowed
     */
    void checkMayBecome(SocketState next) {
        if (!mayBecome(next)) {
            throw new IllegalStateException("a socket cannot go from " + this + " to " + next);
        }
    }
}
