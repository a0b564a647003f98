package dev.sockeye.socketio.server.internal;

/** The states of a server. {@link #mayBecome} is the table of transitions; there is no other. */
enum ServerState {
    /** Not started yet, or closed: it can be started. */
    STOPPED,
    /** Started by {@code listen()} or {@code hostedEngine()}. */
    RUNNING,
    /** Being closed; then it is stopped. */
    CLOSING;

    /** Whether this state may follow. */
    boolean mayBecome(ServerState next) {
        return switch (this) {
            case STOPPED -> next == RUNNING || next == CLOSING; // a server that never ran closes its adapters
            case RUNNING -> next == CLOSING || next == STOPPED; // the port could not be bound
            case CLOSING -> next == STOPPED;
        };
    }

    /**
     * Refuses a transition that is not in the table.
     *
     * @throws IllegalStateException it is not
     */
    void checkMayBecome(ServerState next) {
        if (!mayBecome(next)) {
            throw new IllegalStateException("a server cannot go from " + this + " to " + next);
        }
    }
}
