package dev.sockeye.redis;

import dev.sockeye.adapter.tck.ClusterBroker;
import dev.sockeye.adapter.tck.TcpProxy;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import io.lettuce.core.RedisURI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A Redis for the contract tests of adapters; each server connects through its own proxy. */
final class RedisBroker implements ClusterBroker {
    private final RedisProcess redis;
    private final boolean streams;
    private final Function<RedisURI, AdapterFactory> adapters;
    private final @Nullable Function<String, Emitter> emitters;

    /**
     * @param streams whether the adapter is that of streams
     * @param emitters {@code null} if there is none
     */
    RedisBroker(
            RedisProcess redis,
            boolean streams,
            Function<RedisURI, AdapterFactory> adapters,
            @Nullable Function<String, Emitter> emitters) {
        this.redis = redis;
        this.streams = streams;
        this.adapters = adapters;
        this.emitters = emitters;
    }

    @Override
    public @Nullable Emitter emitter() {
        return emitters == null ? null : emitters.apply(redis.uri());
    }

    @Override
    public Node node() {
        TcpProxy way = new TcpProxy(redis.port());
        return new Node() {
            @Override
            public AdapterFactory adapter() {
                return adapters.apply(RedisURI.create("127.0.0.1", way.port()));
            }

            @Override
            public void cut() {
                way.cut();
            }

            @Override
            public void heal() {
                way.heal();
            }

            @Override
            public void close() {
                way.close();
            }
        };
    }

    @Override
    public boolean recovers() {
        return streams;
    }

    @Override
    public boolean keepsLiveSessions() {
        return streams;
    }

    @Override
    public boolean isDurable() {
        return streams;
    }

    @Override
    public boolean canCut() {
        return true;
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public void stop() throws Exception {
        redis.kill();
    }

    @Override
    public void start() throws Exception {
        redis.startAgain();
    }

    @Override
    public void close() {
        try {
            redis.close();
        } catch (Exception e) {
            throw new IllegalStateException("Redis did not end", e);
        }
    }
}
