package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.ForwardingCounts;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Two servers with TLS: a client uses HTTP/2 with the one that does not have its session. */
@Timeout(60)
@OnEachIo
class Http2ForwardingTest {

    @Parameter
    private NettyIo io;

    @TempDir
    private static Path folder;

    private static KeyStore keys;
    private static SSLContext trusting;
    private static HttpClient client;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final int[] ports = new int[2];
    private final EngineServer[] engines = new EngineServer[2];
    private final NettyHost[] hosts = new NettyHost[2];

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = TestKeys.make(folder, "server");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        client = HttpClient.newBuilder()
                .version(Version.HTTP_2)
                .sslContext(trusting)
                .build();
    }

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (ServerSocket free = new ServerSocket(0)) {
                ports[i] = free.getLocalPort();
            }
            String address = "https://localhost:" + ports[i];
            EngineServer engine = new EngineServer(EngineOptions.builder()
                    .sessionForwarding(forwarding -> forwarding
                            .secret("the secret of this test")
                            .address(address)
                            .connectTimeout(Duration.ofSeconds(20))
                            .sslContext(trusting))
                    .build());
            var unused = engine.onSession(this::echo);
            engines[i] = engine;
            hosts[i] = NettyHost.listen(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), ports[i]),
                    engine,
                    NettyHostOptions.builder()
                            .io(OnEachIo.Required.available(io))
                            .tls(keys, TestKeys.PASSWORD)
                            .loops(1)
                            .build());
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (NettyHost host : hosts) {
            host.close();
        }
    }

    private void echo(EngineSocket session) {
        session.listen(new EngineSocketListener() {
            @Override
            public void onText(byte[] buffer, int offset, int length) {
                session.send(
                        List.of(Message.text(new String(buffer, offset, length, StandardCharsets.UTF_8))), true, null);
            }

            @Override
            public void onBinary(byte[] data) {
                session.send(List.of(Message.binary(data)), true, null);
            }

            @Override
            public void onClose(CloseReason reason, @Nullable Object description) {
                events.add(reason.text());
            }
        });
    }

    private HttpRequest.Builder to(int node, String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + ports[node] + path));
    }

    private HttpResponse<String> get(int node, String path) throws Exception {
        return client.send(to(node, path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(int node, String path, String body) throws Exception {
        return client.send(to(node, path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    /** Opens a session at the first server; the path of its polls. */
    private String open() throws Exception {
        String body = get(0, "/engine.io/?EIO=4&transport=polling").body();
        return "/engine.io/?EIO=4&transport=polling&sid=" + body.substring(9, body.indexOf('"', 9));
    }

    private void assertCounts(int received, int active) {
        await().untilAsserted(() -> {
            assertThat(engines[1].forwardingCounts()).isEqualTo(new ForwardingCounts(0, received, 0, 0, 0, active));
            assertThat(engines[0].forwardingCounts().received()).isEqualTo(received);
        });
    }

    @Test
    void pollsOverHttp2AreForwarded() throws Exception {
        String session = open();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<HttpResponse<String>> poll =
                    client.sendAsync(to(1, session).build(), BodyHandlers.ofString());
            HttpResponse<String> posted = post(1, session, "4hello " + i);
            assertThat(posted.version()).isEqualTo(Version.HTTP_2);
            assertThat(posted.body()).isEqualTo("ok");
            assertThat(poll.get(10, TimeUnit.SECONDS).body()).isEqualTo("4hello " + i);
        }
        String large = "4" + "ä".repeat(200_000);
        assertThat(post(1, session, large).body()).isEqualTo("ok");
        assertThat(get(1, session).body()).isEqualTo(large);
        assertCounts(8, 0);
    }

    @Test
    void aPollResetByTheClientIsCancelledAtTheServerOfTheSession() throws Exception {
        String session = open();
        try (Http2Client http2 = connect()) {
            Http2Client.Stream poll = http2.open();
            poll.send(true, ":method", "GET", ":scheme", "https", ":authority", "localhost", ":path", session);
            await().until(() -> engines[0].forwardingCounts().received() == 1);
            poll.reset();
            await().until(() -> engines[1].forwardingCounts().active() == 0);
        }
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("transport error");
    }

    private Http2Client connect() throws Exception {
        return new Http2Client(hosts[1].address(), (X509Certificate) keys.getCertificate("server"));
    }

    private static void upgrade(Http2Client.Stream stream, String session) {
        stream.send(
                false,
                ":method",
                "CONNECT",
                ":protocol",
                "websocket",
                ":scheme",
                "https",
                ":authority",
                "localhost",
                ":path",
                session.replace("polling", "websocket"),
                "sec-websocket-version",
                "13",
                "sec-websocket-extensions",
                "permessage-deflate; client_max_window_bits");
    }

    private static void text(Http2Client.Stream stream, String message) {
        stream.send(Frames.masked(0x81, message.getBytes(StandardCharsets.UTF_8), 0x12345678), false);
    }

    private static byte[] frame(Http2Client.Stream stream) throws InterruptedException {
        byte[] head = stream.take(2);
        int length = head[1];
        if (length >= 126) {
            length = 0;
            for (byte each : stream.take(head[1] == 126 ? 2 : 8)) {
                length = length << 8 | (each & 0xff);
            }
        }
        return stream.take(length);
    }

    private static String textOf(Http2Client.Stream stream) throws InterruptedException {
        return new String(frame(stream), StandardCharsets.UTF_8);
    }

    @Test
    void anUpgradeToWebSocketOverHttp2IsForwarded() throws Exception {
        String session = open();
        try (Http2Client http2 = connect()) {
            Http2Client.Stream stream = http2.open();
            upgrade(stream, session);
            assertThat(stream.next()).isEqualTo("200");
            text(stream, "2probe");
            assertThat(textOf(stream)).isEqualTo("3probe");
            CompletableFuture<HttpResponse<String>> poll =
                    client.sendAsync(to(1, session).build(), BodyHandlers.ofString());
            assertThat(poll.get(10, TimeUnit.SECONDS).body()).isEqualTo("6");
            text(stream, "5");
            for (int i = 0; i < 50; i++) {
                text(stream, "4message " + i);
                assertThat(textOf(stream)).isEqualTo("4message " + i);
            }
            String large = "4" + "ä".repeat(150_000);
            text(stream, large);
            assertThat(textOf(stream)).isEqualTo(large);
            byte[] bytes = new byte[300_000];
            Arrays.fill(bytes, (byte) 7);
            stream.send(Frames.masked(0x82, bytes, 5), false);
            assertThat(frame(stream)).isEqualTo(bytes);
            assertCounts(2, 1);
            stream.send(Frames.masked(0x88, new byte[] {3, (byte) 0xe8}, 1), false);
            assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("transport close");
        }
        assertCounts(2, 0);
    }

    @Test
    void aForwardedWebSocketOverHttp2ClosesWithItsStreamOrItsServer() throws Exception {
        for (boolean byClient : new boolean[] {true, false}) {
            String session = open();
            try (Http2Client http2 = connect()) {
                Http2Client.Stream stream = http2.open();
                upgrade(stream, session);
                assertThat(stream.next()).isEqualTo("200");
                text(stream, "2probe");
                assertThat(textOf(stream)).isEqualTo("3probe");
                text(stream, "5");
                text(stream, "4on");
                assertThat(textOf(stream)).isEqualTo("4on");
                if (byClient) {
                    stream.reset();
                    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("transport close");
                } else {
                    CompletableFuture<Void> closing = hosts[0].closeAsync();
                    assertThat(stream.take(1)).containsExactly(0x88);
                    stream.send(Frames.masked(0x88, new byte[] {3, (byte) 0xe9}, 1), false);
                    closing.get(20, TimeUnit.SECONDS);
                    assertThat(stream.next()).isEqualTo("end");
                }
            }
            await().until(() -> engines[1].forwardingCounts().active() == 0);
        }
    }

    @Test
    void forwardingToAStoppedServerReportsAnUnknownSessionOverHttp2() throws Exception {
        String session = open();
        hosts[0].closeAsync().get(20, TimeUnit.SECONDS);
        HttpResponse<String> poll = get(1, session);
        assertThat(poll.statusCode()).isEqualTo(400);
        assertThat(poll.body()).isEqualTo("{\"code\":1,\"message\":\"Session ID unknown\"}");
        try (Http2Client http2 = connect()) {
            Http2Client.Stream stream = http2.open();
            upgrade(stream, session);
            assertThat(stream.next()).isEqualTo("400");
            stream.send(new byte[0], true);
            assertThat(stream.next()).isEqualTo("end");
        }
        assertThat(engines[1].forwardingCounts()).isEqualTo(new ForwardingCounts(0, 2, 2, 0, 0, 0));
    }
}
