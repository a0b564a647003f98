package dev.sockeye.kafka;

import dev.sockeye.socketio.adapter.cluster.ClusterMessage;

/** Determines the partition of a message: the remainder of this number divided by the number of partitions. */
final class EventPartition {
    private EventPartition() {}

    static int hash(ClusterMessage message, KafkaAdapterOptions.Partitioning by) {
        int namespace = message.namespace().hashCode();
        return by == KafkaAdapterOptions.Partitioning.ROOM
                        && message instanceof ClusterMessage.Broadcast broadcast
                        && broadcast.to().rooms().size() == 1
                ? 31 * namespace + broadcast.to().rooms().iterator().next().hashCode()
                : namespace;
    }
}
