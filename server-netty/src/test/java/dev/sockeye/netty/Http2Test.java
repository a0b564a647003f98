package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** HTTP/2 over TLS: polling, the fallback, WebSocket (RFC 8441) and hostile clients. */
@Timeout(60)
@OnEachIo
class Http2Test {

    @Parameter
    private NettyIo io;

    @TempDir
    private static Path folder;

    private static KeyStore keys;
    private static HttpClient client;

    private final EchoEngine echo = new EchoEngine();
    private @Nullable NettyHost host;

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = TestKeys.make(folder, "server");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        client = HttpClient.newBuilder()
                .version(Version.HTTP_2)
                .sslContext(context)
                .build();
    }

    @AfterEach
    void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    private void listen(HostedEngine engine, UnaryOperator<NettyHostOptions.Builder> more) throws IOException {
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                more.apply(NettyHostOptions.builder()
                                .io(OnEachIo.Required.available(io))
                                .tls(keys, TestKeys.PASSWORD))
                        .build());
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(
                URI.create("https://localhost:" + host.address().getPort() + path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(to(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, BodyPublisher body) throws Exception {
        return client.send(to(path).POST(body).build(), BodyHandlers.ofString());
    }

    private Http2Client open() throws Exception {
        return new Http2Client(host.address(), (X509Certificate) keys.getCertificate("server"));
    }

    private static void echoTexts(EngineSocket session) {
        session.listen(new EngineSocketListener() {
            @Override
            public void onText(byte[] buffer, int offset, int length) {
                session.send(
                        List.of(Message.text(new String(buffer, offset, length, StandardCharsets.UTF_8))), true, null);
            }

            @Override
            public void onBinary(byte[] data) {}

            @Override
            public void onClose(CloseReason reason, @Nullable Object description) {}
        });
    }

    @Test
    void openStreamsDoNotDelayTheEndOfTheHost() throws Exception {
        listen(new EchoEngine(), options -> options.closeTimeout(Duration.ofSeconds(50)));
        try (Http2Client http2 = open()) {
            Http2Client.Stream stream = http2.open();
            connectWebSocket(stream, "13");
            assertThat(stream.next()).isEqualTo("200");
            assertThat(host.closeAsync()).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    void aSessionPollsOverHttp2() throws Exception {
        EngineServer engine = new EngineServer(EngineOptions.defaults());
        var unused = engine.onSession(Http2Test::echoTexts);
        listen(engine, options -> options);
        HttpResponse<String> open = get("/engine.io/?EIO=4&transport=polling");
        assertThat(open.version()).isEqualTo(Version.HTTP_2);
        assertThat(open.statusCode()).isEqualTo(200);
        assertThat(open.body()).startsWith("0{\"sid\":");
        String sid = open.body().substring(9, open.body().indexOf('"', 9));
        String session = "/engine.io/?EIO=4&transport=polling&sid=" + sid;
        CompletableFuture<HttpResponse<String>> poll =
                client.sendAsync(to(session).build(), BodyHandlers.ofString());
        assertThat(post(session, BodyPublishers.ofString("4hello")).body()).isEqualTo("ok");
        assertThat(poll.get(10, TimeUnit.SECONDS).body()).isEqualTo("4hello");
        assertThat(get("/other").statusCode()).isEqualTo(404);
    }

    @Test
    void withoutHttp2TheClientFallsBackToHttp11() throws Exception {
        listen(echo, options -> options.http2(false));
        HttpResponse<String> response = get("/engine.io/");
        assertThat(response.version()).isEqualTo(Version.HTTP_1_1);
        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void theRequestHasAHostARemoteAddressAndOneCookieHeader() throws Exception {
        listen(echo, options -> options);
        try (Http2Client http2 = open()) {
            Http2Client.Stream stream = http2.open();
            stream.send(
                    true,
                    ":method",
                    "GET",
                    ":scheme",
                    "https",
                    ":authority",
                    "chat.example",
                    ":path",
                    "/engine.io/?a=b",
                    "cookie",
                    "one=1",
                    "cookie",
                    "two=2");
            assertThat(stream.next()).isEqualTo("200");
            var request = echo.exchanges.take().request();
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.uri()).isEqualTo("/engine.io/?a=b");
            assertThat(request.header("host")).isEqualTo("chat.example");
            assertThat(request.header("cookie")).isEqualTo("one=1; two=2");
            assertThat(request.remoteAddress()).isEqualTo("127.0.0.1");
            assertThat(request.secure()).isTrue();
            assertThat(request.headers().keySet()).noneMatch(name -> name.startsWith(":"));
        }
    }

    @Test
    void manyRequestsShareOneConnection() throws Exception {
        listen(echo, options -> options);
        get("/engine.io/"); // the connection
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(client.sendAsync(
                    to("/engine.io/").POST(BodyPublishers.ofString("body " + i)).build(), BodyHandlers.ofString()));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(answers.get(i).get(10, TimeUnit.SECONDS).body()).isEqualTo("body " + i);
        }
    }

    @Test
    void aBodyAboveTheLimitIsRefusedAndItsBytesAreReleased() throws Exception {
        echo.limit = 100_000;
        listen(echo, options -> options);
        assertThat(post("/engine.io/", BodyPublishers.ofByteArray(new byte[100_000]))
                        .statusCode())
                .isEqualTo(200);
        assertThat(post("/engine.io/", BodyPublishers.ofByteArray(new byte[100_001]))
                        .statusCode())
                .isEqualTo(413);
        try (Http2Client http2 = open()) { // its length not announced
            Http2Client.Stream stream = http2.open();
            stream.send(
                    false, ":method", "POST", ":scheme", "https", ":authority", "localhost", ":path", "/engine.io/");
            for (int i = 0; i < 11; i++) {
                stream.send(new byte[10_000], false);
            }
            assertThat(stream.next()).isEqualTo("413");
            assertThat(stream.next()).isEqualTo("end");
            assertThat(stream.next()).isEqualTo("reset " + Http2Error.NO_ERROR.code());
        }
        assertThat(echo.receiving).hasValue(0);
    }

    @Test
    void anUnreadStreamDoesNotBlockAnother() throws Exception {
        echo.onRequest = exchange -> {
            if (exchange.request().uri().endsWith("read")) {
                echo.echo(exchange);
            }
        };
        echo.limit = 200_000;
        listen(echo, options -> options);
        try (Http2Client http2 = open()) {
            for (int i = 0; i < 5; i++) {
                Http2Client.Stream unread = http2.open();
                unread.send(
                        false,
                        ":method",
                        "POST",
                        ":scheme",
                        "https",
                        ":authority",
                        "localhost",
                        ":path",
                        "/engine.io/");
                unread.send(new byte[100_000], false);
            }
            Http2Client.Stream read = http2.open();
            read.send(
                    false,
                    ":method",
                    "POST",
                    ":scheme",
                    "https",
                    ":authority",
                    "localhost",
                    ":path",
                    "/engine.io/read");
            read.send(new byte[200_000], true);
            assertThat(read.next()).isEqualTo("200");
            assertThat(read.take(200_000)).hasSize(200_000);
        }
    }

    @Test
    void aStalledBodyAbortsTheRequest() throws Exception {
        listen(echo, options -> options.requestTimeout(Duration.ofMillis(300)));
        try (Http2Client http2 = open()) {
            Http2Client.Stream stream = http2.open();
            stream.send(
                    false, ":method", "POST", ":scheme", "https", ":authority", "localhost", ":path", "/engine.io/");
            stream.send(new byte[10], false);
            assertThat(stream.next()).isEqualTo("reset " + Http2Error.CANCEL.code());
            assertThat(echo.events.poll(10, TimeUnit.SECONDS)).isEqualTo("aborted");
        }
    }

    @Test
    void resettingARequestEndsTheExchange() throws Exception {
        echo.onRequest = exchange -> {};
        listen(echo, options -> options);
        try (Http2Client http2 = open()) {
            Http2Client.Stream stream = http2.open();
            stream.send(true, ":method", "GET", ":scheme", "https", ":authority", "localhost", ":path", "/engine.io/");
            var unused = echo.exchanges.take();
            stream.reset();
            assertThat(echo.events.poll(10, TimeUnit.SECONDS)).isEqualTo("lost");
        }
    }

    private Http2Client.Stream unread(Http2Client http2) throws Exception {
        Http2Client.Stream stream = http2.open();
        stream.send(false, ":method", "POST", ":scheme", "https", ":authority", "localhost", ":path", "/engine.io/");
        for (int i = 0; i < 20; i++) {
            stream.send(new byte[1_000], false);
        }
        var unused = echo.exchanges.take();
        return stream;
    }

    @Test
    void aClientDisconnectIsDetectedWhileItsBodyIsUnread() throws Exception {
        echo.onRequest = exchange -> {};
        listen(echo, options -> options);
        try (Http2Client http2 = open()) {
            unread(http2).reset();
            assertThat(echo.events.poll(10, TimeUnit.SECONDS)).isEqualTo("lost");
            var unused = unread(http2);
        }
        assertThat(echo.events.poll(10, TimeUnit.SECONDS)).isEqualTo("lost");
    }

    @Test
    void aWebSocketDisconnectIsDetectedWhileReadingIsPaused() throws Exception {
        listen(echo, options -> options);
        for (boolean reset : new boolean[] {true, false}) {
            try (Http2Client http2 = open()) {
                Http2Client.Stream stream = http2.open();
                connectWebSocket(stream, "13");
                MessageConnection socket = echo.sockets.take();
                CompletableFuture<Void> paused = new CompletableFuture<>();
                socket.loop().execute(() -> {
                    socket.autoRead(false);
                    paused.complete(null);
                });
                paused.get(10, TimeUnit.SECONDS);
                for (int i = 0; i < 20; i++) {
                    stream.send(text("x".repeat(1_000)), false);
                }
                if (reset) {
                    stream.reset();
                    assertThat(echo.events.poll(10, TimeUnit.SECONDS)).contains("1006");
                }
            }
            if (!reset) {
                assertThat(echo.events.poll(10, TimeUnit.SECONDS)).contains("1006");
            }
        }
    }

    static void connectWebSocket(Http2Client.Stream stream, String version, String... more) {
        List<String> headers = new ArrayList<>(List.of(
                ":method",
                "CONNECT",
                ":protocol",
                "websocket",
                ":scheme",
                "https",
                ":authority",
                "localhost",
                ":path",
                "/engine.io/?EIO=4&transport=websocket",
                "sec-websocket-version",
                version));
        headers.addAll(List.of(more));
        stream.send(false, headers.toArray(String[]::new));
    }

    static byte[] text(String message) {
        return Frames.masked(0x81, message.getBytes(StandardCharsets.UTF_8), 0x12345678);
    }

    static String frame(Http2Client.Stream stream) throws InterruptedException {
        byte[] head = stream.take(2);
        int length = head[1];
        if (length == 126) {
            byte[] more = stream.take(2);
            length = (more[0] & 0xff) << 8 | (more[1] & 0xff);
        }
        return Integer.toHexString(head[0] & 0xff) + " " + new String(stream.take(length), StandardCharsets.UTF_8);
    }

    @Test
    void aWebSocketOpensOnAStream() throws Exception {
        EngineServer engine = new EngineServer(EngineOptions.defaults());
        var unused = engine.onSession(Http2Test::echoTexts);
        listen(engine, options -> options);
        try (Http2Client http2 = open()) {
            assertThat(http2.settings.get().connectProtocolEnabled()).isTrue();
            Http2Client.Stream stream = http2.open();
            connectWebSocket(stream, "13");
            assertThat(stream.next()).isEqualTo("200");
            assertThat(frame(stream)).startsWith("81 0{\"sid\":");
            for (int i = 0; i < 100; i++) {
                stream.send(text("4message " + i), false);
                assertThat(frame(stream)).isEqualTo("81 4message " + i);
            }
            String large = "4" + "x".repeat(50_000);
            for (int i = 0; i < 4; i++) { // more than the windows
                stream.send(text(large), false);
                assertThat(frame(stream)).isEqualTo("81 " + large);
            }
            stream.send(Frames.masked(0x88, new byte[] {3, (byte) 0xe8}, 1), false);
            assertThat(stream.take(4)).containsExactly(0x88, 2, 3, 0xe8);
            assertThat(stream.next()).isEqualTo("end");
            stream.send(new byte[0], true);
            assertThat(stream.next()).isEqualTo("closed");
        }
    }

    @Test
    void theFirstSubprotocolIsChosen() throws Exception {
        listen(echo, options -> options);
        try (Http2Client http2 = open()) {
            Http2Client.Stream stream = http2.open();
            connectWebSocket(stream, "13", "sec-websocket-protocol", "v2, v1");
            assertThat(stream.next()).isEqualTo("200");
            assertThat(stream.answer.get().get("sec-websocket-protocol")).hasToString("v2");
            Http2Client.Stream malformed = http2.open();
            connectWebSocket(malformed, "13", "sec-websocket-protocol", "v2 v1");
            assertThat(malformed.next()).isEqualTo("400");
        }
    }

    @Test
    void aWebSocketClosesWhenItsStreamEndsOrIsReset() throws Exception {
        listen(echo, options -> options);
        try (Http2Client http2 = open()) {
            Http2Client.Stream ended = http2.open();
            connectWebSocket(ended, "13");
            ended.send(text("early"), false);
            assertThat(frame(ended)).isEqualTo("81 early");
            ended.send(new byte[0], true);
            assertThat(ended.next()).isEqualTo("200");
            assertThat(ended.next()).isEqualTo("end");
            assertThat(echo.events.poll(10, TimeUnit.SECONDS)).contains("1006");
            Http2Client.Stream reset = http2.open();
            connectWebSocket(reset, "13");
            assertThat(reset.next()).isEqualTo("200");
            reset.reset();
            assertThat(echo.events.poll(10, TimeUnit.SECONDS)).contains("1006");
        }
    }

    @Test
    void anUnsupportedWebSocketVersionAndAPlainConnectAreRefused() throws Exception {
        listen(echo, options -> options);
        try (Http2Client http2 = open()) {
            Http2Client.Stream version = http2.open();
            connectWebSocket(version, "12");
            assertThat(version.next()).isEqualTo("400");
            assertThat(version.answer.get().get("sec-websocket-version").toString())
                    .isEqualTo("13");
            Http2Client.Stream tunnel = http2.open();
            tunnel.send(false, ":method", "CONNECT", ":authority", "localhost:1");
            assertThat(tunnel.next()).isEqualTo("400");
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        listen(
                echo,
                options -> options.keepAliveTimeout(Duration.ofMillis(200)).requestTimeout(Duration.ofSeconds(20)));
        try (Http2Client http2 = open()) {
            Http2Client.Stream stream = http2.open();
            stream.send(true, ":method", "GET", ":scheme", "https", ":authority", "localhost", ":path", "/engine.io/");
            assertThat(stream.next()).isEqualTo("200");
            assertThat(http2.closedWithin(10)).isTrue();
        }
    }

    @Test
    void repeatedRequestResetsCloseTheConnection() throws Exception {
        listen(echo, options -> options);
        try (Http2Client http2 = open()) {
            for (int i = 0; i < 1000 && !http2.goAway.isDone(); i++) {
                Http2Client.Stream stream;
                try {
                    stream = http2.open();
                } catch (Exception e) {
                    break; // refused: the server has sent GOAWAY
                }
                stream.send(
                        true, ":method", "GET", ":scheme", "https", ":authority", "localhost", ":path", "/engine.io/");
                stream.reset();
            }
            assertThat(http2.closedWithin(20)).isTrue();
            // GOAWAY is lost when the system resets a connection on which more is still coming
            assertThat(http2.goAway.getNow(Http2Error.ENHANCE_YOUR_CALM.code()))
                    .isEqualTo(Http2Error.ENHANCE_YOUR_CALM.code());
        }
    }
}
