package dev.sockeye.redis;

import dev.sockeye.log.LogEvent;

/** The log events of the Redis adapters. See {@link LogEvent} for the rules. */
enum RedisLog implements LogEvent {
    /**
     * Redis cannot be reached. Clients of this server are served, but other servers are not reached.
     *
     * <p>Look at Redis and the network. SKY-3002 is logged when it is available again.
     */
    UNREACHABLE(3001),

    /**
     * Redis can be reached again. The log line contains the number of lost messages for other servers.
     *
     * <p>Nothing.
     */
    AVAILABLE_AGAIN(3002),

    /**
     * Redis answers with errors (no rights, no memory, read-only replica).
     *
     * <p>Read the error in the line, and correct the configuration of Redis.
     */
    COMMANDS_REFUSED(3003),

    /**
     * A message in Redis cannot be read. Later ones are counted only.
     *
     * <p>Let nothing else write to the channels or streams of the adapter, and give clusters different prefixes.
     */
    MALFORMED_MESSAGE(3004),

    /**
     * A task of the adapter threw an exception.
     *
     * <p>Report it as a bug, with the stack trace.
     */
    TASK_FAILED(3005),

    /**
     * A message was read, but its processing failed.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    MESSAGE_FAILED(3006),

    /**
     * An event was written to the stream, but failed on this server.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    LOCAL_ENTRY_FAILED(3007),

    /**
     * An entry of the stream was read, but its processing failed.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    STREAM_ENTRY_FAILED(3008),

    /**
     * The session of a socket cannot be encoded, so its client will not be recovered.
     *
     * <p>Put values into {@code socket.data} that can be encoded.
     */
    SESSION_NOT_WRITTEN(3009),

    /**
     * Redis has lost entries of the stream that this server had read: a replica that was behind has become the master, or the stream was
     * deleted.
     *
     * <p>Nothing, if this was intended. Clients that reconnect may get new sockets.
     */
    ENTRIES_LOST(3010),

    /**
     * Entries of the stream were probably deleted before this server had read them, as it was disconnected, suspended or busy for longer
     * than {@code maxLen} entries last. Its clients have missed their events.
     *
     * <p>Raise {@code maxLen}.
     */
    ENTRIES_DELETED(3011);

    private final int number;

    RedisLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
