package dev.sockeye.socketio.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.NetUtil;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens TCP connections to one endpoint: names, addresses in turn, proxy, TLS. Used on the loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no answer
final class Dialer {
    private static final System.Logger LOG = System.getLogger(Dialer.class.getName());

    private final EventLoop loop;
    private final Executor resolvers;
    private final Class<? extends Channel> channelType;
    private final Consumer<Channel> tracker;
    private final Endpoint endpoint;
    private final ClientOptions options;
    private @Nullable SslContext ssl;

    Dialer(
            EventLoop loop,
            Executor resolvers,
            Class<? extends Channel> channelType,
            Consumer<Channel> tracker,
            Endpoint endpoint,
            ClientOptions options) {
        this.loop = loop;
        this.resolvers = resolvers;
        this.channelType = channelType;
        this.tracker = tracker;
        this.endpoint = endpoint;
        this.options = options;
    }

    EventLoop loop() {
        return loop;
    }

    /** What a dialler tells, on the loop, once, unless it was cancelled. */
    interface Result {
        void connected(Channel channel);

        void failed(Throwable cause);
    }

    /** Dials; the initializer adds the handlers above TLS. */
    Attempt dial(Consumer<ChannelPipeline> initializer, Result result) {
        Attempt attempt = new Attempt(initializer, result);
        ProxyOptions proxy = options.proxy();
        if (proxy != null) {
            attempt.connect(List.of(InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port())), 0);
            return attempt;
        }
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(endpoint.host());
        if (literal != null) {
            try {
                InetAddress address = InetAddress.getByAddress(endpoint.host(), literal);
                attempt.connect(List.of(new InetSocketAddress(address, endpoint.port())), 0);
                return attempt;
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an address of " + literal.length + " bytes", e);
            }
        }
        try {
            resolvers.execute(() -> resolve(attempt));
        } catch (RejectedExecutionException e) {
            loop.execute(() -> attempt.fail(e));
        }
        return attempt;
    }

    private void resolve(Attempt attempt) {
        try {
            List<SocketAddress> addresses = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(endpoint.host())) {
                addresses.add(new InetSocketAddress(address, endpoint.port()));
            }
            onLoop(() -> attempt.connect(addresses, 0), attempt);
        } catch (UnknownHostException e) {
            UnknownHostException clear = new UnknownHostException("cannot resolve the host name " + endpoint.host());
            clear.initCause(e);
            onLoop(() -> attempt.fail(clear), attempt);
        }
    }

    private void onLoop(Runnable task, Attempt attempt) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            attempt.cancelled = true; // the event loop has been shut down, nobody waits any more
        }
    }

    private SslContext sslContext() throws SSLException {
        if (options.trustAllCertificates()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "TLS to {0} trusts ANY certificate: whoever sits between can read and change everything",
                    endpoint.authority());
        }
        SslContext context = ssl;
        if (context == null) {
            SslContext given = options.sslContext();
            if (options.trustAllCertificates()) {
                context = SslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .build();
            } else {
                context = given != null ? given : SslContextBuilder.forClient().build();
            }
            ssl = context;
        }
        return context;
    }

    private static ProxyHandler proxyHandler(ProxyOptions proxy) {
        String user = proxy.user();
        String password = proxy.password();
        boolean named = user != null && password != null;
        return switch (proxy.type()) {
            case HTTP ->
                named ? new HttpProxyHandler(proxy.address(), user, password) : new HttpProxyHandler(proxy.address());
            case SOCKS5 ->
                named
                        ? new Socks5ProxyHandler(proxy.address(), user, password)
                        : new Socks5ProxyHandler(proxy.address());
        };
    }

    /** One dialling; goes through the addresses until one answers. */
    final class Attempt {
        private final Consumer<ChannelPipeline> initializer;
        private final Result result;
        private volatile boolean cancelled;
        private @Nullable Channel channel;

        private Attempt(Consumer<ChannelPipeline> initializer, Result result) {
            this.initializer = initializer;
            this.result = result;
        }

        /** Gives up; the result is not told any more. */
        void cancel() {
            cancelled = true;
            Channel current = channel;
            if (current != null) {
                current.close();
            }
        }

        private void fail(Throwable cause) {
            if (!cancelled) {
                cancelled = true;
                result.failed(cause);
            }
        }

        private void connect(List<? extends SocketAddress> addresses, int index) {
            if (cancelled) {
                return;
            }
            SslContext context;
            try {
                context = endpoint.secure() ? sslContext() : null;
            } catch (SSLException e) {
                fail(e);
                return;
            }
            ChannelFuture future = new Bootstrap()
                    .group(loop)
                    .channel(channelType)
                    .resolver(NoopAddressResolverGroup.INSTANCE)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel ch) {
                            ProxyOptions proxy = options.proxy();
                            if (proxy != null) {
                                ch.pipeline().addLast(proxyHandler(proxy));
                            }
                            if (context != null) {
                                SslHandler handler = context.newHandler(ch.alloc(), endpoint.host(), endpoint.port());
                                ch.pipeline().addLast(handler);
                            }
                            initializer.accept(ch.pipeline());
                        }
                    })
                    .connect(addresses.get(index));
            channel = future.channel();
            tracker.accept(future.channel());
            future.addListener(done -> {
                if (cancelled) {
                    future.channel().close();
                } else if (done.isSuccess()) {
                    cancelled = true;
                    result.connected(future.channel());
                } else if (index + 1 < addresses.size()) {
                    connect(addresses, index + 1);
                } else {
                    fail(done.cause() instanceof ConnectException connect ? plain(connect) : done.cause());
                }
            });
        }

        private Throwable plain(ConnectException cause) {
            return new ConnectException(
                    "cannot connect to " + endpoint.authority() + ": " + String.valueOf(cause.getMessage()));
        }
    }
}
