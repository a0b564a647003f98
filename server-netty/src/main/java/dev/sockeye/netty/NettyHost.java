package dev.sockeye.netty;

import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.engineio.host.HostedEngine;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Serves an engine over HTTP/1.1, HTTP/2 (with TLS), WebSocket and, if enabled, WebTransport with Netty: on its own
 * port ({@link #listen}), or inside an existing Netty server ({@link #attach}).
 *
 * <p>The threads of a listening host, named {@code sockeye-netty}, keep the process alive until it is closed.
 */
public final class NettyHost implements EngineHost {
    /** How many ports are tried if the system chooses one, and the same port of UDP may be in use. */
    private static final int PORT_ATTEMPTS = 10;

    private final Channel server;
    private final InetSocketAddress address;
    private final EventLoopGroup group;
    private final boolean ownGroup;
    private final @Nullable ChannelGroup connections; // null: the group is ours, and closes them
    private final Runnable withdrawal; // of what was offered to clients
    private volatile WebTransportProvider.@Nullable Endpoint webTransport;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private NettyHost(
            Channel server,
            EventLoopGroup group,
            boolean ownGroup,
            @Nullable ChannelGroup connections,
            Runnable withdrawal) {
        this.server = server;
        this.address = (InetSocketAddress) server.localAddress();
        this.group = group;
        this.ownGroup = ownGroup;
        this.connections = connections;
        this.withdrawal = withdrawal;
    }

    /**
     * Binds a port and serves the engine on it. Blocks until the port is bound. If the port is 0, the system chooses one; with WebTransport, up to
     * ten ports are tried until one is also free for UDP.
     *
     * @throws IOException if the address cannot be bound; the message has the address and the reason
     * @throws IllegalStateException if the requested I/O type is not available on this machine
     */
    public static NettyHost listen(InetSocketAddress address, HostedEngine engine, NettyHostOptions options)
            throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("cannot listen on " + address.getHostString() + ":" + address.getPort()
                    + ": the host name cannot be resolved");
        }
        return listen(
                address,
                engine,
                options,
                options.webTransport() ? webTransportProvider(NettyHost.class.getClassLoader()) : null);
    }

    static NettyHost listen(
            InetSocketAddress address,
            HostedEngine engine,
            NettyHostOptions options,
            @Nullable WebTransportProvider webTransport)
            throws IOException {
        NettyIo io = options.io().resolve();
        if (webTransport != null) {
            webTransport.ensureAvailable();
            engine.offerWebTransport();
        }
        EventLoopGroup given = options.eventLoopGroup();
        HostLoops loops = given != null ? new HostLoops(given, false) : HostLoops.create(io, options.loops());
        EventLoopGroup group = loops.group();
        // a loop that ends does not wait for the end of a multishot read, and leaves its socket open
        ChannelGroup connections =
                given != null || loops.ring() ? new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true) : null;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(io.serverChannel())
                .option(ChannelOption.SO_BACKLOG, options.backlog())
                .option(ChannelOption.SO_REUSEADDR, options.reuseAddress())
                .childOption(ChannelOption.TCP_NODELAY, options.tcpNoDelay())
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, LoopReceiveBuffers.of(io == NettyIo.IO_URING))
                .childHandler(new Connections(engine, options, connections));
        if (loops.ring()) {
            bootstrap.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, ReceiveRing.GROUP);
        }
        Runnable withdrawal = webTransport == null ? () -> {} : engine::withdrawWebTransport;
        Channel previous = null; // is closed after the next port was chosen, so that it is another one
        for (int attemptsLeft = address.getPort() == 0 ? PORT_ATTEMPTS : 1; ; ) {
            ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
            if (previous != null) {
                previous.close().awaitUninterruptibly();
            }
            if (!bound.isSuccess()) {
                withdrawal.run();
                if (given == null) {
                    var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
                }
                throw bindFailure(address, bound.cause());
            }
            NettyHost host = new NettyHost(bound.channel(), group, given == null, connections, withdrawal);
            if (webTransport == null) {
                return host;
            }
            attemptsLeft--;
            try {
                host.webTransport = webTransport.listen(new WebTransportProvider.Setup(
                        host.address,
                        engine,
                        group,
                        io,
                        Objects.requireNonNull(options.certificates()),
                        options.requestTimeout(),
                        options.keepAliveTimeout(),
                        options.closeTimeout(),
                        options.maxHeaderSize()));
                return host;
            } catch (IOException | RuntimeException e) {
                if (attemptsLeft == 0 || !(e instanceof IOException)) {
                    var unused = host.closeAsync();
                    throw e;
                }
                previous = bound.channel();
            }
        }
    }

    static WebTransportProvider webTransportProvider(ClassLoader loader) {
        return ServiceLoader.load(WebTransportProvider.class, loader)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "webTransport needs the module dev.sockeye:sockeye-server-webtransport on the class path"));
    }

    private static IOException bindFailure(InetSocketAddress address, @Nullable Throwable cause) {
        String reason = cause == null ? "unknown reason" : String.valueOf(cause.getMessage());
        if (reason.contains("in use")) {
            reason = "the address is already in use";
        } else if (reason.contains("ermission denied")) {
            reason = "permission denied";
        } else if (reason.contains("annot assign requested address")) {
            reason = "this machine does not have that address";
        }
        return new IOException(
                "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + reason, cause);
    }

    /**
     * Adds an engine to the pipeline of an HTTP connection, behind its {@link HttpServerCodec}: requests on the
     * engine's path are served by the engine, all others are passed on to the next handlers. Must be called for each
     * connection, usually in a {@link ChannelInitializer}. Official counterpart: {@code io.attach(httpServer)}.
     *
     * @throws IllegalStateException if the pipeline has no {@link HttpServerCodec}
     */
    public static void attach(ChannelPipeline pipeline, HostedEngine engine) {
        attach(pipeline, engine, NettyHostOptions.defaults());
    }

    /**
     * Same as {@link #attach(ChannelPipeline, HostedEngine)}, with options; only {@code closeTimeout}, {@code
     * destroyUpgrade} and {@code destroyUpgradeTimeout} are used.
     */
    public static void attach(ChannelPipeline pipeline, HostedEngine engine, NettyHostOptions options) {
        ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
        if (codec == null) {
            throw new IllegalStateException(
                    "attach needs an HttpServerCodec in the pipeline; it has " + pipeline.names());
        }
        pipeline.addAfter(codec.name(), null, new HttpConnection(engine, options, true));
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Previously written data is flushed first. If the host has its own event loop group, the group's threads have
     * ended when the future completes.
     */
    @Override
    public CompletableFuture<Void> closeAsync() {
        if (closing.compareAndSet(false, true)) {
            withdrawal.run();
            EventLoop loop = server.eventLoop();
            // a loop that has ended calls no listeners; one that ends closes its channels itself
            Future<?> unbound = loop.isShuttingDown() ? loop.terminationFuture() : server.close();
            var unused = unbound.addListener(f -> finishTurns(this::closeConnections));
        }
        return closed.copy();
    }

    private void closeConnections() {
        WebTransportProvider.Endpoint endpoint = webTransport;
        if (endpoint == null) {
            closeHttp();
        } else {
            var unused = endpoint.close().whenComplete((v, e) -> closeHttp());
        }
    }

    private void closeHttp() {
        if (connections == null) {
            closeGroup();
        } else if (ownGroup) {
            Future<?> ended = connections.newCloseFuture();
            // as a loop that ends does: no handler delays it
            connections.forEach(channel -> channel.eventLoop()
                    .execute(() -> channel.unsafe().close(channel.unsafe().voidPromise())));
            var unusedClose = connections.close(); // also those that are accepted only now
            var unused = ended.addListener(f -> closeGroup());
        } else {
            var unused = connections.close().addListener(f -> closed.complete(null));
        }
    }

    private void closeGroup() {
        // a loop closes its channels in an iteration that begins after the shutdown was requested. The hook and the
        // quiet period make sure that there is such an iteration before the loop ends
        for (EventExecutor loop : group) {
            if (loop instanceof SingleThreadEventExecutor single) {
                single.addShutdownHook(() -> {});
            }
        }
        var unused = group.shutdownGracefully(1, 5_000, TimeUnit.MILLISECONDS).addListener(f -> closed.complete(null));
    }

    /** Ends forwarded requests, and lets each loop finish its current iteration, so that all written data is flushed. */
    private void finishTurns(Runnable then) {
        List<CompletableFuture<Void>> turns = new ArrayList<>();
        for (EventExecutor loop : group) {
            CompletableFuture<Void> turn = new CompletableFuture<>();
            turns.add(turn);
            try {
                // the first task ends the current iteration, which is followed by a flush; the second
                // task runs after it
                loop.execute(() -> {
                    NettyLoop.of((EventLoop) loop).nodes().abandon(server);
                    // a loop that ends cancels the task, which must not be waited for
                    var unused =
                            loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).addListener(f -> turn.complete(null));
                });
            } catch (java.util.concurrent.RejectedExecutionException e) {
                turn.complete(null);
            }
        }
        var unused =
                CompletableFuture.allOf(turns.toArray(CompletableFuture[]::new)).whenComplete((v, e) -> then.run());
    }

    /** Creates the pipeline of an accepted connection. */
    private static final class Connections extends ChannelInitializer<Channel> {
        private final HostedEngine engine;
        private final NettyHostOptions options;
        private final @Nullable ChannelGroup connections;

        Connections(HostedEngine engine, NettyHostOptions options, @Nullable ChannelGroup connections) {
            this.engine = engine;
            this.options = options;
            this.connections = connections;
        }

        @Override
        protected void initChannel(Channel channel) {
            ChannelPipeline pipeline = channel.pipeline();
            HttpConnection connection = new HttpConnection(engine, options, false);
            if (options.proxyProtocol()) {
                ProxyHeader.add(pipeline, connection, options.maxHeaderSize());
            }
            Certificates certificates = options.certificates();
            SslContext tls = certificates == null ? options.sslContext() : certificates.https(options.http2());
            if (tls != null) {
                pipeline.addLast(tls.newHandler(channel.alloc()));
                if (options.http2()) {
                    pipeline.addLast(new Http2Connection.Negotiation(connection));
                }
            }
            pipeline.addLast(new HttpCodec(options.maxHeaderSize()));
            pipeline.addLast(connection);
            if (connections != null) {
                connections.add(channel);
            }
        }
    }
}
