package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Several servers around one Redis, over a stream that keeps the last events: what is sent while Redis is away is added when it
 * is back, in order and once, and a server reads on where it was. With connection state recovery a client comes back to any
 * server, even after all were restarted. Messages are those of npm {@code @socket.io/redis-streams-adapter} 0.3, whose servers
 * may be in the same cluster. Redis 5 or newer.
 *
 * <p>Each namespace gets a {@link ClusterAdapter}; the connections are shared, opened with the first and closed with the last.
 */
public final class RedisStreamsAdapter implements AdapterFactory {
    private final RedisLink link;
    private final RedisStreamsAdapterOptions options;
    private final Map<String, StreamAppender> lines = new ConcurrentHashMap<>();

    private RedisStreamsAdapter(RedisLink link, RedisStreamsAdapterOptions options) {
        this.link = link;
        this.options = options;
    }

    /** Adapters for a Redis at a URI: {@code redis://}, {@code rediss://}, {@code redis-sentinel://}. */
    public static RedisStreamsAdapter create(String uri) {
        return create(RedisURI.create(uri), RedisStreamsAdapterOptions.defaults());
    }

    /** Adapters with options. */
    public static RedisStreamsAdapter create(RedisURI uri, RedisStreamsAdapterOptions options) {
        return new RedisStreamsAdapter(new RedisLink(uri), options);
    }

    /**
     * Adapters for a Redis Cluster.
     *
     * @param members some of its members, by which the others are found; user, password and TLS are those of the first
     */
    public static RedisStreamsAdapter createForCluster(List<RedisURI> members, RedisStreamsAdapterOptions options) {
        return new RedisStreamsAdapter(RedisLink.toCluster(members), options);
    }

    @Override
    public Adapter create(AdapterNamespace namespace) {
        StreamAppender line = lines.computeIfAbsent(
                options.stream(namespace.name()), name -> new StreamAppender(link, name, options));
        return new ClusterAdapter(
                namespace,
                new StreamsTransport(link, line, options),
                ClusterOptions.builder()
                        .requestsTimeout(options.requestsTimeout())
                        .build());
    }
}
