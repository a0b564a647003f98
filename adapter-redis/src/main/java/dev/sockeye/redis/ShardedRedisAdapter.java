package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import io.lettuce.core.RedisURI;
import java.util.List;

/**
 * Several servers around one Redis 7 or newer, over its sharded publish and subscribe, where a room may have a channel of its
 * own: servers without a socket in it are not bothered. Official counterpart: {@code createShardedAdapter} of npm {@code
 * @socket.io/redis-adapter} 8, whose servers may be in the same cluster.
 *
 * <p>Each namespace gets a {@link ClusterAdapter}; the connections are shared, opened with the first and closed with the last.
 */
public final class ShardedRedisAdapter implements AdapterFactory {
    private final RedisLink link;
    private final ShardedRedisAdapterOptions options;

    private ShardedRedisAdapter(RedisLink link, ShardedRedisAdapterOptions options) {
        this.link = link;
        this.options = options;
    }

    /** Adapters for a Redis at a URI: {@code redis://}, {@code rediss://}, {@code redis-sentinel://}. */
    public static ShardedRedisAdapter create(String uri) {
        return create(RedisURI.create(uri), ShardedRedisAdapterOptions.defaults());
    }

    /** Adapters with options. */
    public static ShardedRedisAdapter create(RedisURI uri, ShardedRedisAdapterOptions options) {
        return new ShardedRedisAdapter(new RedisLink(uri), options);
    }

    /**
     * Adapters for a Redis Cluster.
     *
     * @param members some of its members, by which the others are found; user, password and TLS are those of the first
     */
    public static ShardedRedisAdapter createForCluster(List<RedisURI> members, ShardedRedisAdapterOptions options) {
        return new ShardedRedisAdapter(RedisLink.toCluster(members), options);
    }

    @Override
    public Adapter create(AdapterNamespace namespace) {
        return new ClusterAdapter(
                namespace,
                new ShardedTransport(link, options),
                ClusterOptions.builder()
                        .requestsTimeout(options.requestsTimeout())
                        .build());
    }
}
