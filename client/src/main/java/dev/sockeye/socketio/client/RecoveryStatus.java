package dev.sockeye.socketio.client;

/** Whether the last connect of a socket recovered the previous connection, and if not, why. See {@link Socket#recoveryStatus()}. */
public enum RecoveryStatus {
    /** The first connect, or the server did not offer recovery before: there was nothing to recover. */
    NOT_ATTEMPTED,
    /** Same id, same rooms; the events that were missed arrived. */
    RECOVERED,
    /**
     * The client requested recovery, and the server answered with a new session: the old one had expired, or the server does not know it, for
     * example after a restart. Events were lost.
     */
    SESSION_LOST,
    /**
     * The server keeps sessions, but the client had received no event that carries an offset, without which servers do not
     * recover. Events may have been lost.
     */
    NO_OFFSET,
    /** The server offered recovery before, and no longer offers it. Events may have been lost. */
    NOT_OFFERED
}
