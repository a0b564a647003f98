package dev.sockeye.netty;

import dev.sockeye.engineio.host.NodeForward;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** The pool of connections of one loop to other servers, each with one request at a time. Confined to the loop. */
final class NodeConnections {
    /**
     * Shorter than the keep-alive timeout of servers, so that no request is sent on a connection that is being closed.
     */
    private static final long MOST_IDLE_NANOS = Duration.ofSeconds(5).toNanos();

    private static final int MOST_IDLE = 256;
    private static final int MAX_HEADERS = 64 * 1024;
    private static final int MAX_CHUNK = 64 * 1024;

    private final EventLoop eventLoop;
    private final Map<URI, ArrayDeque<NodeConnection>> idle = new HashMap<>();
    private final Set<NodeCall> calls = new HashSet<>();
    private boolean sweepScheduled;
    private @Nullable SSLContext given;
    private @Nullable SslContext tls;

    NodeConnections(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
    }

    /** Whether a loop with this kind of connections can reach another server. */
    static boolean reachableFrom(Channel channel) {
        return type(channel) != null;
    }

    private static @Nullable Class<? extends Channel> type(Channel channel) {
        return channel instanceof EpollSocketChannel
                        || channel instanceof NioSocketChannel
                        || channel instanceof IoUringSocketChannel
                ? channel.getClass()
                : null;
    }

    /** Sends a request on a connection that is idle, or on a new one. */
    void send(NodeCall call, Channel from) {
        calls.add(call);
        NodeForward forward = call.forward();
        ArrayDeque<NodeConnection> known = idle.get(forward.node());
        NodeConnection connection;
        while (known != null && (connection = known.pollLast()) != null) {
            if (connection.usable(System.nanoTime() - MOST_IDLE_NANOS)) {
                connection.send(call);
                return;
            }
            connection.close();
        }
        ChannelFuture opening = connect(forward, from, new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(
                                new HttpClientCodec(MAX_HEADERS, MAX_HEADERS, MAX_CHUNK, false),
                                new NodeConnection(NodeConnections.this, forward.node()));
            }
        });
        call.opening(opening);
    }

    /** Connects to the server of a request. The handler is added behind that of TLS. */
    ChannelFuture connect(NodeForward forward, Channel from, ChannelHandler handler) {
        URI node = forward.node();
        Class<? extends Channel> type = type(from);
        if (type == null) {
            throw new IllegalStateException("no connections of this kind: " + from);
        }
        SslContext context = node.getScheme().equals("https") ? tls(forward.sslContext()) : null;
        String host = node.getHost().startsWith("[")
                ? node.getHost().substring(1, node.getHost().length() - 1)
                : node.getHost();
        ChannelFuture opening = new Bootstrap()
                .group(eventLoop)
                .channel(type)
                .resolver(NodeResolver.GROUP)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, LoopReceiveBuffers.of(type == IoUringSocketChannel.class))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        Math.max(1, Math.min(forward.connectTimeout().toMillis(), Integer.MAX_VALUE)))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (context != null) {
                            SslHandler handler = context.newHandler(channel.alloc(), host, node.getPort());
                            SSLParameters parameters = handler.engine().getSSLParameters();
                            parameters.setEndpointIdentificationAlgorithm("HTTPS");
                            handler.engine().setSSLParameters(parameters);
                            channel.pipeline().addLast(handler);
                        }
                        channel.pipeline().addLast(handler);
                    }
                })
                .connect(host, node.getPort());
        Throwable impossible = opening.cause();
        // without a channel, for example because too many files are open, Netty would call listeners on another thread
        return impossible == null
                ? opening
                : new DefaultChannelPromise(opening.channel(), eventLoop).setFailure(impossible);
    }

    @SuppressWarnings("ReferenceEquality")
    private SslContext tls(SSLContext context) {
        SslContext known = tls;
        if (known == null || given != context) {
            known = new JdkSslContext(
                    context,
                    true,
                    null,
                    IdentityCipherSuiteFilter.INSTANCE,
                    ApplicationProtocolConfig.DISABLED,
                    ClientAuth.NONE,
                    null,
                    false);
            tls = known;
            given = context;
        }
        return known;
    }

    /** A request has its response, or needs none. */
    void ended(NodeCall call) {
        calls.remove(call);
    }

    /** A server channel is being closed: ends the requests of its clients. */
    void abandon(Channel server) {
        for (NodeCall call : List.copyOf(calls)) {
            if (call.of(server)) {
                call.abandon();
            }
        }
    }

    /** Returns a connection to the pool. */
    void idle(NodeConnection connection, URI node) {
        ArrayDeque<NodeConnection> waiting = idle.computeIfAbsent(node, added -> new ArrayDeque<>());
        if (waiting.size() >= MOST_IDLE) {
            connection.close();
            return;
        }
        waiting.add(connection);
        if (!sweepScheduled) {
            sweepScheduled = true;
            scheduleSweep();
        }
    }

    private void scheduleSweep() {
        var unused = eventLoop.schedule(this::sweep, MOST_IDLE_NANOS, TimeUnit.NANOSECONDS);
    }

    private void sweep() {
        long before = System.nanoTime() - MOST_IDLE_NANOS;
        Iterator<ArrayDeque<NodeConnection>> servers = idle.values().iterator();
        while (servers.hasNext()) {
            ArrayDeque<NodeConnection> waiting = servers.next();
            NodeConnection oldest;
            while ((oldest = waiting.peek()) != null && !oldest.usable(before)) {
                waiting.remove();
                oldest.close();
            }
            if (waiting.isEmpty()) {
                servers.remove();
            }
        }
        sweepScheduled = !idle.isEmpty();
        if (sweepScheduled) {
            scheduleSweep();
        }
    }
}
