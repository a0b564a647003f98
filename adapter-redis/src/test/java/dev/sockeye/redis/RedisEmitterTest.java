package dev.sockeye.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** {@code @socket.io/redis-emitter} and {@link RedisEmitter#connect}. */
class RedisEmitterTest extends EmitterContract {
    private RedisEmitter emitter;

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
    void namespacesAreKept() throws Exception {
        each(this::namespaces);
    }

    @Test
    void socketsJoinAndLeave() throws Exception {
        each(this::moves);
    }

    @Test
    void serversAreTold() throws Exception {
        each(this::tells);
    }

    @Test
    void socketsAreDisconnected() throws Exception {
        each(this::disconnects);
    }
}
