package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.ClientTransport;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The client's transport on Netty. Any thread. */
@SuppressWarnings({"FutureReturnValueIgnored", "exports"}) // closing needs no answer; users of this class have Netty
public final class NettyClientTransport implements ClientTransport {
    private static final int DEFAULT_THREADS = 2;
    private static final long CLOSE_MILLIS = 2000;

    private final EventLoopGroup group;
    private final boolean ownGroup;
    private final @Nullable SslContext sslContext;
    private final Supplier<@Nullable WebTransportProvider> webTransports;
    private final TlsContexts tlsContexts = new TlsContexts();
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicBoolean down = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private NettyClientTransport(Builder builder) {
        EventLoopGroup given = builder.eventLoopGroup;
        this.ownGroup = given == null;
        this.group = given != null ? given : newGroup(builder.ioThreads);
        this.sslContext = builder.sslContext;
        WebTransportProvider provider = builder.webTransport;
        this.webTransports = provider != null ? () -> provider : new InstalledProvider();
    }

    /** Creates a transport with the defaults. */
    public static NettyClientTransport create() {
        return builder().build();
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    private static EventLoopGroup newGroup(int threads) {
        IoHandlerFactory factory = epollAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("sockeye-client-io", true), factory);
    }

    private static boolean epollAvailable() {
        try {
            return Epoll.isAvailable();
        } catch (NoClassDefFoundError e) {
            return false; // netty-transport-classes-epoll is optional
        }
    }

    @Override
    public ClientLoop nextLoop() {
        return new NettyLoop(group.next());
    }

    @Override
    public ClientNetwork network(ClientLoop loop, NetworkOptions options, Executor blocking) {
        if (!(loop instanceof NettyLoop netty)) {
            throw new IllegalArgumentException("not a loop of this transport: " + loop);
        }
        Connector connector = new Connector(
                netty.loop(),
                blocking,
                InetAddress::getAllByName,
                channelType(),
                this::track,
                options,
                sslContext,
                tlsContexts);
        return new NettyNetwork(connector, options, listener -> {
            WebTransportProvider provider = webTransports.get();
            if (provider == null) {
                throw new UnsupportedOperationException("no WebTransport");
            }
            return provider.session(new WebTransportSetup(connector, datagramType(), options), listener);
        });
    }

    private Class<? extends DatagramChannel> datagramType() {
        return channelType() == NioSocketChannel.class ? NioDatagramChannel.class : EpollDatagramChannel.class;
    }

    @Override
    public boolean supportsWebTransport() {
        return webTransports.get() != null;
    }

    /** The provider that {@link ServiceLoader} finds, looked up once. Any thread. */
    private static final class InstalledProvider implements Supplier<@Nullable WebTransportProvider> {
        private boolean known;
        private @Nullable WebTransportProvider provider;

        @Override
        public synchronized @Nullable WebTransportProvider get() {
            if (!known) {
                known = true;
                provider = ServiceLoader.load(WebTransportProvider.class, NettyClientTransport.class.getClassLoader())
                        .findFirst()
                        .orElse(null);
            }
            return provider;
        }
    }

    Class<? extends Channel> channelType() {
        if (group instanceof IoEventLoopGroup io && epollAvailable() && io.isIoType(EpollIoHandler.class)) {
            return EpollSocketChannel.class;
        }
        return NioSocketChannel.class;
    }

    @Override
    public boolean inLoop() {
        for (EventExecutor executor : group) {
            if (executor.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    /** Tracks a channel until it is closed. */
    private void track(Channel channel) {
        channels.add(channel);
        channel.closeFuture().addListener(done -> {
            channels.remove(channel);
            if (closing.get() && channels.isEmpty()) {
                shutdown();
            }
        });
    }

    @Override
    public int openConnections() {
        return channels.size();
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        if (closing.compareAndSet(false, true)) {
            if (channels.isEmpty()) {
                shutdown();
            } else {
                io.netty.util.concurrent.Future<?> deadline =
                        group.next().schedule(this::shutdown, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
                ended.whenComplete((done, error) -> deadline.cancel(false));
            }
        }
        return ended.copy();
    }

    private void shutdown() {
        if (!down.compareAndSet(false, true)) {
            return;
        }
        ended.complete(null);
        for (Channel channel : channels) {
            channel.close();
        }
        if (ownGroup) {
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
    }

    /** Builds {@link NettyClientTransport}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable EventLoopGroup eventLoopGroup;
        private int ioThreads = DEFAULT_THREADS;
        private @Nullable SslContext sslContext;
        private @Nullable WebTransportProvider webTransport;

        private Builder() {}

        /**
         * Sets the event loops. They are not shut down when the client is closed. Default: {@link #ioThreads} daemon threads of its
         * own, on epoll where it is available.
         */
        public Builder eventLoopGroup(@Nullable EventLoopGroup value) {
            this.eventLoopGroup = value;
            return this;
        }

        /**
         * Sets the number of its own event loops. Default 2.
         *
         * @throws IllegalArgumentException if the value is not positive
         */
        public Builder ioThreads(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("ioThreads must be positive: " + value);
            }
            this.ioThreads = value;
            return this;
        }

        /**
         * Sets Netty's TLS context for all connections, in place of the client's TLS options. It controls everything, including
         * the verification of host names, which is on in contexts of {@code SslContextBuilder.forClient()}. WebTransport does not use it,
         * but the TLS options.
         */
        public Builder sslContext(@Nullable SslContext value) {
            this.sslContext = value;
            return this;
        }

        /**
         * Sets the provider of WebTransport sessions. Default {@code null}: the one on the class path, which is in the module {@code
         * dev.sockeye:sockeye-client-webtransport}, if any.
         */
        public Builder webTransport(@Nullable WebTransportProvider value) {
            this.webTransport = value;
            return this;
        }

        /** Creates the transport; its threads start with the first connection. */
        public NettyClientTransport build() {
            return new NettyClientTransport(this);
        }
    }
}
