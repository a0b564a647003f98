package dev.sockeye.postgres;

import dev.sockeye.log.LogEvent;

/** The log events of the PostgreSQL adapters. See {@link LogEvent} for the rules. */
enum PostgresLog implements LogEvent {
    /**
     * PostgreSQL cannot be reached, or refuses statements. Clients of this server are served, but other servers are not reached. The log line contains the cause.
     *
     * <p>Look at PostgreSQL and the network. SKY-3102 is logged when it is available again.
     */
    PROBLEM(3101),

    /**
     * PostgreSQL can be reached again.
     *
     * <p>Nothing.
     */
    AVAILABLE_AGAIN(3102),

    /**
     * A message of another server cannot be read. Later ones are counted only.
     *
     * <p>Let nothing else use the channel and the tables of the adapter.
     */
    MALFORMED_MESSAGE(3103),

    /**
     * A large message was deleted before this server has read it.
     *
     * <p>Raise {@code cleanupInterval}.
     */
    ATTACHMENT_GONE(3104),

    /**
     * A message of another server was read, but its processing failed.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    MESSAGE_FAILED(3105),

    /**
     * An event was stored, but failed on this server.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    LOCAL_EVENT_FAILED(3106),

    /**
     * The table has fewer events than before: it was truncated, or a replica behind the primary has taken over.
     *
     * <p>Nothing, if this was intended. Clients that reconnect may have missed events.
     */
    EVENTS_LOST(3107),

    /**
     * Events were deleted before this server read them. Its clients have missed them.
     *
     * <p>Raise {@code retention} or {@code maxEvents}.
     */
    EVENTS_DELETED(3108),

    /**
     * A stored event was read, but its processing failed.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    EVENT_FAILED(3109),

    /**
     * The session of a socket cannot be encoded, so its client will not be recovered.
     *
     * <p>Put values into {@code socket.data} that can be encoded.
     */
    SESSION_NOT_WRITTEN(3110),

    /**
     * Messages of other servers were sent while this server's listening connection was replaced. Its clients have missed them.
     *
     * <p>Look at PostgreSQL and the network, or use {@code PostgresDurableAdapter}, which misses nothing.
     */
    MESSAGES_MISSED(3111),

    /**
     * PostgreSQL refuses an event, or to listen to the channel of a namespace: the encoding of the database lacks characters of the
     * name. Other servers do not receive this event, or this server no event of that namespace.
     *
     * <p>Create the database with the encoding UTF8, or allow no such names in dynamic namespaces.
     */
    REFUSED(3112);

    private final int number;

    PostgresLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
