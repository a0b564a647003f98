package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HttpExchange;
import jakarta.servlet.http.HttpSession;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** The contract of a host for requests, plain ones and WebSocket upgrades. */
abstract class RequestContract extends InContainer {

    RequestContract(Container.Kind kind) {
        super(kind);
    }

    // ---- requests

    @Test
    void theRequestUriExcludesTheContextPathAndTheResponseHasTheEngineHeaders() throws Exception {
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
    void principalSessionAndRequestAttributesOfTheHandshakeAreAccessible() throws Exception {
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
    void principalAndAttributesAreAccessibleFromAWebSocket() throws Exception {
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
    void theContainerBodyLimitDoesNotApplyOrTheLogNamesTheSettingToChange() throws Exception {
        byte[] largest = new byte[FakeEngine.LARGE];
        Arrays.fill(largest, (byte) 'x');
        List<String> log = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(BodyLimit.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                log.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> chunked = send(
                        request("?large").POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(largest))));
                assertThat(chunked.statusCode()).isEqualTo(200);
                assertThat(chunked.body()).hasSize(FakeEngine.LARGE);
            }
        } finally {
            logger.removeHandler(handler);
        }
        if (kind == Container.Kind.UNDERTOW) {
            // the head only: Undertow closes the connection without reading the body, so the system may reset it before
            // the
            // client has read the response
            try (Socket raw = new Socket("localhost", container.port())) {
                raw.setSoTimeout(10_000);
                String head = "POST /app/socket.io/?large HTTP/1.1\r\nHost: a\r\nContent-Length: " + FakeEngine.LARGE
                        + "\r\n\r\n";
                assertThat(answer(raw, head)).startsWith("HTTP/1.1 500");
            }
            assertThat(log).singleElement().asString().contains("set UndertowOptions.MAX_ENTITY_SIZE");
        } else {
            HttpResponse<String> whole = send(request("?large").POST(BodyPublishers.ofByteArray(largest)));
            assertThat(whole.statusCode()).isEqualTo(200);
            assertThat(whole.body()).hasSize(FakeEngine.LARGE);
            assertThat(log).isEmpty();
        }
    }

    @Test
    void aTruncatedBodyIsAbortedAndItsRequestIsReleased() throws Exception {
        int before = engine.aborted.get();
        int open = servlet.openConnections();
        try (Socket raw = new Socket("localhost", container.port())) {
            raw.getOutputStream()
                    .write(ascii("POST /app/socket.io/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"));
            raw.getOutputStream().flush();
            assertThat(engine.requests.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(engine.aborted.get()).isEqualTo(before + 1));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(servlet.openConnections()).isLessThanOrEqualTo(open));
        assertThat(send(request("?still-alive")).statusCode()).isEqualTo(200);
    }

    /** As the engine does when a session ends. Otherwise many such requests would use up the server's limit. */
    @Test
    void anExchangeThatIsAbortedWhileItsBodyArrivesReleasesTheMemoryOfTheBody() throws Exception {
        int before = engine.aborted.get();
        try (Socket raw = new Socket("localhost", container.port())) {
            raw.getOutputStream()
                    .write(ascii(
                            "POST /app/socket.io/?half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
                                    + "x".repeat(50_000)));
            HttpExchange exchange = engine.parked.poll(10, TimeUnit.SECONDS);
            await().until(() -> engine.receiving.get() > 0);
            exchange.abort();
            await().untilAsserted(() -> assertThat(engine.aborted).hasValue(before + 1));
            await().untilAsserted(() -> assertThat(engine.receiving).hasValue(0));
        }
    }

    @Test
    void aResponseMayBeSentLaterFromAnyThread() throws Exception {
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
    void aHeadResponseHasNoBody() throws Exception {
        HttpResponse<String> answer = send(request("?head").method("HEAD", BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void aStalledReaderDoesNotBlockTheLoop() throws Exception {
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

    @Test
    void theUpgradeResponseHasTheEngineHeaders() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            String answer = handshake(raw, "");
            assertThat(answer).startsWith("HTTP/1.1 101").contains("X-Extra: one", "X-Extra: two");
            assertThat(answer).doesNotContainIgnoringCase("Sec-WebSocket-Extensions");
        }
    }

    @Test
    void anUpgradeMayBeAcceptedLater() throws Exception {
        RecordingClient socket = webSocket("?late");
        socket.send("hello");
        assertThat(socket.next()).isEqualTo("hello");
    }

    @Test
    void anUpgradeIsRefusedWithAnHttpResponse() throws Exception {
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

    @Test
    void aBodyIsRefusedAboveTheServerReceiveLimit() throws Exception {
        engine.mayReceive = 20_000;
        try {
            // so large that the client is still sending when it is refused
            assertThat(send(request("").POST(BodyPublishers.ofString("x".repeat(900_000))))
                            .statusCode())
                    .isEqualTo(503);
        } finally {
            engine.mayReceive = Long.MAX_VALUE;
        }
        assertThat(send(request("").POST(BodyPublishers.ofString("x".repeat(100_000))))
                        .statusCode())
                .isEqualTo(200);
        assertThat(engine.receiving).hasValue(0);
    }
}
