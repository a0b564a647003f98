package dev.sockeye.netty;

import static dev.sockeye.netty.RawClient.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.ForwardingCounts;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A server between a client and the server of its session, which is played by this test. */
@DisplayName("A forwarded request")
@ParameterizedClass
@EnumSource(ForwardingTest.Carrier.class)
@Timeout(60)
class ForwardingTest {
    private static final String GONE = "{\"code\":1,\"message\":\"Session ID unknown\"}";
    private static final String SECRET = "the secret of this test";

    /** Who carries requests to other servers: the host, or the engine with the JDK's client, as in a servlet container. */
    enum Carrier {
        NETTY,
        NETTY_ON_IO_URING,
        JDK;

        NettyHostOptions.Builder options() {
            NettyIo io = this == NETTY_ON_IO_URING ? NettyIo.IO_URING : NettyIo.AUTO;
            return NettyHostOptions.builder().io(OnEachIo.Required.available(io));
        }
    }

    @Parameter
    Carrier carrier;

    private ServerSocket node;
    private EngineServer engine;
    private NettyHost host;
    private RawClient client;
    private String sid;
    private String scheme = "http://127.0.0.1:";
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        node = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        node.setSoTimeout(10_000);
        start(options -> {});
    }

    private void start(Consumer<EngineOptions.Builder> change) throws Exception {
        sid = sessionOf(scheme + node.getLocalPort());
        EngineOptions.Builder options = EngineOptions.builder()
                .pingInterval(Duration.ofSeconds(20))
                .sessionForwarding(forwarding -> forwarding.secret(SECRET).address("http://127.0.0.1:1"));
        change.accept(options);
        engine = new EngineServer(options.build());
        host = keep(listen(carrier == Carrier.JDK ? new PlainHost(engine) : engine));
        client = keep(new RawClient(host));
    }

    /** The id of a session of a server at this address. */
    private String sessionOf(String address) throws Exception {
        EngineServer there = new EngineServer(EngineOptions.builder()
                .sessionForwarding(forwarding -> forwarding.secret(SECRET).address(address))
                .build());
        NettyHost made = listen(there);
        try (RawClient asking = new RawClient(made)) {
            asking.send(head("GET /engine.io/?EIO=4&transport=polling HTTP/1.1", "Host: x"));
            String body = asking.response().body();
            int from = body.indexOf("\"sid\":\"") + 7;
            return body.substring(from, body.indexOf('"', from));
        } finally {
            made.closeAsync().get(10, TimeUnit.SECONDS);
        }
    }

    private NettyHost listen(HostedEngine engine) throws IOException {
        return NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                carrier.options().loops(1).build());
    }

    private <T extends AutoCloseable> T keep(T opened) {
        open.add(opened);
        return opened;
    }

    private NettyHost keep(NettyHost listening) {
        open.add(() -> listening.closeAsync().get(10, TimeUnit.SECONDS));
        return listening;
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private String path(String transport) {
        return "/engine.io/?EIO=4&transport=" + transport + "&sid=" + sid;
    }

    private void poll(RawClient by) throws IOException {
        by.send(head("GET " + path("polling") + " HTTP/1.1", "Host: example.org", "Cookie: a=b"));
    }

    private RawClient accept() throws IOException {
        return keep(new RawClient(node.accept()));
    }

    /** Reads a request's head at the server of the session. */
    private static String request(RawClient at) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.indexOf("\r\n\r\n") < 0) {
            all.append((char) at.in.readUnsignedByte());
        }
        return all.toString();
    }

    private static void answer(RawClient at, String body) throws IOException {
        at.send(head(
                        "HTTP/1.1 200 OK",
                        "Content-Type: text/plain",
                        "X-Hook: 1",
                        "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length)
                + body);
    }

    private ForwardingCounts counts() {
        return engine.forwardingCounts();
    }

    @Test
    void isAnsweredByTheOtherServer() throws Exception {
        poll(client);
        RawClient at = accept();
        assertThat(request(at))
                .startsWith("GET " + path("polling") + " HTTP/1.1\r\n")
                .containsIgnoringCase("cookie: a=b\r\n")
                .containsIgnoringCase("sockeye-forwarded: ");
        answer(at, "4hello");
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("4hello");
        assertThat(response.headers()).containsEntry("x-hook", "1").containsEntry("content-type", "text/plain");
        assertThat(counts()).isEqualTo(new ForwardingCounts(0, 1, 0, 0, 0, 0));
    }

    @Test
    void reusesAnExistingConnection() throws Exception {
        poll(client);
        RawClient at = accept();
        for (int i = 0; i < 20; i++) {
            request(at);
            answer(at, "4" + i);
            assertThat(client.response().body()).isEqualTo("4" + i);
            poll(client);
        }
        request(at);
        answer(at, "4end");
        assertThat(client.response().body()).isEqualTo("4end");
    }

    @Test
    void includesItsBody() throws Exception {
        String body = "4" + "x".repeat(100_000);
        client.send(
                head("POST " + path("polling") + " HTTP/1.1", "Host: x", "Content-Length: " + body.length()) + body);
        RawClient at = accept();
        assertThat(request(at)).startsWith("POST ").containsIgnoringCase("content-length: " + body.length());
        assertThat(new String(at.in.readNBytes(body.length()), StandardCharsets.ISO_8859_1))
                .isEqualTo(body);
        answer(at, "ok");
        assertThat(client.response().body()).isEqualTo("ok");
    }

    @Test
    void getsTheUnknownSessionErrorWhenTheOtherServerIsUnreachable() throws Exception {
        node.close();
        poll(client);
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).isEqualTo(GONE);
        assertThat(client.upgrade(path("websocket")).status()).isEqualTo(400);
        assertThat(counts()).isEqualTo(new ForwardingCounts(0, 2, 2, 0, 0, 0));
    }

    @Test
    void getsTheUnknownSessionErrorWhenTheOtherServerClosesTheConnection() throws Exception {
        client.send(head("POST " + path("polling") + " HTTP/1.1", "Host: x", "Content-Length: 2") + "4a");
        RawClient at = accept();
        request(at);
        at.close();
        assertThat(client.response().body()).isEqualTo(GONE);
        assertThat(counts().failed()).isEqualTo(1);
    }

    @Test
    void getsTheUnknownSessionErrorWhenTheResponseHasAnInvalidChunk() throws Exception {
        poll(client);
        RawClient at = accept();
        request(at);
        at.send(head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + "3\r\n4ab\r\nnot a size\r\n");
        assertThat(client.response().body()).isEqualTo(GONE);
        assertThat(at.ended()).isTrue();
        assertThat(counts().failed()).isEqualTo(1);
    }

    @Test
    void getsA504WhenTheOtherServerIsTooSlow() throws Exception {
        start(options -> options.pingInterval(Duration.ofMillis(200)).pingTimeout(Duration.ofMillis(200)));
        poll(client);
        RawClient at = accept();
        request(at);
        assertThat(client.response().status()).isEqualTo(504);
        assertThat(at.ended())
                .as("the connection to the other server is closed")
                .isTrue();
        assertThat(counts()).isEqualTo(new ForwardingCounts(0, 1, 1, 0, 0, 0));
    }

    /** A proxy would repeat a poll whose connection is closed, and the client would not notice that packets are lost. */
    @Test
    void getsAnErrorWhenItsServerIsClosed() throws Exception {
        if (carrier == Carrier.JDK) {
            return; // a servlet container closes its own connections
        }
        for (int i = 0; i < 5; i++) {
            start(options -> {});
            poll(client);
            RawClient at = accept();
            request(at);
            host.close();
            assertThat(client.response().body()).isEqualTo(GONE);
            assertThat(at.ended()).isTrue();
            assertThat(counts().active()).isZero();
        }
    }

    @Test
    void isCancelledAtTheOtherServerWhenTheClientDisconnects() throws Exception {
        poll(client);
        RawClient at = accept();
        request(at);
        client.close();
        assertThat(at.ended()).isTrue();
        await().untilAsserted(() -> assertThat(counts()).isEqualTo(new ForwardingCounts(0, 1, 0, 0, 0, 0)));
    }

    @Test
    void isRefusedWhenItsResponseExceedsTheReceiveLimit() throws Exception {
        start(options -> options.maxTotalReceivingBytes(50_000));
        poll(client);
        RawClient at = accept();
        request(at);
        answer(at, "4" + "x".repeat(60_000));
        assertThat(client.response().status()).isEqualTo(503);
        poll(client);
        RawClient again = accept();
        request(again);
        answer(again, "4" + "x".repeat(30_000));
        assertThat(client.response().body())
                .as("nothing of the first response is left")
                .hasSize(30_001);
        assertThat(counts()).isEqualTo(new ForwardingCounts(0, 2, 0, 1, 0, 0));
    }

    /** The other server asks for this one's certificate. */
    @Test
    void canUseMutualTls(@TempDir Path folder) throws Exception {
        KeyStore keys = TestKeys.make(folder, "server");
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, TestKeys.PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        SSLServerSocket tls = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        tls.setNeedClientAuth(true);
        tls.setSoTimeout(10_000);
        node = keep(tls);
        scheme = "https://localhost:";
        start(options -> options.sessionForwarding(forwarding -> forwarding.sslContext(context)));
        poll(client);
        RawClient at = accept();
        assertThat(request(at)).startsWith("GET " + path("polling") + " HTTP/1.1\r\n");
        answer(at, "4hello");
        assertThat(client.response().body()).isEqualTo("4hello");
    }

    @Test
    void canBeAWebSocketUpgrade() throws Exception {
        RawClient at = webSocket();
        client.text("2probe");
        assertThat(Frames.unmasked(at.in)).isEqualTo("2probe");
        at.send(new byte[] {(byte) 0x81, 6, '3', 'p', 'r', 'o', 'b', 'e'});
        assertThat(client.frame().text()).isEqualTo("3probe");
        assertThat(counts().active()).isEqualTo(1);
        client.close();
        await().until(at::ended);
        await().untilAsserted(() -> assertThat(counts().active()).isZero());
    }

    /** Opens a forwarded WebSocket; returns the connection to the server of the session. */
    private RawClient webSocket() throws Exception {
        client.send(RawClient.upgradeRequest(path("websocket"), "Cookie: a=b"));
        RawClient at = accept();
        String request = request(at);
        assertThat(request)
                .startsWith("GET " + path("websocket") + " HTTP/1.1\r\n")
                .containsIgnoringCase("cookie: a=b\r\n")
                .containsIgnoringCase("sockeye-forwarded: ");
        int key = request.toLowerCase(Locale.ROOT).indexOf("sec-websocket-key: ") + 19;
        at.send(head(
                "HTTP/1.1 101 Switching Protocols",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Accept: " + Frames.accept(request.substring(key, request.indexOf('\r', key)))));
        assertThat(client.response(false).status()).isEqualTo(101);
        return at;
    }

    @Test
    void closesAWebSocketWhenTheOtherServerStopsSendingHeartbeats() throws Exception {
        start(options -> options.pingInterval(Duration.ofMillis(200)).pingTimeout(Duration.ofMillis(200)));
        RawClient at = webSocket();
        assertThat(at.ended()).isTrue();
        assertThat(client.ended()).isTrue();
        await().untilAsserted(() -> assertThat(counts().active()).isZero());
    }

    /** The server of the session cannot end it: its close frame is not read either. */
    @Test
    void closesAWebSocketWhoseClientDoesNotRead() throws Exception {
        start(options -> options.pingInterval(Duration.ofMillis(200)).pingTimeout(Duration.ofMillis(200)));
        RawClient at = webSocket();
        byte[] message = new byte[4 + 60_000];
        message[0] = (byte) 0x82;
        message[1] = 126;
        message[2] = (byte) (60_000 >> 8);
        message[3] = (byte) 60_000;
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            try {
                while (true) {
                    at.send(message);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(sending).failsWithin(Duration.ofSeconds(30));
        await().untilAsserted(() -> assertThat(counts().active()).isZero());
    }

    @Test
    void relaysARefusedWebSocketUpgrade() throws Exception {
        client.send(RawClient.upgradeRequest(path("websocket")));
        RawClient at = accept();
        request(at);
        at.send(head("HTTP/1.1 403 Forbidden", "Content-Length: 0", "Connection: close"));
        at.close();
        assertThat(client.response().status()).isEqualTo(403);
        assertThat(client.ended()).isTrue();
        await().untilAsserted(() -> assertThat(counts().active()).isZero());
    }

    /** A host that leaves it to the engine to carry requests to other servers. */
    private record PlainHost(EngineServer engine) implements HostedEngine {
        @Override
        public boolean matches(String uri) {
            return engine.matches(uri);
        }

        @Override
        public boolean receiving(long change) {
            return engine.receiving(change);
        }

        @Override
        public void handle(HttpExchange exchange) {
            engine.handle(new PlainExchange(exchange));
        }

        @Override
        public void handleUpgrade(WebSocketUpgrade upgrade) {
            engine.handleUpgrade(new PlainUpgrade(upgrade));
        }
    }

    private record PlainExchange(HttpExchange exchange) implements HttpExchange {
        @Override
        public HostRequest request() {
            return exchange.request();
        }

        @Override
        public EngineLoop loop() {
            return exchange.loop();
        }

        @Override
        public void readBody(int limit, BodyListener listener) {
            exchange.readBody(limit, listener);
        }

        @Override
        public void respond(HostResponse response) {
            exchange.respond(response);
        }

        @Override
        public void abort() {
            exchange.abort();
        }

        @Override
        public void onConnectionLost(Runnable action) {
            exchange.onConnectionLost(action);
        }
    }

    private record PlainUpgrade(WebSocketUpgrade upgrade) implements WebSocketUpgrade {
        @Override
        public HostRequest request() {
            return upgrade.request();
        }

        @Override
        public EngineLoop loop() {
            return upgrade.loop();
        }

        @Override
        public void accept(
                List<HostResponse.Header> headers,
                int maxMessageSize,
                @Nullable PerMessageDeflate compression,
                MessageListener listener) {
            upgrade.accept(headers, maxMessageSize, compression, listener);
        }

        @Override
        public void reject(HostResponse response) {
            upgrade.reject(response);
        }

        @Override
        public void abort() {
            upgrade.abort();
        }

        @Override
        public void onConnectionLost(Runnable action) {
            upgrade.onConnectionLost(action);
        }
    }
}
