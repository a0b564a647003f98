package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import io.lettuce.core.RedisURI;
import java.util.List;

/**
 * Connects several servers through sharded Pub/Sub of Redis 7 or later, where rooms may have their own channels, so
 * that servers without a socket in a room receive no messages for it. Official counterpart: {@code
 * createShardedAdapter} of npm {@code @socket.io/redis-adapter} 8, whose servers can join the cluster.
 *
 * <p>Each namespace has a {@link ClusterAdapter}. The connections are shared by all namespaces; they are opened with
 * the first and closed with the last one.
 */
public final class ShardedRedisAdapter implements AdapterFactory {
    private final RedisLink link;
    private final ShardedRedisAdapterOptions options;

    private ShardedRedisAdapter(RedisLink link, ShardedRedisAdapterOptions options) {
        this.link = link;
        this.options = options;
    }

    /** Creates adapters for a Redis server at a URI: {@code redis://}, {@code rediss://}, {@code redis-sentinel://}. */
    public static ShardedRedisAdapter create(String uri) {
        return create(RedisUris.parse(uri), ShardedRedisAdapterOptions.defaults());
    }

    /** Creates adapters with options. */
    public static ShardedRedisAdapter create(RedisURI uri, ShardedRedisAdapterOptions options) {
        return new ShardedRedisAdapter(new RedisLink(uri), options);
    }

    /**
     * Creates adapters for a Redis Cluster.
     *
     * @param members some of its members, from which the others are discovered; user, password and TLS settings are
     *     taken from the first
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
