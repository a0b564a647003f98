package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** One container with the fake engine in it, and clients for it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
abstract class InContainer {

    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    final Container.Kind kind;
    final FakeEngine engine = new FakeEngine();
    final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    final SockeyeServlet servlet = new SockeyeServlet(
            engine,
            JakartaOptions.builder()
                    .closeTimeout(Duration.ofSeconds(5))
                    .maxReadPause(Duration.ofSeconds(5))
                    .build());
    Container container;

    InContainer(Container.Kind kind) {
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
        container = launch(filter);
    }

    Container launch(Filter filter) throws Exception {
        return kind.start(servlet, filter);
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

    String uri(String scheme, String query) {
        return scheme + "://localhost:" + container.port() + "/app/socket.io/" + query;
    }

    HttpRequest.Builder request(String query) {
        return HttpRequest.newBuilder(URI.create(uri("http", query))).timeout(Duration.ofSeconds(10));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    RecordingClient webSocket(String query) {
        return new RecordingClient(client, uri("ws", query));
    }

    // ---- a client without a library

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String upgrade(String query, String key) {
        return "GET /app/socket.io/" + query + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key
                + "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    }

    static String handshake(Socket raw, String query) throws Exception {
        return handshake(raw, query, KEY);
    }

    static String handshake(Socket raw, String query, String key) throws Exception {
        return answer(raw, upgrade(query, key));
    }

    static String answer(Socket raw, String request) throws Exception {
        OutputStream out = raw.getOutputStream();
        out.write(ascii(request));
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
