package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.WebSocketConnection;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What the engine may expect of a host, in each container. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(20)
abstract class ServletHostContract {

    private final Container.Kind kind;
    private final FakeEngine engine = new FakeEngine();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final SockeyeServlet servlet = new SockeyeServlet(
            engine,
            JakartaOptions.builder()
                    .closeTimeout(Duration.ofSeconds(1))
                    .maxReadPause(Duration.ofSeconds(5))
                    .build());
    private Container container;

    ServletHostContract(Container.Kind kind) {
        this.kind = kind;
    }

    @BeforeAll
    void start() throws Exception {
        Filter filter = (request, response, chain) -> {
            request.setAttribute("tenant", "blue");
            if (request instanceof HttpServletRequest http && "1".equals(http.getHeader("x-session"))) {
                http.getSession(true).setAttribute("cart", "full");
            }
            chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request) {
                        @Override
                        public Principal getUserPrincipal() {
                            return () -> "ada";
                        }
                    },
                    response);
        };
        container = kind.start(servlet, filter);
    }

    @AfterAll
    void stop() throws Exception {
        container.close();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(sockeyeThreads()).isZero());
    }

    private static long sockeyeThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sockeye-"))
                .count();
    }

    @AfterEach
    void nothingHappenedOffTheLoop() {
        assertThat(engine.offences).isEmpty();
        engine.requests.clear();
        engine.peers.clear();
        engine.parked.clear();
    }

    private String uri(String scheme, String query) {
        return scheme + "://localhost:" + container.port() + "/app/socket.io/" + query;
    }

    private HttpRequest.Builder request(String query) {
        return HttpRequest.newBuilder(URI.create(uri("http", query))).timeout(Duration.ofSeconds(10));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private RecordingClient webSocket(String query) {
        return new RecordingClient(client, uri("ws", query));
    }

    // ---- requests

    @Test
    void aRequestIsSeenWithoutTheContextPathAndAnsweredWithItsHeaders() throws Exception {
        HttpResponse<String> answer =
                send(request("a%20b/?x=%C3%A9&y").header("X-Two", "1").header("X-Two", "2"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("/socket.io/a%20b/?x=%C3%A9&y");
        assertThat(answer.headers().firstValue("content-type").orElseThrow().replace(" ", ""))
                .isEqualToIgnoringCase("text/plain;charset=UTF-8");
        assertThat(answer.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
        assertThat(answer.headers().firstValue("content-length")).contains("28");
        HostRequest seen = engine.requests.remove();
        assertThat(seen.method()).isEqualTo("GET");
        assertThat(seen.headers().get("x-two")).containsExactly("1", "2");
        assertThat(seen.header("X-TWO")).isEqualTo("1");
        assertThat(InetAddress.getByName(seen.remoteAddress()).isLoopbackAddress())
                .isTrue();
        assertThat(seen.secure()).isFalse();
    }

    @Test
    void principalSessionAndRequestAttributesOfTheHandshakeAreReachable() throws Exception {
        send(request("").header("X-Session", "1"));
        HostRequest seen = engine.requests.remove();

        assertThat(seen.attribute("tenant")).isEqualTo("blue");
        assertThat(seen.attribute("principal"))
                .isInstanceOfSatisfying(
                        Principal.class, who -> assertThat(who.getName()).isEqualTo("ada"));
        assertThat(seen.attribute("session"))
                .isInstanceOfSatisfying(
                        HttpSession.class,
                        session -> assertThat(session.getAttribute("cart")).isEqualTo("full"));
        assertThat(seen.attribute("nothing")).isNull();
    }

    @Test
    void principalAndAttributesAreReachableFromAWebSocketToo() throws Exception {
        webSocket("");
        engine.peer();
        HostRequest seen = engine.requests.remove();

        assertThat(seen.attribute("tenant")).isEqualTo("blue");
        assertThat(((Principal) seen.attribute("principal")).getName()).isEqualTo("ada");
    }

    @Test
    void aBodyIsReadUpToTheLimit() throws Exception {
        String largest = "é".repeat(FakeEngine.LIMIT / 2);
        assertThat(send(request("").POST(BodyPublishers.ofString(largest))).body())
                .isEqualTo(largest);
        assertThat(send(request("").POST(BodyPublishers.ofString("abc"))).body())
                .isEqualTo("abc");
        assertThat(send(request("").POST(BodyPublishers.noBody())).body()).isEmpty();
        assertThat(send(request("").POST(BodyPublishers.ofString(largest + "a")))
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void aChunkedBodyIsReadUpToTheLimit() throws Exception {
        byte[] largest = new byte[FakeEngine.LIMIT];
        Arrays.fill(largest, (byte) 'x');
        assertThat(send(request("").POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(largest))))
                        .body())
                .hasSize(FakeEngine.LIMIT);
        byte[] tooLarge = Arrays.copyOf(largest, FakeEngine.LIMIT + 1);
        assertThat(send(request("").POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(tooLarge))))
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void aBodyThatNeverEndsIsAborted() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            raw.getOutputStream()
                    .write(ascii("POST /app/socket.io/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"));
            raw.getOutputStream().flush();
            assertThat(engine.requests.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
        assertThat(send(request("?still-alive")).statusCode()).isEqualTo(200);
    }

    @Test
    void anAnswerMayComeLaterFromAnyThread() throws Exception {
        CompletableFuture<HttpResponse<String>> waiting =
                client.sendAsync(request("?park").build(), BodyHandlers.ofString());
        HttpExchange exchange = engine.parked.poll(10, TimeUnit.SECONDS);
        assertThat(exchange).isNotNull();
        // longer than the connector's idle timeout
        await().pollDelay(Duration.ofMillis(700)).until(() -> !waiting.isDone());

        byte[] large = new byte[3_000_000];
        Arrays.fill(large, (byte) 'y');
        exchange.respond(FakeEngine.text(200, large));
        exchange.respond(FakeEngine.text(500, new byte[0]));

        assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(waiting.join().body()).hasSize(3_000_000);
    }

    @Test
    void theAnswerToHeadHasNoBody() throws Exception {
        HttpResponse<String> answer = send(request("?head").method("HEAD", BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void aReaderThatStallsDoesNotHoldTheLoop() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            raw.setReceiveBufferSize(4096);
            raw.getOutputStream().write(ascii("GET /app/socket.io/?park HTTP/1.1\r\nHost: a\r\n\r\n"));
            HttpExchange exchange = engine.parked.poll(10, TimeUnit.SECONDS);
            assertThat(exchange).isNotNull();
            exchange.loop().execute(() -> exchange.respond(FakeEngine.text(200, new byte[20_000_000])));
            CompletableFuture<Boolean> turn = new CompletableFuture<>();
            exchange.loop().execute(() -> turn.complete(true));
            assertThat(turn.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anotherPathIsNotFound() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + container.port() + "/app/socket.io"))
                .build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    }

    // ---- WebSocket

    @Test
    void messagesOfBothKindsAreEchoedInOrder() throws Exception {
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
    void largeMessagesAndFragmentsAreJoined() throws Exception {
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
    void aPrefixComesBeforeThePayload() throws Exception {
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
    void aTextOverTheLimitClosesWith1009() throws Exception {
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
    void aBinaryOverTheLimitClosesWith1009() throws Exception {
        RecordingClient socket = webSocket("");
        FakeEngine.Peer peer = engine.peer();
        var unused = socket.sendLater(new byte[FakeEngine.LIMIT + 1]);
        assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
        assertThat(socket.closed.get(10, TimeUnit.SECONDS)).isEqualTo("1009:");
    }

    @Test
    void theEngineClosesAfterWhatWasQueued() throws Exception {
        RecordingClient socket = webSocket("");
        FakeEngine.Peer peer = engine.peer();
        byte[] payload = new byte[100_000];
        peer.run(connection -> {
            for (int i = 0; i < 20; i++) {
                connection.send(true, WebSocketConnection.NO_PREFIX, payload, true);
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
    void theClientClosesWithItsCode() throws Exception {
        RecordingClient socket = webSocket("");
        FakeEngine.Peer peer = engine.peer();
        socket.close(4001, "enough");
        assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(4001);
        assertThat(peer.error).isNull();
    }

    @Test
    void aBurstIsDrainedAndCountedToTheByte() throws Exception {
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
    void readingStopsWhenTheEngineWantsAndGoesOnWithoutLoss() throws Exception {
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
    void aQuietConnectionOutlivesTheContainersIdleTimeout() throws Exception {
        RecordingClient socket = webSocket("");
        await().during(Duration.ofMillis(1200)).atMost(Duration.ofSeconds(3)).until(() -> !socket.closed.isDone());
        socket.send("still here");
        assertThat(socket.next()).isEqualTo("still here");
    }

    @Test
    void aStalledReaderIsAbortedAndNothingIsLeft() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            handshake(raw, "");
            FakeEngine.Peer peer = engine.peer();
            byte[] payload = new byte[1_000_000];
            peer.run(connection -> {
                for (int i = 0; i < 30; i++) {
                    connection.send(true, WebSocketConnection.NO_PREFIX, payload, true);
                }
            });
            AtomicLong pending = new AtomicLong();
            await().atMost(Duration.ofSeconds(5)).until(() -> {
                peer.run(connection -> pending.set(connection.pendingBytes()));
                return pending.get() > 0;
            });
            assertThat(peer.drained.get()).isZero();
            peer.run(WebSocketConnection::abort);
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
    void aLostConnectionIsNoticed() throws Exception {
        FakeEngine.Peer peer;
        try (Socket raw = new Socket("localhost", container.port())) {
            handshake(raw, "");
            peer = engine.peer();
        }
        assertThat(peer.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1006);
    }

    @Test
    void theAnswerToAnUpgradeCarriesTheEnginesHeaders() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            String answer = handshake(raw, "");
            assertThat(answer).startsWith("HTTP/1.1 101").contains("X-Extra: one", "X-Extra: two");
            assertThat(answer).doesNotContainIgnoringCase("Sec-WebSocket-Extensions");
        }
    }

    @Test
    void anUpgradeMayBeDecidedLater() throws Exception {
        RecordingClient socket = webSocket("?late");
        socket.send("hello");
        assertThat(socket.next()).isEqualTo("hello");
    }

    @Test
    void anUpgradeIsRefusedWithAnHttpAnswer() throws Exception {
        for (String query : new String[] {"?refuse", "?late-refuse"}) {
            try (Socket raw = new Socket("localhost", container.port())) {
                raw.setSoTimeout(10_000);
                raw.getOutputStream().write(ascii(upgrade(query, "dGhlIHNhbXBsZSBub25jZQ==")));
                String answer = new String(raw.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(answer).startsWith("HTTP/1.1 403").endsWith("no entry");
            }
        }
    }

    @Test
    void aMalformedUpgradeIsRefused() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            raw.setSoTimeout(10_000);
            assertThat(handshake(raw, "", "short")).startsWith("HTTP/1.1 400");
        }
        assertThat(engine.requests).isEmpty();
    }

    // ---- a client without a library

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String upgrade(String query, String key) {
        return "GET /app/socket.io/" + query + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key
                + "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    }

    private static String handshake(Socket raw, String query) throws Exception {
        return handshake(raw, query, "dGhlIHNhbXBsZSBub25jZQ==");
    }

    private static String handshake(Socket raw, String query, String key) throws Exception {
        OutputStream out = raw.getOutputStream();
        out.write(ascii(upgrade(query, key)));
        out.flush();
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\n")) {
            int c = raw.getInputStream().read();
            if (c < 0) {
                break;
            }
            answer.append((char) c);
        }
        return answer.toString();
    }
}
