package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.ClusterAdapter;
import dev.sockeye.socketio.adapter.ClusterOptions;
import io.lettuce.core.RedisURI;

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

    private RedisAdapter(RedisURI uri, RedisAdapterOptions options) {
        this.link = new RedisLink(uri);
        this.options = options;
    }

    /** Adapters for a Redis at a URI: {@code redis://}, {@code rediss://}, {@code redis-sentinel://}. */
    public static RedisAdapter create(String uri) {
        return create(RedisURI.create(uri), RedisAdapterOptions.DEFAULT);
    }

    /** Adapters with options. */
    public static RedisAdapter create(RedisURI uri, RedisAdapterOptions options) {
        return new RedisAdapter(uri, options);
    }

    @Override
    public Adapter create(AdapterNamespace namespace) {
        return new ClusterAdapter(
                namespace,
                new PubSubTransport(link, options),
                ClusterOptions.DEFAULT.withRequestsTimeout(options.requestsTimeout()));
    }
}
