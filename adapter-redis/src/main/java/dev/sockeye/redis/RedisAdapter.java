package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import io.lettuce.core.RedisURI;
import java.util.List;

/**
 * Connects several servers through Redis Pub/Sub. The messages are compatible with npm {@code @socket.io/redis-adapter}
 * 8, so that Node.js servers can join the cluster and {@code @socket.io/redis-emitter} 5 can be used. Messages that are
 * sent while Redis is unavailable do not reach other servers; use {@link RedisStreamsAdapter} if they must not be lost.
 *
 * <pre>{@code
 * SocketIoServerOptions.builder().adapter(RedisAdapter.create("redis://localhost")).build();
 * }</pre>
 *
 * <p>Each namespace has a {@link ClusterAdapter}. The connections are shared by all namespaces; they are opened with
 * the first and closed with the last one.
 */
public final class RedisAdapter implements AdapterFactory {
    private final RedisLink link;
    private final RedisAdapterOptions options;

    private RedisAdapter(RedisLink link, RedisAdapterOptions options) {
        this.link = link;
        this.options = options;
    }

    /** Creates adapters for a Redis server at a URI: {@code redis://}, {@code rediss://}, {@code redis-sentinel://}. */
    public static RedisAdapter create(String uri) {
        return create(RedisUris.parse(uri), RedisAdapterOptions.defaults());
    }

    /** Creates adapters with options. */
    public static RedisAdapter create(RedisURI uri, RedisAdapterOptions options) {
        return new RedisAdapter(new RedisLink(uri), options);
    }

    /**
     * Creates adapters for a Redis Cluster.
     *
     * @param members some of its members, from which the others are discovered; user, password and TLS settings are
     *     taken from the first
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
