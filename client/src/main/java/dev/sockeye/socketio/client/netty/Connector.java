package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.client.transport.NetworkOptions;
import dev.sockeye.socketio.client.transport.ProxyOptions;
import dev.sockeye.socketio.client.transport.ServerAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.NotYetConnectedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens TCP connections to one endpoint: names, addresses, proxy, TLS. Used on the loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no answer
final class Connector {
    /** The delay before the next address is tried while one does not answer. */
    static final int STAGGER_MILLIS = 250;

    /** The maximum time for one address. */
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    private static final System.Logger LOG = System.getLogger(Connector.class.getName());
    private static final String BEFORE_CONNECTED = "before connected";

    /** Looks up the addresses of a host, preferred ones first; at least one. Blocks. */
    interface Resolver {
        InetAddress[] lookUp(String host) throws UnknownHostException;
    }

    private final EventLoop loop;
    private final Executor resolvers;
    private final Resolver resolver;
    private final Class<? extends Channel> channelType;
    private final Consumer<Channel> tracker;
    private final NetworkOptions options;
    private final ServerAddress server;
    private final @Nullable SslContext given;
    private final TlsContexts contexts;

    Connector(
            EventLoop loop,
            Executor resolvers,
            Resolver resolver,
            Class<? extends Channel> channelType,
            Consumer<Channel> tracker,
            NetworkOptions options,
            @Nullable SslContext given,
            TlsContexts contexts) {
        this.loop = loop;
        this.resolvers = resolvers;
        this.resolver = resolver;
        this.channelType = channelType;
        this.tracker = tracker;
        this.options = options;
        this.server = options.server();
        this.given = given;
        this.contexts = contexts;
    }

    EventLoop loop() {
        return loop;
    }

    /** Closes a channel with the transport. */
    void track(Channel channel) {
        tracker.accept(channel);
    }

    /** The result of an attempt: one method is called once, on the loop, unless the attempt was cancelled. */
    interface Result {
        void connected(Channel channel);

        void failed(Throwable cause);
    }

    /** Opens a connection; the initializer adds the handlers above TLS. */
    Attempt dial(Consumer<ChannelPipeline> initializer, Result result) {
        Attempt attempt = new Attempt(initializer, result);
        ProxyOptions proxy = options.proxy();
        if (proxy == null) {
            resolve(attempt::begin, attempt::fail);
        } else if (proxy.address().isUnresolved()) {
            resolve(proxy.address().getHostString(), proxy.address().getPort(), attempt::begin, attempt::fail);
        } else {
            attempt.begin(List.of(proxy.address()));
        }
        return attempt;
    }

    /** Looks up the addresses of the server, preferred ones first; one of the two is called on the loop. */
    void resolve(Consumer<List<InetSocketAddress>> found, Consumer<Throwable> failed) {
        resolve(server.host(), server.port(), found, failed);
    }

    private void resolve(String host, int port, Consumer<List<InetSocketAddress>> found, Consumer<Throwable> failed) {
        try {
            InetAddress address = literal(host);
            if (address != null) {
                found.accept(List.of(new InetSocketAddress(address, port)));
                return;
            }
        } catch (UnknownHostException e) { // a network interface that does not exist
            loop.execute(() -> failed.accept(e));
            return;
        }
        try {
            resolvers.execute(() -> lookUp(host, port, found, failed));
        } catch (RuntimeException | Error e) { // rejected, or no thread can be started
            loop.execute(() -> failed.accept(e));
        }
    }

    /** The address, if the text is one; may have the name of a network interface, such as {@code fe80::1%eth0}. */
    private static @Nullable InetAddress literal(String host) throws UnknownHostException {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        if (bytes == null) {
            return null;
        }
        return host.indexOf('%') < 0 ? InetAddress.getByAddress(host, bytes) : InetAddress.getByName(host);
    }

    private void lookUp(String host, int port, Consumer<List<InetSocketAddress>> found, Consumer<Throwable> failed) {
        try {
            List<InetSocketAddress> addresses = new ArrayList<>();
            for (InetAddress address : alternating(resolver.lookUp(host))) {
                addresses.add(new InetSocketAddress(address, port));
            }
            onLoop(() -> found.accept(addresses));
        } catch (UnknownHostException e) {
            UnknownHostException clear = new UnknownHostException("cannot resolve the host name " + host);
            clear.initCause(e);
            onLoop(() -> failed.accept(clear));
        } catch (RuntimeException | Error e) { // of a resolver that the application has installed
            onLoop(() -> failed.accept(e));
        }
    }

