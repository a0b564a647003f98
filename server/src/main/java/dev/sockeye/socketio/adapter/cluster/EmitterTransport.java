package dev.sockeye.socketio.adapter.cluster;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Sends the messages of an {@link Emitter} to the servers of a cluster. Implement this interface to support another
 * broker. May be called from any thread.
 */
public interface EmitterTransport {

    /**
     * Sends messages in order, after those of earlier calls by the same thread. Encodes them before it returns; does
     * not block.
     *
     * @param messages one or more, whose {@link ClusterMessage#uid()} is {@link ClusterMessage#EMITTER}
     * @return completes when the broker has accepted all of them; fails otherwise. Should not be completed on the calling
     *     thread
     */
    CompletableFuture<Void> send(List<ClusterMessage> messages);

    /** Disconnects after the messages in flight have been sent. May block for a few seconds. */
    void close();
}
