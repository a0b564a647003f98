package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import io.lettuce.core.RedisURI;
import java.util.List;

/**
 * Several servers around one Redis, over its publish and subscribe. Messages are those of npm {@code @socket.io/redis-adapter}
 * 8, so Node servers may be in the cluster, and {@code @socket.io/redis-emitter} 5 reaches it. What is sent while Redis is away
 * does not reach other servers; {@link RedisStreamsAdapter} keeps it.
 *
 * <pre>{@code
 * SocketIoServerOptions.builder().adapter(RedisAdapter.create("redis://localhost")).build();
 * }</pre>
 *
 * <p>Each namespace gets a {@link ClusterAdapter}; the connections are shared, opened with the first and closed with the last.
 */
public final class RedisAdapter implements AdapterFactory {
    private final RedisLink link;
    private final RedisAdapterOptions options;

    private RedisAdapter(RedisLink link, RedisAdapterOptions options) {
        this.link = link;
        this.options = options;
    }

    /** Adapters for a Redis at a URI: {@code redis://}, {@code rediss://}, {@code redis-sentinel://}. */
    public static RedisAdapter create(String uri) {
        return create(RedisURI.create(uri), RedisAdapterOptions.defaults());
    }

    /** Adapters with options. */
    public static RedisAdapter create(RedisURI uri, RedisAdapterOptions options) {
        return new RedisAdapter(new RedisLink(uri), options);
    }

    /**
     * Adapters for a Redis Cluster.
     *
     * @param members some of its members, by which the others are found; user, password and TLS are those of the first
     */
    public static RedisAdapter createForCluster(List<RedisURI> members, RedisAdapterOptions options) {
        return new RedisAdapter(RedisLink.toCluster(members), options);
    }

    @Override
    public Adapter create(AdapterNamespace namespace) {
        return new ClusterAdapter(
                namespace,
                new PubSubTransport(link, options),
                ClusterOptions.builder()
                        .requestsTimeout(options.requestsTimeout())
                        .build());
    }
}
