package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The replacement of a WebSocket's channel by the socket")
class SocketReplacementTest {

    private final EchoEngine engine = new EchoEngine();
    private NettyHost host;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Epoll.isAvailable(), "epoll is not available here");
        assumeTrue(SocketWire.hasAddresses(), "this JVM's buffers have no addresses");
        engine.maxMessageSize = 20_000_000;
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder()
                        .io(NettyIo.EPOLL)
                        .loops(1)
                        .closeTimeout(Duration.ofSeconds(30))
                        .build());
    }

    @AfterEach
    void stop() {
        if (host != null) {
            host.close();
        }
    }

    private RawClient connect(int receiveBuffer) throws Exception {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(host.address());
        RawClient client = new RawClient(socket);
        assertThat(client.upgrade("/engine.io/").status()).isEqualTo(101);
        return client;
    }

    private MessageConnection accepted() throws Exception {
        MessageConnection connection = engine.sockets.poll(10, TimeUnit.SECONDS);
        assertThat(connection).isNotNull();
        return connection;
    }

    /** Records what a wire tells it. */
    private static final class Owner extends FrameWriter {
        final List<Throwable> errors = new CopyOnWriteArrayList<>();
        final AtomicInteger ends = new AtomicInteger();

        Owner(NettyLoop loop) {
            super(loop, 1000, false);
        }

        @Override
        void onSent() {}

        @Override
        void onQueueEmpty() {}

        @Override
        boolean isClosing() {
            return false;
        }

        @Override
        void onInactive() {
            ends.incrementAndGet();
        }

        @Override
        void onError(Throwable cause) {
            errors.add(cause);
            wire().abort();
        }

        @Override
        void onMessage(boolean binary, byte[] data) {}

        @Override
        byte @Nullable [] inflate(byte[] data, int length, int maxMessageSize) {
            return null;
        }

        @Override
        boolean compressionNegotiated() {
            return false;
        }

        @Override
        boolean receiving(long change) {
            return true;
        }

        @Override
        void onControl(int opcode, byte[] payload) {}

        @Override
        void fail(int code, String why) {}
    }

    @Test
    void doesNotUseADescriptorThatTheChannelHasClosed() throws Exception {
        EmbeddedChannel channel = new EmbeddedChannel();
        Owner owner = new Owner(NettyLoop.of(channel.eventLoop()));
        io.netty.channel.unix.Socket socket = io.netty.channel.unix.Socket.newSocketStream();
        SocketWire wire = new SocketWire(owner, socket, true);
        owner.connect(wire);
        wire.write(wire.allocate(16).writeZero(16));
        socket.close(); // its number may be that of another connection from now on
        wire.flush();
        wire.start();
        channel.runPendingTasks();
        assertThat(owner.errors).isEmpty();
        // the channel reports nothing: its pipeline is emptied when it has been deregistered
        assertThat(owner.ends).hasValue(1);
        wire.close();
        channel.runPendingTasks();
        assertThat(owner.ends).hasValue(1);
        assertThat(wire.pendingBytes(0, 0, false)).isZero();
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsAConnectionWhoseSocketEpollRejects(boolean atOnce) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, RejectingHandler.factory(atOnce));
        try {
            EventLoop loop = group.next();
            io.netty.channel.unix.Socket socket = io.netty.channel.unix.Socket.newSocketStream();
            Owner owner = loop.submit(() -> {
                        Owner created = new Owner(NettyLoop.of(loop));
                        SocketWire wire = new SocketWire(created, socket, true);
                        created.connect(wire);
                        wire.start();
                        return created;
                    })
                    .get(10, TimeUnit.SECONDS);
            Awaitility.await().until(() -> owner.ends.get() == 1);
            assertThat(owner.errors).hasSize(1);
            assertThat(socket.isOpen()).isFalse();
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void leavesASocketToTheLoopThatIsClosedDuringTheReplacement() throws Exception {
        CompletableFuture<Wire> during = new CompletableFuture<>();
        engine.onUpgrade = upgrade -> upgrade.accept(List.of(), 1_000_000, null, new Listener() {
            @Override
            public void onOpen(MessageConnection opened) {
                EngineLoop loop = opened.loop();
                // runs after the replacement has begun, and before the channel has left the loop
                loop.execute(() -> loop.execute(() -> {
                    during.complete(((NettyWebSocket) opened).wire());
                    opened.close(1000, "");
                    engine.sockets.add(opened);
                }));
            }
        });
        try (RawClient client = connect(0)) {
            MessageConnection connection = accepted();
            assertThat(during.get(10, TimeUnit.SECONDS)).isInstanceOf(SocketWire.class);
            assertThat(client.frame().first() & 0xf).isEqualTo(8);
            SocketWireTest.onLoop(connection.loop(), () -> {});
            SocketWireTest.onLoop(connection.loop(), () -> {});
            assertThat(connection.startDirect(10, 1, false)).isNull();
        }
    }

    @Test
    void reportsTheDrainOfADirectWriteThatTheReplacementHasInterrupted() throws Exception {
        CompletableFuture<MessageConnection> drained = new CompletableFuture<>();
        CompletableFuture<Void> filled = new CompletableFuture<>();
        AtomicInteger drains = new AtomicInteger();
        engine.onUpgrade = upgrade -> upgrade.accept(List.of(), 1_000_000, null, new Listener() {
            private @Nullable MessageConnection connection;

            @Override
            public void onOpen(MessageConnection opened) {
                connection = opened;
                for (int i = 0; i < 100; i++) {
                    opened.send(true, MessageConnection.NO_PREFIX, new byte[100_000], false);
                }
            }

            @Override
            public void onDrained() {
                if (drains.incrementAndGet() == 1) {
                    drained.complete(connection);
                    filled.join(); // the replacement follows
                }
            }
        });
        try (RawClient client = connect(4096)) {
            int frames = 0;
            while (!drained.isDone() && frames < 100) {
                client.frame();
                frames++;
            }
            MessageConnection connection = drained.get(10, TimeUnit.SECONDS);
            int messages = 0;
            boolean all = true;
            while (all) {
                MessageConnection.DirectWrite write = connection.startDirect(8_000, 1, false);
                assertThat(write).isNotNull();
                write.add(true, MessageConnection.NO_PREFIX, new byte[8_000]);
                all = write.finish();
                messages++;
            }
            filled.complete(null);
            SocketWireTest.moved(connection);
            SocketWireTest.onLoop(connection.loop(), connection::queueRemaining);
            for (int i = frames; i < 100 + messages; i++) {
                client.frame();
            }
            Awaitility.await().until(() -> drains.get() == 2);
        }
    }

    @Test
    void answersACloseFrameBehindAQueueWithNio() throws Exception {
        host.close();
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder()
                        .io(NettyIo.NIO)
                        .loops(1)
                        .closeTimeout(Duration.ofSeconds(30))
                        .build());
        answersACloseFrameBehindAQueue();
    }

    @Test
    void answersACloseFrameBehindAQueue() throws Exception {
        try (RawClient client = connect(4096)) {
            MessageConnection connection = accepted();
            SocketWireTest.onLoop(connection.loop(), () -> {
                for (int i = 0; i < 100; i++) {
                    connection.send(true, MessageConnection.NO_PREFIX, new byte[100_000], false);
                }
            });
            SocketWireTest.onLoop(
                    connection.loop(), () -> connection.send(true, MessageConnection.NO_PREFIX, new byte[10], false));
            client.frame(0x88, new byte[] {3, (byte) 0xe8});
            Awaitility.await().until(() -> !engine.events.isEmpty());
            for (int i = 0; i < 100; i++) {
                assertThat(client.frame().payload()).hasSize(100_000);
            }
            assertThat(client.frame().payload()).hasSize(10);
            assertThat(client.frame().first() & 0xf).isEqualTo(8);
        }
    }

    /** A listener that ignores everything. */
    private static class Listener implements MessageListener {
        @Override
        public void onOpen(MessageConnection opened) {}

        @Override
        public void onText(byte[] utf8) {}

        @Override
        public void onBinary(byte[] data) {}

        @Override
        public void onDrained() {}

        @Override
        public void onClose(int code, @Nullable Throwable error) {}
    }
}
