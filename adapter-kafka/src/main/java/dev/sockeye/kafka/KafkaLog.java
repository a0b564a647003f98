package dev.sockeye.kafka;

import dev.sockeye.log.LogEvent;

/** The log events of the Kafka adapter. See {@link LogEvent} for the rules. */
enum KafkaLog implements LogEvent {
    /**
     * Kafka cannot be read. Clients of this server are served, but other servers are not reached.
     *
     * <p>Look at Kafka, the network and the rights of the user.
     */
    NOT_READ(3201),

    /**
     * Kafka did not store a message for the other servers.
     *
     * <p>Read the error in the line. Look at Kafka, the network and the rights of the user.
     */
    NOT_STORED(3202),

    /**
     * Messages were deleted before this server read them. Its clients have missed them.
     *
     * <p>Raise {@code retention.ms} of the topic.
     */
    MESSAGES_DELETED(3203),

    /**
     * A record was read, but its processing failed.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    RECORD_FAILED(3204),

    /**
     * A record cannot be read. Later ones are counted only.
     *
     * <p>Let nothing else write to the topic of the adapter.
     */
    MALFORMED_RECORD(3205),

    /**
     * A task of the adapter threw an exception.
     *
     * <p>Report it as a bug, with the stack trace.
     */
    TASK_FAILED(3206),

    /**
     * The messages that a client has missed cannot be read. Clients that reconnect get new sockets.
     *
     * <p>Read the error in the line. Look at Kafka and the network.
     */
    NOT_RECOVERED(3207),

    /**
     * The session of a socket cannot be encoded, so its client will not be recovered.
     *
     * <p>Put values into {@code socket.data} that can be encoded.
     */
    SESSION_NOT_WRITTEN(3208),

    /**
     * An event was stored, but failed on this server.
     *
     * <p>Read the stack trace. If it does not lead to your code, report it as a bug.
     */
    LOCAL_EVENT_FAILED(3209),

    /**
     * Kafka has lost messages that this server had read: a replica behind the leader has taken over, or the topic was created again.
     *
     * <p>Disable {@code unclean.leader.election.enable}, and set {@code min.insync.replicas} to 2. Clients that reconnect may get new sockets.
     */
    MESSAGES_LOST(3210),

    /**
     * Records are corrupt on the disk of a broker. After several attempts they were skipped; their events are missing.
     *
     * <p>Check the disk and the file system of the leader of the partition, and replace the broker.
     */
    RECORDS_CORRUPT(3211),

    /**
     * Partitions were added to a topic of the adapter. Servers that are started now choose other partitions than those that were started
     * before.
     *
     * <p>Restart all servers and emitters.
     */
    PARTITIONS_ADDED(3212);

    private final int number;

    KafkaLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
