package dev.sockeye.socketio.adapter.cluster;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * How an {@link Emitter} reaches the servers of a cluster: all that an adapter for another broker has to write for its emitter. Any
 * thread may call it.
 */
public interface EmitterTransport {

    /**
     * Sends messages in their order, after those of earlier calls of the same thread. Encodes them before it returns; does not
     * block.
     *
     * @param messages one or more, whose {@link ClusterMessage#uid()} is {@link ClusterMessage#EMITTER}
     * @return completes when the broker has taken all of them; fails when it has not. Should not be completed by the caller of
     *     {@code send}
     */
    CompletableFuture<Void> send(List<ClusterMessage> messages);

    /** Disconnects after the messages that are under way. May block for a few seconds. */
    void close();
}
