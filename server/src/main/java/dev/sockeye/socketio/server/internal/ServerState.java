package dev.sockeye.socketio.server.internal;

/** The states of a server. {@link #mayBecome} defines all allowed transitions. */
enum ServerState {
    /** Not started yet, or closed: it can be started. */
    STOPPED,
    /** Started by {@code listen()} or {@code hostedEngine()}. */
    RUNNING,
    /** Being closed; the next state is stopped. */
    CLOSING;

    /** Whether the transition to this state is allowed. */
    boolean mayBecome(ServerState next) {
        return switch (this) {
            case STOPPED -> next == RUNNING || next == CLOSING; // a server that never ran closes its adapters
            case RUNNING -> next == CLOSING || next == STOPPED; // the port could not be bound
            case CLOSING -> next == STOPPED;
        };
    }

    /**
     * Throws if the transition is not allowed.
     *
     * @throws IllegalStateException if the transition is not allowed
     */
    void checkMayBecome(ServerState next) {
        if (!mayBecome(next)) {
            throw new IllegalStateException("a server cannot go from " + this + " to " + next);
        }
    }
}
