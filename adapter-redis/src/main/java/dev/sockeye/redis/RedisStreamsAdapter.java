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
 * Connects several servers through a Redis stream, which stores the last events. Messages that are sent while Redis is
 * unavailable are added when it is available again, in order and exactly once, and a server continues to read where it
 * stopped. With connection state recovery, a client can recover on any server, even after all servers were restarted.
 * The messages are compatible with npm {@code @socket.io/redis-streams-adapter} 0.3, whose servers can join the
 * cluster. Requires Redis 5 or later.
 *
 * <p>Each namespace has a {@link ClusterAdapter}. The connections are shared by all namespaces; they are opened with
 * the first and closed with the last one.
 */
public final class RedisStreamsAdapter implements AdapterFactory {
    private final RedisLink link;
    private final RedisStreamsAdapterOptions options;
    private final Map<String, StreamAppender> lines = new ConcurrentHashMap<>();

    private RedisStreamsAdapter(RedisLink link, RedisStreamsAdapterOptions options) {
        this.link = link;
        this.options = options;
    }

    /** Creates adapters for a Redis server at a URI: {@code redis://}, {@code rediss://}, {@code redis-sentinel://}. */
    public static RedisStreamsAdapter create(String uri) {
        return create(RedisUris.parse(uri), RedisStreamsAdapterOptions.defaults());
    }

    /** Creates adapters with options. */
    public static RedisStreamsAdapter create(RedisURI uri, RedisStreamsAdapterOptions options) {
        return new RedisStreamsAdapter(new RedisLink(uri), options);
    }

    /**
     * Creates adapters for a Redis Cluster.
     *
     * @param members some of its members, from which the others are discovered; user, password and TLS settings are
     *     taken from the first
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
