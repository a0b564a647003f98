package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.adapter.cluster.ClusterTimeoutException;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import io.lettuce.core.RedisURI;
import java.util.List;

/** The code of docs/cluster.md, compiled; {@link ClusterDocTest} compares. */
final class ClusterExamples {
    private ClusterExamples() {}

    static SocketIoServer start() {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(RedisStreamsAdapter.create("redis://localhost"))
                .connectionStateRecovery(true)
                .build());
        return io;
    }

    static AdapterFactory cluster() {
        List<RedisURI> members = List.of(RedisURI.create("redis://10.0.0.1"), RedisURI.create("redis://10.0.0.2"));
        AdapterFactory adapter = ShardedRedisAdapter.createForCluster(members, ShardedRedisAdapterOptions.defaults());
        return adapter;
    }

    static void emit() {
        try (Emitter emitter = RedisEmitter.connect("redis://localhost")) {
            emitter.to("orders").emit("order shipped", 4711).join();
        }
    }

    static void fetch(SocketIoServer io) {
        io.fetchSockets().whenComplete((sockets, error) -> {
            if (error instanceof ClusterTimeoutException timeout) {
                System.out.println("found " + timeout.sockets().size() + ", missing " + timeout.missing());
            }
        });
    }

    static void health(SocketIoServer io) {
        ClusterHealth health = ((ClusterAdapter) io.of("/").adapter()).health();
        System.out.println(health.connected() + " " + health.problem() + " lost " + health.lost());
    }
}
