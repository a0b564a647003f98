package dev.sockeye.socketio.client.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.client.transport.NetworkOptions;
import dev.sockeye.socketio.client.transport.ProxyOptions;
import dev.sockeye.socketio.client.transport.ServerAddress;
import dev.sockeye.socketio.client.transport.TlsOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.NotYetConnectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hosts with several addresses. */
@Timeout(60)
class ConnectorTest {
    private static final int MOST_IN_BACKLOG = 200;
    private final NettyClientTransport threads = NettyClientTransport.create();
    private final List<Socket> waiting = new ArrayList<>();
    private String host = "host";
    private ServerSocket server;
    private ServerSocket hole;
    private final Queue<Channel> dialled = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() throws Exception {
        threads.closeAsync().get(20, TimeUnit.SECONDS);
        for (Socket socket : waiting) {
            socket.close();
        }
        for (ServerSocket each : new ServerSocket[] {server, hole}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static InetAddress address(int last) throws IOException {
        return InetAddress.getByAddress("host", new byte[] {127, 0, 0, (byte) last});
    }

    /** A server at 127.0.0.1, and at the same port of 127.0.0.2 one that never answers: it does not accept, and its backlog is full. */
    private void serverAndBlackHole() throws IOException {
        while (hole == null) {
            server = new ServerSocket(0, 50, address(1));
            try {
                hole = new ServerSocket(server.getLocalPort(), 1, address(2));
            } catch (BindException e) {
                server.close(); // that port is taken; try another one
            }
        }
        for (int i = 0; i < MOST_IN_BACKLOG; i++) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(new InetSocketAddress(address(2), hole.getLocalPort()), 300);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        throw new AssertionError("the backlog takes any number");
    }

    private CompletableFuture<InetSocketAddress> dial(InetAddress... addresses) {
        return dial(name -> addresses, pipeline -> {});
    }

    private CompletableFuture<InetSocketAddress> dial(
            Connector.Resolver resolver, Consumer<ChannelPipeline> initializer) {
        return dial(threads.channelType(), resolver, initializer);
    }

    private CompletableFuture<InetSocketAddress> dial(
            Class<? extends Channel> type, Connector.Resolver resolver, Consumer<ChannelPipeline> initializer) {
        return dial(type, resolver, initializer, null);
    }

    private CompletableFuture<InetSocketAddress> dial(
            Class<? extends Channel> type,
            Connector.Resolver resolver,
            Consumer<ChannelPipeline> initializer,
            @Nullable ProxyOptions proxy) {
        EventLoop loop = ((NettyLoop) threads.nextLoop()).loop();
        NetworkOptions options = new NetworkOptions(
                new ServerAddress(false, host, server == null ? 1 : server.getLocalPort()),
                proxy,
                TlsOptions.defaults(),
                true,
                1024,
                1 << 20,
                List.of());
        Connector dialer =
                new Connector(loop, Runnable::run, resolver, type, dialled::add, options, null, new TlsContexts());
        CompletableFuture<InetSocketAddress> connected = new CompletableFuture<>();
        loop.execute(() -> dialer.dial(initializer, new Connector.Result() {
            @Override
            public void connected(Channel channel) {
                connected.complete((InetSocketAddress) channel.remoteAddress());
                channel.close();
            }

            @Override
            public void failed(Throwable cause) {
                connected.completeExceptionally(
                        loop.inEventLoop() ? cause : new AssertionError("not on the loop", cause));
            }
        }));
        return connected;
    }

    @Test
    void anErrorOfTheResolverFailsTheConnect() {
        IllegalStateException cause = new IllegalStateException("resolver");
        CompletableFuture<InetSocketAddress> connected = dial(
                name -> {
                    throw cause;
                },
                pipeline -> {});
        assertThat(connected)
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withCause(cause);
    }

    @ParameterizedTest
    @EnumSource(ProxyOptions.Type.class)
    void theNameOfAProxyIsLookedUpAtEachConnection(ProxyOptions.Type type) {
        ProxyOptions proxy = new ProxyOptions(type, InetSocketAddress.createUnresolved("proxy.invalid", 1), null, null);
        List<String> asked = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 2; i++) {
            assertThat(dial(
                            threads.channelType(),
                            name -> {
                                asked.add(name);
                                throw new UnknownHostException(name);
                            },
                            pipeline -> {},
                            proxy))
                    .failsWithin(20, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .havingCause()
                    .isInstanceOf(UnknownHostException.class)
                    .withMessage("cannot resolve the host name proxy.invalid");
        }
        assertThat(asked).containsExactly("proxy.invalid", "proxy.invalid");
    }

    @Test
    void anErrorWhileThePipelineIsBuiltFailsTheConnect() throws Exception {
        server = new ServerSocket(0, 50, address(1));
        IllegalArgumentException cause = new IllegalArgumentException("invalid header");
        InetAddress[] addresses = {address(1)};
        CompletableFuture<InetSocketAddress> connected = dial(name -> addresses, pipeline -> {
            throw cause;
        });
        assertThat(connected)
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withCause(cause);
        await().untilAsserted(() -> assertThat(dialled).allMatch(channel -> !channel.isOpen()));
    }

    @Test
    void aSecondAddressIsTriedWhileTheFirstDoesNotAnswer() throws Exception {
        serverAndBlackHole();
        assertThat(dial(address(2), address(1)).get(20, TimeUnit.SECONDS).getAddress())
                .isEqualTo(address(1));
    }

    @Test
    void aSecondAddressIsTriedImmediatelyWhenTheFirstRefuses() throws Exception {
        server = new ServerSocket(0, 50, address(1));
        assertThat(dial(address(3), address(1)).get(20, TimeUnit.SECONDS).getAddress())
                .isEqualTo(address(1));
    }

    @Test
    void connectFailsWhenAllAddressesRefuse() throws Exception {
        server = new ServerSocket(0, 50, address(1));
        assertThatThrownBy(() -> dial(address(3), address(4)).get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ConnectException.class)
                .hasMessageContaining("cannot connect to host");
    }

    @Test
    void theNetworkInterfaceOfAnAddressIsUsed() {
        host = "fe80::1%nosuch0";
        assertThat(dial())
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(UnknownHostException.class)
                .withMessageContaining("nosuch0");
    }

    /** As when the process has too many open files. */
    public static final class NoChannel extends NioSocketChannel {
        public NoChannel() {
            throw new ChannelException("too many open files");
        }
    }

    @Test
    void aChannelThatCannotBeCreatedFailsOnTheLoopAndIsNotTracked() throws Exception {
        InetAddress[] addresses = {address(1), address(2)};
        assertThat(dial(NoChannel.class, name -> addresses, pipeline -> {}))
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(ChannelException.class);
        assertThat(dialled).isEmpty();
    }

    @Test
    void addressFamiliesAlternate() throws Exception {
        byte[] bytes = new byte[16];
        InetAddress six = InetAddress.getByAddress("host", bytes.clone());
        bytes[15] = 1;
        InetAddress other = InetAddress.getByAddress("host", bytes);
        assertThat(Connector.alternating(six, other, address(1), address(2)))
                .containsExactly(six, address(1), other, address(2));
        assertThat(Connector.alternating(address(1), address(2), six)).containsExactly(address(1), six, address(2));
    }

    @Test
    void anExceptionBeforeTheConnectionIsEstablishedDoesNotReachTheEndOfThePipeline() throws Exception {
        serverAndBlackHole();
        List<Throwable> unhandled = new CopyOnWriteArrayList<>();
        CompletableFuture<InetSocketAddress> connected = dial(address(2), address(1));
        await().until(() -> !dialled.isEmpty());
        Channel first = dialled.element(); // it waits for the black hole
        first.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                unhandled.add(cause);
            }
        });
        first.pipeline().fireExceptionCaught(new NotYetConnectedException());
        assertThat(connected.get(10, TimeUnit.SECONDS).getAddress()).isEqualTo(address(1));
        assertThat(unhandled).isEmpty();
    }
}
