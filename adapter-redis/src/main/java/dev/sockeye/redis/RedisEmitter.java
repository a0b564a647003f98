package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.cluster.Emitter;
import io.lettuce.core.RedisURI;
import java.util.List;

/**
 * Emitters over Redis. Official counterparts: npm {@code @socket.io/redis-emitter} 5 and {@code @socket.io/redis-streams-emitter}.
 *
 * <pre>{@code
 * try (Emitter emitter = RedisEmitter.connect("redis://localhost")) {
 *     emitter.to("room").emit("event", "hello").join();
 * }
 * }</pre>
 *
 * <p>Each emitter has a connection of its own; keep one for the life of the process. The first messages wait up to 10 seconds for
 * the connection. While Redis is away later, futures fail and messages are lost. There is none for {@link ShardedRedisAdapter}, as
 * there is no official one.
 */
public final class RedisEmitter {
    private RedisEmitter() {}

    /** Sends to servers with {@link RedisAdapter} or the official Redis adapter. */
    public static Emitter connect(String uri) {
        return connect(RedisURI.create(uri), RedisAdapterOptions.defaults().key());
    }

    /** Sends to servers with another {@code key}. */
    public static Emitter connect(RedisURI uri, String key) {
        return Emitter.over(new RedisEmitterTransport.PubSub(new RedisLink(uri), key));
    }

    /** Sends to servers with {@link RedisStreamsAdapter} or the official streams adapter. */
    public static Emitter connectStreams(String uri) {
        return connectStreams(RedisURI.create(uri), RedisStreamsAdapterOptions.defaults());
    }

    /** Sends to servers with these options, of which the names, number and length of streams are used. */
    public static Emitter connectStreams(RedisURI uri, RedisStreamsAdapterOptions options) {
        return Emitter.over(new RedisEmitterTransport.Streams(new RedisLink(uri), options));
    }

    /** As {@link #connect(RedisURI, String)}, to a Redis Cluster, of which some members are named. */
    public static Emitter connectToCluster(List<RedisURI> members, String key) {
        return Emitter.over(new RedisEmitterTransport.PubSub(RedisLink.toCluster(members), key));
    }

    /** As {@link #connectStreams(RedisURI, RedisStreamsAdapterOptions)}, to a Redis Cluster, of which some members are named. */
    public static Emitter connectStreamsToCluster(List<RedisURI> members, RedisStreamsAdapterOptions options) {
        return Emitter.over(new RedisEmitterTransport.Streams(RedisLink.toCluster(members), options));
    }
}
