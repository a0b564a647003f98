package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A WebSocket whose channel was replaced by the socket")
class SocketWireTest {

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

    private String event() throws Exception {
        return engine.events.poll(10, TimeUnit.SECONDS);
    }

    static void onLoop(EngineLoop loop, Runnable action) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            action.run();
            done.complete(null);
        });
        done.get(10, TimeUnit.SECONDS);
    }

    /** Waits until the channel has been replaced. */
    static SocketWire moved(MessageConnection connection) throws Exception {
        CompletableFuture<Wire> wire = new CompletableFuture<>();
        for (int i = 0; i < 1000 && !(wire.getNow(null) instanceof SocketWire); i++) {
            wire = new CompletableFuture<>();
            CompletableFuture<Wire> now = wire;
            connection.loop().execute(() -> now.complete(((NettyWebSocket) connection).wire()));
            now.get(10, TimeUnit.SECONDS);
        }
        assertThat(wire.get()).isInstanceOf(SocketWire.class);
        return (SocketWire) wire.get();
    }

    @Test
    void replacesTheChannelOfAnOwnPortOnly() throws Exception {
        try (RawClient client = connect(0)) {
            assertThat(moved(accepted()).fd().isOpen()).isTrue();
            client.text("x");
            assertThat(client.frame().text()).isEqualTo("x");
        }
    }

    @Test
    void readsAMessageThatFillsManyBuffers() throws Exception {
        try (RawClient client = connect(0)) {
            moved(accepted());
            byte[] large = new byte[12_000_000];
            new Random(5).nextBytes(large);
            client.frame(0x82, large);
            client.text("after");
            assertThat(client.frame().payload()).isEqualTo(large);
            assertThat(client.frame().text()).isEqualTo("after");
        }
    }

    @Test
    void keepsTheOrderOfManyBuffersForAClientThatReadsLate() throws Exception {
        try (RawClient client = connect(4096)) {
            MessageConnection connection = accepted();
            moved(connection);
            int messages = 400;
            onLoop(connection.loop(), () -> {
                for (int i = 0; i < messages; i++) {
                    byte[] message = new byte[i % 3 == 0 ? 100 : 20_000];
                    java.util.Arrays.fill(message, (byte) i);
                    connection.send(true, MessageConnection.NO_PREFIX, message, false);
                }
            });
            Awaitility.await().until(() -> pending(connection) > 1_000_000);
            for (int i = 0; i < messages; i++) {
                byte[] message = client.frame().payload();
                assertThat(message).hasSize(i % 3 == 0 ? 100 : 20_000);
                assertThat(message[0]).isEqualTo((byte) i);
                assertThat(message[message.length - 1]).isEqualTo((byte) i);
            }
            Awaitility.await().until(() -> pending(connection) == 0);
        }
    }

    @Test
    void writesMoreBuffersThanOneTurnAllows() throws Exception {
        try (RawClient client = connect(0)) {
            MessageConnection connection = accepted();
            moved(connection);
            int messages = 250; // of 9 KB: the system accepts all of them at once
            onLoop(connection.loop(), () -> {
                for (int i = 0; i < messages; i++) {
                    byte[] message = new byte[9_000];
                    message[0] = (byte) i;
                    connection.send(true, MessageConnection.NO_PREFIX, message, false);
                }
            });
            for (int i = 0; i < messages; i++) {
                assertThat(client.frame().payload()[0]).isEqualTo((byte) i);
            }
        }
    }

    private static long pending(MessageConnection connection) throws Exception {
        AtomicLong bytes = new AtomicLong();
        onLoop(connection.loop(), () -> bytes.set(connection.pendingBytes()));
        return bytes.get();
    }

    @Test
    void doesNotReadWhilePausedAndThenReadsAllUpToTheEnd() throws Exception {
        AtomicInteger messages = new AtomicInteger();
        engine.onUpgrade = upgrade -> upgrade.accept(List.of(), 1_000_000, null, new MessageListener() {
            private @Nullable MessageConnection connection;

            @Override
            public void onOpen(MessageConnection opened) {
                connection = opened;
                engine.sockets.add(opened);
            }

            @Override
            public void onText(byte[] utf8) {
                messages.incrementAndGet();
                connection.autoRead(false); // each read of the socket ends with this
            }

            @Override
            public void onBinary(byte[] data) {}

            @Override
            public void onDrained() {}

            @Override
            public void onClose(int code, @Nullable Throwable error) {
                engine.events.add("close " + code);
            }
        });
        try (RawClient client = connect(0)) {
            MessageConnection connection = accepted();
            moved(connection);
            String text = "x".repeat(40_000);
            for (int i = 0; i < 20; i++) {
                client.text(text);
            }
            client.socket.shutdownOutput();
            int seen = 0;
            while (engine.events.isEmpty()) {
                int before = seen;
                Awaitility.await().until(() -> messages.get() > before || !engine.events.isEmpty());
                // nothing more arrives while it is paused
                onLoop(connection.loop(), () -> {});
                seen = messages.get();
                onLoop(connection.loop(), () -> {});
                assertThat(messages).hasValue(seen);
                onLoop(connection.loop(), () -> connection.autoRead(true));
                if (seen == 20) {
                    assertThat(event()).isEqualTo("close 1006");
                    return;
                }
            }
            assertThat(messages).as("closed before all was read").hasValue(20);
        }
    }

    @Test
    void noticesTheEndThatCameWhilePaused() throws Exception {
        try (RawClient client = connect(0)) {
            MessageConnection connection = accepted();
            moved(connection);
            onLoop(connection.loop(), () -> connection.autoRead(false));
            client.text("late");
            client.socket.shutdownOutput();
            assertThat(engine.events.poll(100, TimeUnit.MILLISECONDS)).isNull();
            onLoop(connection.loop(), () -> connection.autoRead(true));
            assertThat(event()).isEqualTo("close 1006");
        }
    }

    @Test
    void noticesAResetWhilePaused() throws Exception {
        RawClient client = connect(0);
        MessageConnection connection = accepted();
        moved(connection);
        onLoop(connection.loop(), () -> connection.autoRead(false));
        client.socket.setSoLinger(true, 0);
        client.close();
        assertThat(event()).isEqualTo("close 1006");
    }

    @Test
    void closesWhenTheHostIsClosed() throws Exception {
        try (RawClient client = connect(0)) {
            moved(accepted());
            host.close();
            assertThat(event()).isEqualTo("close 1006");
            assertThat(client.ended()).isTrue();
        }
    }

    /** The first client sends without end, and there is always something to read from it. */
    @Test
    void aClientThatSendsWithoutEndDoesNotDelayTheOthersOfItsLoop() throws Exception {
        Flood flood = new Flood();
        engine.onUpgrade = upgrade -> upgrade.accept(List.of(), 1_000_000, null, flood);
        try (RawClient flooding = connect(0)) {
            moved(accepted());
            engine.onUpgrade = upgrade -> upgrade.accept(List.of(), 1_000_000, null, flood.new Other());
            try (RawClient other = connect(0)) {
                moved(accepted());
                flood.other = other;
                Thread sender = new Thread(() -> flood.send(flooding), "flood");
                sender.start();
                try {
                    List<Long> between = flood.between.get(60, TimeUnit.SECONDS);
                    // the rest of the turn in which the message arrived, and at most three whole turns
                    assertThat(between)
                            .as("bytes read from the first client until the message of the other one")
                            .allMatch(bytes -> bytes <= 4 * 8 * 64 * 1024);
                } finally {
                    flood.over = true;
                    flooding.close();
                    sender.join(10_000);
                }
            }
        }
    }

    /** Reads what the first client sends, and now and then lets the other one send a message. */
    private final class Flood implements MessageListener {
        private static final int FRAME = 8_000;
        private static final int EVERY = 2_000_000;
        private static final int TIMES = 2;
        private static final int MUCH = 500_000;

        private final CompletableFuture<List<Long>> between = new CompletableFuture<>();
        private final List<Long> found = new ArrayList<>();
        private final AtomicLong sent = new AtomicLong();
        private volatile RawClient other;
        private volatile boolean over;
        private long read;
        private long next = EVERY;
        private long asked = -1;

        void send(RawClient client) {
            byte[] frame = client.masked(0x82, new byte[FRAME]);
            byte[] frames = new byte[8 * frame.length];
            for (int i = 0; i < 8; i++) {
                System.arraycopy(frame, 0, frames, i * frame.length, frame.length);
            }
            try {
                while (!over) {
                    client.send(frames);
                    sent.addAndGet(8 * FRAME);
                }
            } catch (java.io.IOException e) {
                between.completeExceptionally(e); // unless it is complete
            }
        }

        @Override
        public void onOpen(MessageConnection opened) {
            engine.sockets.add(opened);
        }

        @Override
        public void onBinary(byte[] data) {
            read += data.length;
            while (!over && sent.get() - read < MUCH) {
                Thread.onSpinWait();
            }
            if (read >= next && asked < 0) {
                asked = read;
                try {
                    other.text("x");
                } catch (java.io.IOException e) {
                    between.completeExceptionally(e);
                }
            }
        }

        @Override
        public void onText(byte[] utf8) {}

        @Override
        public void onDrained() {}

        @Override
        public void onClose(int code, @Nullable Throwable error) {}

        /** The other client, on the same loop. */
        private final class Other implements MessageListener {
            @Override
            public void onOpen(MessageConnection opened) {
                engine.sockets.add(opened);
            }

            @Override
            public void onText(byte[] utf8) {
                found.add(read - asked);
                asked = -1;
                next = read + EVERY;
                if (found.size() == TIMES) {
                    between.complete(List.copyOf(found));
                }
            }

            @Override
            public void onBinary(byte[] data) {}

            @Override
            public void onDrained() {}

            @Override
            public void onClose(int code, @Nullable Throwable error) {}
        }
    }

    @Test
    void leavesNoDescriptorWhateverHappensDuringTheReplacement() throws Exception {
        ConcurrentHashMap<MessageConnection, AtomicInteger> ends = new ConcurrentHashMap<>();
        Random choice = new Random(11);
        engine.onUpgrade = upgrade -> {
            int kind = choice.nextInt(5);
            Runnable accept = () -> upgrade.accept(List.of(), 1_000_000, null, new MessageListener() {
                private @Nullable MessageConnection connection;

                @Override
                public void onOpen(MessageConnection opened) {
                    connection = opened;
                    ends.put(opened, new AtomicInteger());
                    switch (kind) {
                        case 0 -> opened.abort();
                        case 1 -> opened.close(1000, "");
                        case 2 -> opened.loop().execute(opened::abort);
                        case 3 -> opened.loop().execute(() -> opened.loop().execute(opened::abort));
                        default -> opened.send(true, MessageConnection.NO_PREFIX, new byte[50_000], false);
                    }
                }

                @Override
                public void onText(byte[] utf8) {}

                @Override
                public void onBinary(byte[] data) {}

                @Override
                public void onDrained() {}

                @Override
                public void onClose(int code, @Nullable Throwable error) {
                    ends.get(connection).incrementAndGet();
                }
            });
            if (choice.nextBoolean()) {
                accept.run();
            } else {
                upgrade.loop().execute(accept);
            }
        };
        Random random = new Random(12);
        int rounds = 300;
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            RawClient client = new RawClient(host);
            client.send(RawClient.upgradeRequest("/engine.io/"));
            if (random.nextBoolean()) {
                client.text("x");
            }
            switch (random.nextInt(3)) {
                case 0 -> {
                    client.socket.setSoLinger(true, 0);
                    client.close();
                }
                case 1 -> client.socket.shutdownOutput();
                default -> clients.add(client);
            }
        }
        for (RawClient client : clients) {
            client.close();
        }
        Awaitility.await().until(() -> ends.values().stream().allMatch(ended -> ended.get() == 1));
        for (MessageConnection connection : ends.keySet()) {
            if (((NettyWebSocket) connection).wire() instanceof SocketWire wire) {
                Awaitility.await().until(() -> !wire.fd().isOpen());
            }
        }
        assertThat(ends).isNotEmpty();
        // the loop still works
        engine.onUpgrade = engine::accept;
        try (RawClient client = connect(0)) {
            client.text("x");
            assertThat(client.frame().text()).isEqualTo("x");
        }
    }
}
