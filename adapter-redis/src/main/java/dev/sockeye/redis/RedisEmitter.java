package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.cluster.Emitter;
import io.lettuce.core.RedisURI;
import java.util.List;

/**
 * Creates emitters that send through Redis. Official counterparts: npm {@code @socket.io/redis-emitter} 5 and {@code
 * @socket.io/redis-streams-emitter}.
 *
 * <pre>{@code
 * try (Emitter emitter = RedisEmitter.connect("redis://localhost")) {
 *     emitter.to("room").emit("event", "hello").join();
 * }
 * }</pre>
 *
 * <p>Each emitter has its own connection; use one emitter for the lifetime of the process. The first messages wait up
 * to 10 seconds for the connection. If Redis becomes unavailable later, futures fail and messages are lost. There is no
 * emitter for {@link ShardedRedisAdapter}, as in the official packages.
 */
public final class RedisEmitter {
    private RedisEmitter() {}

    /** Creates an emitter for servers with {@link RedisAdapter} or the official Redis adapter. */
    public static Emitter connect(String uri) {
        return connect(RedisUris.parse(uri), RedisAdapterOptions.defaults().key());
    }

    /** Creates an emitter for servers with another {@code key}. */
    public static Emitter connect(RedisURI uri, String key) {
        return Emitter.over(new RedisEmitterTransport.PubSub(new RedisLink(uri), key));
    }

    /** Creates an emitter for servers with {@link RedisStreamsAdapter} or the official streams adapter. */
    public static Emitter connectStreams(String uri) {
        return connectStreams(RedisUris.parse(uri), RedisStreamsAdapterOptions.defaults());
    }

    /** Creates an emitter for servers with these options, of which the names, number and length of streams are used. */
    public static Emitter connectStreams(RedisURI uri, RedisStreamsAdapterOptions options) {
        return Emitter.over(new RedisEmitterTransport.Streams(new RedisLink(uri), options));
    }

    /** Same as {@link #connect(RedisURI, String)}, for a Redis Cluster with the given members. */
    public static Emitter connectToCluster(List<RedisURI> members, String key) {
        return Emitter.over(new RedisEmitterTransport.PubSub(RedisLink.toCluster(members), key));
    }

    /**
     * Same as {@link #connectStreams(RedisURI, RedisStreamsAdapterOptions)}, for a Redis Cluster with the given
     * members.
     */
    public static Emitter connectStreamsToCluster(List<RedisURI> members, RedisStreamsAdapterOptions options) {
        return Emitter.over(new RedisEmitterTransport.Streams(RedisLink.toCluster(members), options));
    }
}
