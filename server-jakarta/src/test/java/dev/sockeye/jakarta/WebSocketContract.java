package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.host.MessageConnection;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The contract of a WebSocket, in each container. */
abstract class WebSocketContract extends InContainer {

    WebSocketContract(Container.Kind kind) {
        super(kind);
    }

    // ---- WebSocket

    @Test
    void textAndBinaryMessagesAreEchoedInOrder() throws Exception {
        RecordingClient socket = webSocket("");
        for (int i = 0; i < 500; i++) {
            socket.send("m" + i);
        }
        for (int i = 0; i < 500; i++) {
            assertThat(socket.next()).isEqualTo("m" + i);
        }
        socket.send(new byte[] {0, 1, 2, (byte) 255});
        assertThat(socket.next()).isEqualTo(new byte[] {0, 1, 2, (byte) 255});
        socket.send("");
        assertThat(socket.next()).isEqualTo("");
    }

    @Test
    void theFirstSubprotocolIsChosen() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            String request = upgrade("?EIO=4&transport=websocket", KEY);
            String answer = answer(raw, request.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: v2, v1\r\n\r\n"));
            assertThat(answer).startsWith("HTTP/1.1 101").containsIgnoringCase("Sec-WebSocket-Protocol: v2\r\n");
            assertThat(engine.peer().connection()).isNotNull(); // the next test must not get it
        }
    }

    @Test
    void largeAndFragmentedMessagesAreReassembled() throws Exception {
        RecordingClient socket = webSocket("");
        String text = "aé€😀".repeat(FakeEngine.LIMIT / 10);
        socket.send(text);
        assertThat(socket.next()).isEqualTo(text);
        byte[] binary = new byte[FakeEngine.LIMIT];
        Arrays.fill(binary, (byte) 7);
        socket.send(binary);
        assertThat(socket.next()).isEqualTo(binary);
        socket.send("one ", false);
        socket.send("two ", false);
        socket.send("😀", true);
        assertThat(socket.next()).isEqualTo("one two 😀");
    }

    @Test
    void aPrefixIsSentBeforeThePayload() throws Exception {
        RecordingClient socket = webSocket("");
        byte[] payload = "payload".getBytes(StandardCharsets.UTF_8);
        engine.peer().run(connection -> {
            connection.send(false, '4', payload, true);
            connection.send(false, '2', payload, true);
            connection.send(true, 4, payload, true);
        });
        assertThat(socket.next()).isEqualTo("4payload");
        assertThat(socket.next()).isEqualTo("2payload");
        assertThat(socket.next()).isEqualTo("\4payload".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aTextMessageOverTheLimitClosesWith1009() throws Exception {
        RecordingClient socket = webSocket("");
        FakeEngine.Peer peer = engine.peer();
        socket.sendLater(new byte[] {1}).join();
        socket.next();
        try {
            socket.send("x".repeat(FakeEngine.LIMIT + 1));
        } catch (java.util.concurrent.CompletionException e) {
            // the server may be faster
        }
        assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
        assertThat(peer.error).isNotNull();
        assertThat(socket.closed.get(10, TimeUnit.SECONDS)).isEqualTo("1009:");
    }

    @Test
    void aBinaryMessageOverTheLimitClosesWith1009() throws Exception {
        RecordingClient socket = webSocket("");
        FakeEngine.Peer peer = engine.peer();
        var unused = socket.sendLater(new byte[FakeEngine.LIMIT + 1]);
        assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
        assertThat(socket.closed.get(10, TimeUnit.SECONDS)).isEqualTo("1009:");
    }

    @Test
    void theCloseFrameForAnOversizedMessageFollowsPendingWrites() throws Exception {
        RecordingClient socket = new RecordingClient(client, uri("ws", ""), false);
        FakeEngine.Peer peer = engine.peer();
        byte[] large = new byte[12_000_000];
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        peer.run(connection -> {
            connection.send(true, MessageConnection.NO_PREFIX, large, false);
            connection.loop().execute(() -> sent.complete(connection.pendingBytes() > 0));
        });
        assertThat(sent.get(10, TimeUnit.SECONDS)).isTrue();
        socket.send(new byte[FakeEngine.LIMIT + 1]);
        assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
        socket.read();
        assertThat(socket.next()).isEqualTo(large);
        assertThat(socket.closed.get(10, TimeUnit.SECONDS)).isEqualTo("1009:");
    }

    @Test
    void theEngineClosesAfterQueuedMessagesAreSent() throws Exception {
        RecordingClient socket = webSocket("");
        FakeEngine.Peer peer = engine.peer();
        byte[] payload = new byte[100_000];
        peer.run(connection -> {
            for (int i = 0; i < 20; i++) {
                connection.send(true, MessageConnection.NO_PREFIX, payload, true);
            }
            connection.close(1000, "bye");
        });
        for (int i = 0; i < 20; i++) {
            assertThat(socket.next()).isEqualTo(payload);
        }
        assertThat(socket.closed.get(10, TimeUnit.SECONDS)).isEqualTo("1000:bye");
        assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1000);
        assertThat(peer.error).isNull();
    }

    @Test
    void theCloseCodeOfTheClientIsReported() throws Exception {
        RecordingClient socket = webSocket("");
        FakeEngine.Peer peer = engine.peer();
        socket.close(4001, "enough");
        assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(4001);
        assertThat(peer.error).isNull();
    }

    @Test
    void thePendingBytesOfABurstAreExactAndItIsDrainedOnce() throws Exception {
        RecordingClient socket = webSocket("");
        FakeEngine.Peer peer = engine.peer();
        AtomicLong counted = new AtomicLong();
        byte[] payload = new byte[1000];
        peer.run(connection -> {
            for (int i = 0; i < 100; i++) {
                connection.send(true, 4, payload, true);
            }
            counted.set(connection.pendingBytes());
        });
        for (int i = 0; i < 100; i++) {
            socket.next();
        }
        assertThat(counted.get()).isEqualTo(100 * 1001);
        await().untilAsserted(() -> assertThat(peer.drained.get()).isEqualTo(1));
    }

    @Test
    void readingPausesAndResumesWithoutLosingMessages() throws Exception {
        RecordingClient socket = webSocket("");
        FakeEngine.Peer peer = engine.peer();
        peer.echo = false;
        peer.run(connection -> connection.autoRead(false));
        CompletableFuture<Boolean> stopped = new CompletableFuture<>();
        peer.run(connection -> stopped.complete(true));
        stopped.join();
        int messages = 200;
        Thread sender = new Thread(() -> {
            for (int i = 0; i < messages; i++) {
                socket.send(new byte[200_000]);
            }
        });
        sender.setDaemon(true);
        sender.start();
        await().during(Duration.ofMillis(800)).atMost(Duration.ofSeconds(5)).until(() -> peer.received.get() < 20);
        peer.run(connection -> connection.autoRead(true));
        await().atMost(Duration.ofSeconds(20)).until(() -> peer.received.get() == messages);
        assertThat(peer.receivedBytes.get()).isEqualTo(200_000L * messages);
    }

    @Test
    void anIdleConnectionOutlivesTheContainerIdleTimeout() throws Exception {
        RecordingClient socket = webSocket("");
        await().during(Duration.ofMillis(1200)).atMost(Duration.ofSeconds(3)).until(() -> !socket.closed.isDone());
        socket.send("still here");
        assertThat(socket.next()).isEqualTo("still here");
    }

    @Test
    void abortingAStalledConnectionDiscardsPendingWrites() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            handshake(raw, "");
            FakeEngine.Peer peer = engine.peer();
            byte[] payload = new byte[1_000_000];
            peer.run(connection -> {
                for (int i = 0; i < 30; i++) {
                    connection.send(true, MessageConnection.NO_PREFIX, payload, true);
                }
            });
            AtomicLong pending = new AtomicLong();
            await().atMost(Duration.ofSeconds(5)).until(() -> {
                peer.run(connection -> pending.set(connection.pendingBytes()));
                return pending.get() > 0;
            });
            assertThat(peer.drained.get()).isZero();
            peer.run(MessageConnection::abort);
            assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1006);
            raw.setSoTimeout(10_000);
            InputStream in = raw.getInputStream();
            long read = 0;
            byte[] buffer = new byte[64 * 1024];
            try {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    read += n;
                }
            } catch (java.net.SocketException e) {
                // a reset is an end too
            }
            assertThat(read).isLessThan(30_000_000L);
        }
    }

    @Test
    void partialMessagesAreCountedAndRefusedAboveTheReceiveLimit() throws Exception {
        RecordingClient socket = webSocket("");
        FakeEngine.Peer peer = engine.peer();
        socket.send("x".repeat(50_000), false);
        await().until(() -> engine.receiving.get() >= 50_000);
        socket.send("y", true);
        socket.next();
        assertThat(engine.receiving).hasValue(0);
        engine.mayReceive = 20_000;
        try {
            socket.send("x".repeat(50_000), false);
            assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1013);
            await().until(() -> engine.receiving.get() == 0);
        } finally {
            engine.mayReceive = Long.MAX_VALUE;
        }
    }

    @Test
    void aLostConnectionIsReportedAs1006() throws Exception {
        FakeEngine.Peer peer;
        try (Socket raw = new Socket("localhost", container.port())) {
            handshake(raw, "");
            peer = engine.peer();
        }
        assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1006);
    }
}
