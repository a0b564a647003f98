package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.PerMessageDeflate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
        value = NettyIo.class,
        names = {"AUTO", "NIO", "IO_URING"})
class NettyHostWebSocketTest {

    @Parameter
    private NettyIo io;

    private final EchoEngine engine = new EchoEngine();
    private NettyHost host;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder()
                        .io(OnEachIo.Required.available(io))
                        .loops(1)
                        .closeTimeout(Duration.ofMillis(300))
                        .build());
        client = new RawClient(host);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        host.close();
    }

    private String event() throws InterruptedException {
        return engine.events.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void acceptsAnUpgradeWithTheAcceptKeyAndTheEngineHeaders() throws Exception {
        RawClient.Response response = client.upgrade("/engine.io/");
        assertThat(response.status()).isEqualTo(101);
        assertThat(response.headers())
                .containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                .containsEntry("x-hello", "world")
                .doesNotContainKey("sec-websocket-extensions");
    }

    @Test
    void choosesTheFirstSubprotocolThatIsOffered() throws Exception {
        RawClient.Response response = client.upgrade("/engine.io/", "Sec-WebSocket-Protocol: v2, v1");
        assertThat(response.status()).isEqualTo(101);
        assertThat(response.headers()).containsEntry("sec-websocket-protocol", "v2");
    }

    @Test
    void refusesAMalformedListOfSubprotocols() throws Exception {
        for (String lines : new String[] {"", "a b", "a,", "a, a", "a\r\nSec-WebSocket-Protocol: a"}) {
            try (RawClient one = new RawClient(host)) {
                RawClient.Response response = one.upgrade("/engine.io/", "Sec-WebSocket-Protocol: " + lines);
                assertThat(response.status()).as(lines).isEqualTo(400);
            }
        }
    }

    @Test
    void echoesTextAndBinaryOfAllLengths() throws Exception {
        client.upgrade("/engine.io/");
        Random random = new Random(1);
        for (int length : new int[] {0, 1, 7, 8, 9, 125, 126, 127, 1023, 1024, 1025, 65535, 65536, 300_000}) {
            byte[] data = new byte[length];
            random.nextBytes(data);
            client.frame(0x82, data);
            RawClient.Frame frame = client.frame();
            assertThat(frame.first()).isEqualTo(0x82);
            assertThat(frame.payload()).isEqualTo(data);
            String text = "ü€😀x".repeat(length / 10);
            client.text(text);
            frame = client.frame();
            assertThat(frame.first()).isEqualTo(0x81);
            assertThat(frame.text()).isEqualTo(text);
        }
    }

    @Test
    void deliversFramesSentTogetherWithTheRequest() throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(RawClient.upgradeRequest("/engine.io/").getBytes(StandardCharsets.ISO_8859_1));
        all.write(client.masked(0x81, "early".getBytes(StandardCharsets.UTF_8)));
        client.send(all.toByteArray());
        assertThat(client.response(false).status()).isEqualTo(101);
        assertThat(client.frame().text()).isEqualTo("early");
    }

    @Test
    void deliversFramesReceivedBeforeADelayedAccept() throws Exception {
        engine.onUpgrade = upgrade -> upgrade.loop().schedule(() -> engine.accept(upgrade), Duration.ofMillis(50));
        client.send(RawClient.upgradeRequest("/engine.io/"));
        client.text("early");
        assertThat(client.response(false).status()).isEqualTo(101);
        assertThat(client.frame().text()).isEqualTo("early");
    }

    @Test
    void answersPingsBetweenFragments() throws Exception {
        client.upgrade("/engine.io/");
        client.frame(0x01, "a".getBytes(StandardCharsets.UTF_8));
        client.frame(0x89, "ping".getBytes(StandardCharsets.UTF_8));
        client.frame(0x80, "b".getBytes(StandardCharsets.UTF_8));
        RawClient.Frame pong = client.frame();
        assertThat(pong.first()).isEqualTo(0x8a);
        assertThat(pong.text()).isEqualTo("ping");
        assertThat(client.frame().text()).isEqualTo("ab");
    }

    @Test
    void closesWithoutACode() throws Exception {
        client.upgrade("/engine.io/");
        MessageConnection socket = engine.sockets.take();
        socket.loop().execute(() -> socket.close(MessageConnection.NO_STATUS, ""));
        assertThat(client.frame().payload()).isEmpty();
        client.frame(0x88, new byte[0]);
        assertThat(client.ended()).isTrue();
        assertThat(event()).isEqualTo("close 1005");
    }

    @Test
    void echoesTheCloseCodeAndReasonAndEndsTheConnection() throws Exception {
        client.upgrade("/engine.io/");
        client.frame(0x88, new byte[] {0x03, (byte) 0xe8, 'x'});
        RawClient.Frame close = client.frame();
        assertThat(close.first()).isEqualTo(0x88);
        assertThat(close.payload()).containsExactly(0x03, 0xe8, 'x');
        assertThat(client.ended()).isTrue();
        assertThat(event()).isEqualTo("close 1000");
    }

    @Test
    void reportsALostConnectionAs1006() throws Exception {
        client.upgrade("/engine.io/");
        client.close();
        assertThat(event()).startsWith("close 1006");
    }

    @Test
    void closesWithCodeAndReasonAndWaitsForTheCloseFrameOfThePeer() throws Exception {
        client.upgrade("/engine.io/");
        MessageConnection socket = engine.sockets.take();
        socket.loop().execute(() -> socket.close(1001, "bye"));
        RawClient.Frame close = client.frame();
        assertThat(close.closeCode()).isEqualTo(1001);
        assertThat(new String(close.payload(), 2, 3, StandardCharsets.UTF_8)).isEqualTo("bye");
        client.frame(0x88, new byte[] {0x03, (byte) 0xe9});
        assertThat(client.ended()).isTrue();
        assertThat(event()).isEqualTo("close 1001");
    }

    @Test
    void disconnectsAPeerThatDoesNotAnswerTheCloseFrame() throws Exception {
        client.upgrade("/engine.io/");
        MessageConnection socket = engine.sockets.take();
        socket.loop().execute(() -> socket.close(1000, ""));
        assertThat(client.frame().closeCode()).isEqualTo(1000);
        assertThat(client.ended()).isTrue();
        assertThat(event()).isEqualTo("close 1000");
    }

    @Test
    void refusesTooLargeMessagesWith1009AndAnEmptyReasonBeforeReadingThem() throws Exception {
        engine.maxMessageSize = 100;
        client.upgrade("/engine.io/");
        client.send(new byte[] {(byte) 0x82, (byte) 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 1, 2, 3, 4});
        RawClient.Frame close = client.frame();
        assertThat(close.closeCode()).isEqualTo(1009);
        assertThat(close.payload()).hasSize(2);
        assertThat(event()).isEqualTo("close 1009 Max payload size exceeded");
    }

    @Test
    void theCloseFrameReachesAClientThatKeepsSending() throws Exception {
        engine.maxMessageSize = 100;
        client.upgrade("/engine.io/");
        try {
            client.frame(0x82, new byte[1_000_000]);
        } catch (IOException e) {
            throw new AssertionError("the server must go on reading", e);
        }
        assertThat(client.frame().closeCode()).isEqualTo(1009);
    }

    @Test
    void disconnectsAPeerThatStaysConnectedAfterAProtocolViolation() throws Exception {
        client.upgrade("/engine.io/");
        client.send(new byte[] {(byte) 0x81, 1, 'x'});
        assertThat(client.frame().closeCode()).isEqualTo(1002);
        assertThat(client.ended()).isTrue();
        assertThat(event()).isEqualTo("close 1002 MASK must be set");
    }

    @Test
    void malformedUpgradesGet400() throws Exception {
        client.send(RawClient.upgradeRequest("/engine.io/").replace("dGhlIHNhbXBsZSBub25jZQ==", "short"));
        assertThat(client.response().status()).isEqualTo(400);
        try (RawClient other = new RawClient(host)) {
            other.send(RawClient.upgradeRequest("/engine.io/").replace("Version: 13", "Version: 7"));
            RawClient.Response response = other.response();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.headers()).containsEntry("sec-websocket-version", "13, 8");
            assertThat(other.ended()).isTrue();
        }
    }

    @Test
    void refusesARepeatedKey() throws Exception {
        String key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
        client.send(RawClient.upgradeRequest("/engine.io/", key));
        assertThat(client.response().status()).isEqualTo(400);
    }

    @Test
    void acceptsVersion8() throws Exception {
        client.send(RawClient.upgradeRequest("/engine.io/").replace("Version: 13", "Version: 8"));
        assertThat(client.response(false).status()).isEqualTo(101);
    }

    @Test
    void aRefusedUpgradeIsAnsweredAndTheConnectionClosed() throws Exception {
        engine.onUpgrade = upgrade -> upgrade.reject(EchoEngine.text(403, "no"));
        client.send(RawClient.upgradeRequest("/engine.io/"));
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(403);
        assertThat(response.body()).isEqualTo("no");
        assertThat(response.headers()).containsEntry("connection", "close");
        assertThat(client.ended()).isTrue();
    }

    @Test
    void reportsAConnectionLostBeforeItsUpgradeIsAnswered() throws Exception {
        engine.onUpgrade = upgrade -> engine.events.add("upgrade");
        client.send(RawClient.upgradeRequest("/engine.io/"));
        assertThat(event()).isEqualTo("upgrade");
        client.close();
        assertThat(event()).isEqualTo("upgrade lost");
    }

    @Test
    void pendingBytesAreExactAndOnDrainedIsCalledWhenAllIsWritten() throws Exception {
        CompletableFuture<Long> drained = new CompletableFuture<>();
        engine.onUpgrade = upgrade -> upgrade.accept(List.of(), 1000, null, engine.new Echo() {
            @Override
            public void onDrained() {
                drained.complete(engine.sockets.peek().pendingBytes());
            }
        });
        client.upgrade("/engine.io/");
        MessageConnection socket = engine.sockets.poll(10, TimeUnit.SECONDS);
        engine.sockets.add(socket);
        CompletableFuture<Long> pending = new CompletableFuture<>();
        byte[] large = new byte[32 * 1024 * 1024];
        socket.loop().execute(() -> {
            socket.send(true, 4, large, false);
            pending.complete(socket.pendingBytes());
        });
        assertThat(pending.get(10, TimeUnit.SECONDS)).isEqualTo(large.length + 1 + 10);
        assertThat(drained).isNotDone();
        assertThat(client.frame().payload()).hasSize(large.length + 1);
        assertThat(drained.get(10, TimeUnit.SECONDS)).isZero();
    }

    /** The system accepts writes completely, in part, or not at all. */
    @Test
    void intermittentReadersReceiveEveryFrameIntactAndInOrder() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        List<MessageConnection> sockets = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RawClient reader = new RawClient(host);
            clients.add(reader);
            reader.upgrade("/engine.io/");
            sockets.add(engine.sockets.poll(10, TimeUnit.SECONDS));
        }
        Random random = new Random(3);
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            byte[] message = new byte[i % 20 == 0 ? 200_000 : random.nextInt(i % 3 == 0 ? 20_000 : 200)];
            random.nextBytes(message);
            messages.add(message);
        }
        for (int turn = 0; turn < 100; turn++) {
            List<byte[]> some = messages.subList(turn * 6, turn * 6 + 6);
            boolean alone = turn % 2 == 0; // each message in a separate turn: frames are shared and nothing is combined
            for (int i = 0; i < (alone ? some.size() : 1); i++) {
                List<byte[]> now = alone ? some.subList(i, i + 1) : some;
                CompletableFuture<Void> sent = new CompletableFuture<>();
                sockets.get(0).loop().execute(() -> {
                    for (byte[] message : now) {
                        sockets.forEach(socket -> socket.send(true, MessageConnection.NO_PREFIX, message, false));
                    }
                    sent.complete(null);
                });
                sent.get(10, TimeUnit.SECONDS);
            }
            if (turn == 60) { // some is read while more is being sent
                for (byte[] message : messages.subList(0, 200)) {
                    assertThat(clients.get(1).frame().payload()).isEqualTo(message);
                }
            }
        }
        for (RawClient reader : clients) {
            for (byte[] message : reader == clients.get(1) ? messages.subList(200, 600) : messages) {
                assertThat(reader.frame().payload()).isEqualTo(message);
            }
        }
        CompletableFuture<Long> pending = new CompletableFuture<>();
        sockets.get(0)
                .loop()
                .execute(() -> pending.complete(sockets.stream()
                        .mapToLong(MessageConnection::pendingBytes)
                        .sum()));
        assertThat(pending.get(10, TimeUnit.SECONDS)).isZero();
        for (RawClient reader : clients) {
            reader.close();
        }
    }

    @Test
    void disablingAutoReadPausesReading() throws Exception {
        client.upgrade("/engine.io/");
        MessageConnection socket = engine.sockets.take();
        CompletableFuture<Void> off = new CompletableFuture<>();
        socket.loop().execute(() -> {
            socket.autoRead(false);
            off.complete(null);
        });
        off.get(10, TimeUnit.SECONDS);
        client.text("later");
        client.socket.setSoTimeout(200);
        assertThat(client.ended()).isFalse();
        client.socket.setSoTimeout(10_000);
        socket.loop().execute(() -> socket.autoRead(true));
        assertThat(client.frame().text()).isEqualTo("later");
    }

    @Test
    void compressesMessagesWhenNegotiated() throws Exception {
        engine.compression = PerMessageDeflate.builder().threshold(10).build();
        RawClient.Response response =
                client.upgrade("/engine.io/", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
        assertThat(response.headers()).containsEntry("sec-websocket-extensions", "permessage-deflate");
        java.util.zip.Deflater deflater = new java.util.zip.Deflater(6, true);
        java.util.zip.Inflater inflater = new java.util.zip.Inflater(true);
        for (int i = 0; i < 50; i++) {
            byte[] data = ("hello " + i + " ").repeat(1 + 100 * i).getBytes(StandardCharsets.UTF_8);
            byte[] packed = new byte[data.length + 100];
            deflater.setInput(data);
            int length = deflater.deflate(packed, 0, packed.length, java.util.zip.Deflater.SYNC_FLUSH) - 4;
            client.frame(0xc1, java.util.Arrays.copyOf(packed, length));
            RawClient.Frame frame = client.frame();
            if (i == 0) {
                assertThat(frame.first()).isEqualTo(0x81);
                assertThat(frame.payload()).isEqualTo(data);
                continue;
            }
            assertThat(frame.first()).isEqualTo(0xc1);
            byte[] unpacked = new byte[data.length + 1];
            byte[] in = java.util.Arrays.copyOf(frame.payload(), frame.payload().length + 4);
            in[in.length - 1] = (byte) 0xff;
            in[in.length - 2] = (byte) 0xff;
            inflater.setInput(in);
            int n = inflater.inflate(unpacked);
            assertThat(java.util.Arrays.copyOf(unpacked, n)).isEqualTo(data);
        }
        deflater.end();
        inflater.end();
    }

    @Test
    void aDecompressionBombIsRefusedWith1009() throws Exception {
        engine.compression = PerMessageDeflate.defaults();
        engine.maxMessageSize = 10_000;
        client.upgrade("/engine.io/", "Sec-WebSocket-Extensions: permessage-deflate");
        byte[] packed = new byte[9_000];
        java.util.zip.Deflater deflater = new java.util.zip.Deflater(9, true);
        deflater.setInput(new byte[5_000_000]);
        int length = deflater.deflate(packed, 0, packed.length, java.util.zip.Deflater.SYNC_FLUSH) - 4;
        deflater.end();
        client.frame(0xc2, java.util.Arrays.copyOf(packed, length));
        assertThat(client.frame().closeCode()).isEqualTo(1009);
    }

    @Test
    void anOfferOfCompressionMayBeInAnyOfSeveralLines() throws Exception {
        engine.compression = PerMessageDeflate.defaults();
        RawClient.Response response = client.upgrade(
                "/engine.io/", "Sec-WebSocket-Extensions: x-other", "Sec-WebSocket-Extensions: permessage-deflate");
        assertThat(response.headers()).containsEntry("sec-websocket-extensions", "permessage-deflate");
    }

    @Test
    void emptyMessagesAreSentWithTheThreshold0() throws Exception {
        engine.compression = PerMessageDeflate.builder().threshold(0).build();
        assertThat(client.upgrade("/engine.io/", "Sec-WebSocket-Extensions: permessage-deflate")
                        .headers())
                .containsKey("sec-websocket-extensions");
        for (int i = 0; i < 3; i++) {
            client.text("text");
            assertThat(client.frame().first()).isEqualTo(0xc1);
            client.frame(0x82, new byte[0]);
            assertThat(client.frame().payload()).isEmpty();
        }
    }
}
