package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.cluster.Emitter;
import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The format of {@code @socket.io/redis-streams-emitter}: {@link RedisEmitter#connectStreams} to Java and Node servers. */
class RedisStreamsEmitterTest extends EmitterContract {
    private Emitter emitter;

    @Override
    Peer java() throws Exception {
        return new JavaPeer(RedisStreamsAdapter.create(redis.uri()), null);
    }

    @Override
    Peer node() {
        return new NodePeer(cluster.node, "streams", redis.port(), Map.of("blockTimeInMs", 500), null);
    }

    @Override
    void settle() {
        cluster.primeStream();
    }

    @Override
    List<Sender> senders() {
        if (emitter == null) {
            emitter = RedisEmitter.connectStreams(RedisURI.create(redis.uri()), RedisStreamsAdapterOptions.defaults());
        }
        return List.of(ours(emitter));
    }

    @AfterAll
    void closeEmitter() {
        emitter.close();
    }

    @Test
    @Tag("streamsemit.index.01")
    @Tag("streamsemit.index.03")
    @Tag("streamsemit.index.04")
    void broadcastsReachClients() throws Exception {
        each(this::broadcasts);
    }

    @Test
    @Tag("streamsemit.index.02")
    void broadcastsStayInTheirNamespace() throws Exception {
        each(this::namespaces);
    }

    @Test
    @Tag("streamsemit.index.05")
    @Tag("streamsemit.index.06")
    @Tag("streamsemit.index.07")
    @Tag("streamsemit.index.08")
    @Tag("streamsemit.index.09")
    @Tag("streamsemit.index.10")
    void socketsJoinAndLeave() throws Exception {
        each(this::moves);
    }

    @Test
    @Tag("streamsemit.index.12")
    void serverSideEmitReachesAllServers() throws Exception {
        each(this::tells);
    }

    @Test
    @Tag("streamsemit.index.11")
    void socketsAreDisconnected() throws Exception {
        each(this::disconnects);
    }
}