    /** Interleaves the two address families, starting with that of the first address; as in RFC 8305, section 4. */
    static List<InetAddress> alternating(InetAddress... resolved) {
        ArrayDeque<InetAddress> same = new ArrayDeque<>();
        ArrayDeque<InetAddress> others = new ArrayDeque<>();
        for (InetAddress address : resolved) {
            (address.getClass() == resolved[0].getClass() ? same : others).add(address);
        }
        List<InetAddress> all = new ArrayList<>();
        while (!same.isEmpty() || !others.isEmpty()) {
            if (!same.isEmpty()) {
                all.add(same.remove());
            }
            if (!others.isEmpty()) {
                all.add(others.remove());
            }
        }
        return all;
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "the event loop has been shut down", e);
        }
    }

    private static ProxyHandler proxyHandler(ProxyOptions proxy, SocketAddress address) {
        String user = proxy.user();
        String password = proxy.password() == null ? "" : proxy.password();
        return switch (proxy.type()) {
            case HTTP -> user != null ? new HttpProxyHandler(address, user, password) : new HttpProxyHandler(address);
            case SOCKS5 ->
                user != null ? new Socks5ProxyHandler(address, user, password) : new Socks5ProxyHandler(address);
        };
    }

    /** What a proxy is asked for: an address, or a name that it looks up. */
    private InetSocketAddress destination() throws UnknownHostException {
        InetAddress address = literal(server.host());
        return address == null
                ? InetSocketAddress.createUnresolved(server.host(), server.port())
                : new InetSocketAddress(address, server.port());
    }

    /**
     * The end of the pipeline until the connection is open. A socket that is registered and not yet connected can be reported as
     * readable, and reading it fails: that does not end the attempt, whose future has the result.
     */
    private static final class BeforeConnected extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof NotYetConnectedException)) {
                ctx.close();
            }
        }
    }

    /**
     * Opens one connection. Starts with the first address and continues with the next one every {@link #STAGGER_MILLIS}, or when
     * one fails (RFC 8305, "happy eyeballs"). The first connection is used, the others are closed.
     */
    final class Attempt {
        private final Consumer<ChannelPipeline> initializer;
        private final Result result;
        private final Set<Channel> dialled = new HashSet<>();
        private boolean ended;
        private List<? extends SocketAddress> addresses = List.of();
        private int next;
        private @Nullable Future<?> stagger;
        private @Nullable Throwable firstFailure;

        private Attempt(Consumer<ChannelPipeline> initializer, Result result) {
            this.initializer = initializer;
            this.result = result;
        }

        /** Cancels the attempt without a result. Calling it again has no effect. */
        void cancel() {
            if (!ended) {
                end(null);
            }
        }

        private void end(@Nullable Channel winner) {
            ended = true;
            if (stagger != null) {
                stagger.cancel(false);
            }
            for (Channel channel : dialled) {
                if (channel != winner) {
                    channel.close();
                }
            }
            dialled.clear();
        }

        private void fail(Throwable cause) {
            if (!ended) {
                end(null);
                result.failed(cause);
            }
        }

        private void begin(List<? extends SocketAddress> to) {
            if (!ended) {
                addresses = to;
                dialNext();
            }
        }

        private void dialNext() {
            if (stagger != null) {
                stagger.cancel(false);
                stagger = null;
            }
            ProxyOptions proxy = options.proxy();
            SocketAddress address = addresses.get(next++);
            SocketAddress destination;
            SslContext context;
            try {
                destination = proxy == null ? address : destination();
                context = !server.secure() ? null : given != null ? given : contexts.of(options.tls(), server);
            } catch (SSLException | UnknownHostException | RuntimeException e) {
                loop.execute(() -> fail(e)); // a result is never delivered before dial has returned
                return;
            }
            ChannelFuture future = new Bootstrap()
                    .group(loop)
                    .channel(channelType)
                    .resolver(NoopAddressResolverGroup.INSTANCE)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel ch) {
                            if (proxy != null) {
                                ch.pipeline().addLast(proxyHandler(proxy, address));
                            }
                            ch.pipeline().addLast(BEFORE_CONNECTED, new BeforeConnected());
                        }
                    })
                    .connect(destination);
            Throwable impossible = future.cause();
            if (impossible != null) {
                // there is no channel, for example because too many files are open; listeners would be called on
                // another thread
                loop.execute(() -> failed(impossible));
                return;
            }
            Channel channel = future.channel();
            dialled.add(channel);
            tracker.accept(channel);
            future.addListener(done -> {
                if (ended) {
                    channel.close();
                } else if (done.isSuccess()) {
                    end(channel);
                    try {
                        initialize(channel, context);
                        result.connected(channel);
                    } catch (RuntimeException | Error e) { // an invalid header, for example
                        channel.close();
                        result.failed(e);
                    }
                } else {
                    dialled.remove(channel);
                    failed(done.cause());
                }
            });
            if (!ended && stagger == null && next < addresses.size()) {
                stagger = loop.schedule(this::dialNext, STAGGER_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private void initialize(Channel channel, @Nullable SslContext context) {
            channel.pipeline().remove(BEFORE_CONNECTED);
            if (context != null) {
                SslHandler handler = context.newHandler(channel.alloc(), server.host(), server.port());
                if (given == null) {
                    TlsContexts.verifyHost(handler.engine(), options.tls());
                }
                channel.pipeline().addLast(handler);
            }
            initializer.accept(channel.pipeline());
        }

        private void failed(Throwable cause) {
            if (ended) {
                return;
            }
            if (firstFailure == null) {
                firstFailure = cause;
            }
            if (next < addresses.size()) {
                dialNext();
            } else if (dialled.isEmpty()) {
                fail(firstFailure instanceof ConnectException connect ? plain(connect) : firstFailure);
            }
        }

        private Throwable plain(ConnectException cause) {
            return new ConnectException(
                    "cannot connect to " + server.authority() + ": " + String.valueOf(cause.getMessage()));
        }
    }
}
