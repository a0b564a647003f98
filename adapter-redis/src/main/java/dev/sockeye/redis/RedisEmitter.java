package dev.sockeye.redis;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.ReservedEvents;
import io.lettuce.core.RedisURI;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends to the clients of a cluster from a process that is no Socket.IO server: a batch job, a Spring bean. Official
 * counterparts: npm {@code @socket.io/redis-emitter} 5 and {@code @socket.io/redis-streams-emitter}.
 *
 * <pre>{@code
 * try (RedisEmitter emitter = RedisEmitter.connect("redis://localhost")) {
 *     emitter.to("room").emit("event", "hello").join();
 * }
 * }</pre>
 *
 * <p>Immutable but for its connection, which all that come from one {@code connect} share. Any thread; nothing blocks but {@link
 * #close}. Each call gives a future that completes when Redis has taken the message, and fails when it has not. There are no
 * acknowledgements. Names of rooms may be ids of sockets. There is none for {@link ShardedRedisAdapter}, as there is
 * no official one.
 */
public final class RedisEmitter implements AutoCloseable {
    private final EmitterTransport line;
    private final String namespace;
    private final BroadcastOptions to;

    private RedisEmitter(EmitterTransport line, String namespace, BroadcastOptions to) {
        this.line = line;
        this.namespace = namespace;
        this.to = to;
    }

    /** Sends to servers with {@link RedisAdapter} or the official Redis adapter. */
    public static RedisEmitter connect(String uri) {
        return connect(RedisURI.create(uri), RedisAdapterOptions.DEFAULT.key());
    }

    /** Sends to servers with another {@code key}. */
    public static RedisEmitter connect(RedisURI uri, String key) {
        return new RedisEmitter(new EmitterTransport.PubSub(new RedisLink(uri), key), "/", BroadcastOptions.ALL);
    }

    /** Sends to servers with {@link RedisStreamsAdapter} or the official streams adapter. */
    public static RedisEmitter connectStreams(String uri) {
        return connectStreams(RedisURI.create(uri), RedisStreamsAdapterOptions.DEFAULT);
    }

    /** Sends to servers with these options, of which the names, number and length of streams are used. */
    public static RedisEmitter connectStreams(RedisURI uri, RedisStreamsAdapterOptions options) {
        return new RedisEmitter(new EmitterTransport.Streams(new RedisLink(uri), options), "/", BroadcastOptions.ALL);
    }

    /** As {@link #connect(RedisURI, String)}, to a Redis Cluster, of which some members are named. */
    public static RedisEmitter connectToCluster(List<RedisURI> members, String key) {
        return new RedisEmitter(
                new EmitterTransport.PubSub(RedisLink.toCluster(members), key), "/", BroadcastOptions.ALL);
    }

    /** As {@link #connectStreams(RedisURI, RedisStreamsAdapterOptions)}, to a Redis Cluster, of which some members are named. */
    public static RedisEmitter connectStreamsToCluster(List<RedisURI> members, RedisStreamsAdapterOptions options) {
        return new RedisEmitter(
                new EmitterTransport.Streams(RedisLink.toCluster(members), options), "/", BroadcastOptions.ALL);
    }

    /** The same for a namespace. {@code emitter.of("/admin")}. */
    public RedisEmitter of(String name) {
        return new RedisEmitter(line, name.startsWith("/") ? name : "/" + name, BroadcastOptions.ALL);
    }

    /** The same to these rooms too. {@code emitter.to("room")}. */
    public RedisEmitter to(String... rooms) {
        return with(new BroadcastOptions(plus(to.rooms(), rooms), to.except(), to.flags()));
    }

    /** As {@link #to}. */
    public RedisEmitter in(String... rooms) {
        return to(rooms);
    }

    /** The same without these rooms. {@code emitter.except("room")}. */
    public RedisEmitter except(String... rooms) {
        return with(new BroadcastOptions(to.rooms(), plus(to.except(), rooms), to.flags()));
    }

    /** The same, dropped for clients that are not ready. {@code emitter.volatile}. */
    public RedisEmitter asVolatile() {
        return with(new BroadcastOptions(to.rooms(), to.except(), to.flags().asVolatile()));
    }

    /** The same with the choice whether to compress. {@code emitter.compress(false)}. */
    public RedisEmitter compress(boolean compress) {
        BroadcastFlags flags = to.flags().withCompress(compress);
        return with(new BroadcastOptions(to.rooms(), to.except(), flags));
    }

    private RedisEmitter with(BroadcastOptions changed) {
        return new RedisEmitter(line, namespace, changed);
    }

    private static Set<String> plus(Set<String> some, String[] more) {
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(Arrays.asList(more));
        return Collections.unmodifiableSet(all);
    }

    /**
     * Sends an event to the clients. {@code emitter.emit(event, ...args)}.
     *
     * @throws IllegalArgumentException the name is reserved
     */
    @CanIgnoreReturnValue
    public CompletableFuture<Void> emit(String event, @Nullable Object... args) {
        ReservedEvents.check(event);
        return line.send(
                new ClusterMessage.Broadcast(ClusterMessage.EMITTER, namespace, event, Arguments.of(args), to, null));
    }

    /** Makes the matching sockets join rooms. {@code emitter.socketsJoin(rooms)}. */
    @CanIgnoreReturnValue
    public CompletableFuture<Void> socketsJoin(String... rooms) {
        return line.send(new ClusterMessage.SocketsJoin(ClusterMessage.EMITTER, namespace, to, plus(Set.of(), rooms)));
    }

    /** Makes the matching sockets leave rooms. {@code emitter.socketsLeave(rooms)}. */
    @CanIgnoreReturnValue
    public CompletableFuture<Void> socketsLeave(String... rooms) {
        return line.send(new ClusterMessage.SocketsLeave(ClusterMessage.EMITTER, namespace, to, plus(Set.of(), rooms)));
    }

    /**
     * Disconnects the matching sockets. {@code emitter.disconnectSockets(close)}.
     *
     * @param close their connections too
     */
    @CanIgnoreReturnValue
    public CompletableFuture<Void> disconnectSockets(boolean close) {
        return line.send(new ClusterMessage.DisconnectSockets(ClusterMessage.EMITTER, namespace, to, close));
    }

    /** Sends an event to all servers, without an answer. {@code emitter.serverSideEmit(event, ...args)}. */
    @CanIgnoreReturnValue
    public CompletableFuture<Void> serverSideEmit(String event, @Nullable Object... args) {
        return line.send(
                new ClusterMessage.ServerSideEmit(ClusterMessage.EMITTER, namespace, event, Arguments.of(args), null));
    }

    /** Closes the connection, after what is under way. Blocks for 3 seconds at most. */
    @Override
    public void close() {
        line.close();
    }
}
