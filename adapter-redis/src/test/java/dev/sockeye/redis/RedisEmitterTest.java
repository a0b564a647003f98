package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.Emitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** {@code @socket.io/redis-emitter} and {@link RedisEmitter#connect}. */
class RedisEmitterTest extends EmitterContract {
    private Emitter emitter;

    @Override
    Peer java() throws Exception {
        return new JavaPeer(RedisAdapter.create(redis.uri()), null);
    }

    @Override
    Peer node() {
        return new NodePeer(cluster.node, "classic", redis.port(), Map.of(), null);
    }

    @Override
    List<Sender> senders() {
        if (emitter == null) {
            emitter = RedisEmitter.connect(redis.uri());
        }
        Object index = cluster.node.ask("emitter", "redis", redis.port());
        Sender official = (namespace, to, method, args) -> {
            List<Object> chain = new ArrayList<>(NodePeer.chain(to));
            cluster.node.ask(
                    "emitCall",
                    "emitter",
                    index,
                    "nsp",
                    namespace.equals("/") ? null : namespace,
                    "chain",
                    chain,
                    "method",
                    method,
                    "args",
                    List.of(args));
        };
        return List.of(ours(emitter), official);
    }

    @AfterAll
    void closeEmitter() {
        emitter.close();
    }

    @Test
    void broadcastsReachClients() throws Exception {
        each(this::broadcasts);
    }

    @Test
    void broadcastsStayInTheirNamespace() throws Exception {
        each(this::namespaces);
    }

    @Test
    void socketsJoinAndLeave() throws Exception {
        each(this::moves);
    }

    @Test
    void serverSideEmitReachesAllServers() throws Exception {
        each(this::tells);
    }

    @Test
    void socketsAreDisconnected() throws Exception {
        each(this::disconnects);
    }

    @Test
    void aBatchArrivesInOrder() throws Exception {
        senders();
        emitter.batch(batch -> {
                    for (int i = 0; i < 20; i++) {
                        batch.emit("batched", i);
                    }
                })
                .join();
        for (int client = 0; client < 4; client++) {
            assertThat(cluster.received(client, 20))
                    .isEqualTo(IntStream.range(0, 20)
                            .mapToObj(i -> List.of("batched", i))
                            .toList());
        }
    }
}
