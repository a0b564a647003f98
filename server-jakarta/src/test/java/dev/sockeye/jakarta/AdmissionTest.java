package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.engineio.AllowRequest.Decision;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a request ends, its permit of {@code maxConnections} is released. */
@Timeout(60)
class AdmissionTest {

    private static final int MOST = 4;
    private static final String WEBSOCKET = "?EIO=4&transport=websocket";
    private static final String POLLING = "?EIO=4&transport=polling";

    private static String upgrade(String query, String... headers) {
        return "GET /app/socket.io/" + query + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + InContainer.KEY + "\r\n"
                + String.join("", headers) + "\r\n";
    }

    private static String get(String query, String... headers) {
        return "GET /app/socket.io/" + query + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + String.join("", headers) + "\r\n";
    }

    private static final AllowRequest ALLOW = request -> {
        String what = request.header("x-allow");
        if (what == null) {
            return CompletableFuture.completedFuture(Decision.allow());
        }
        return switch (what) {
            case "late" ->
                new CompletableFuture<Decision>().completeOnTimeout(Decision.allow(), 20, TimeUnit.MILLISECONDS);
            case "throw" -> throw new IllegalStateException("expected in the log of this test");
            default -> CompletableFuture.completedFuture(Decision.refuse("no"));
        };
    };

    @ParameterizedTest
    @EnumSource
    void refusedAndBrokenHandshakesReleaseTheirConnectionSlots(Container.Kind kind) throws Exception {
        EngineServer engine = new EngineServer(EngineOptions.builder()
                .path("/socket.io")
                .maxConnections(MOST)
                .maxConnectionsPerAddress(MOST)
                .allowRequest(ALLOW)
                .build());
        SockeyeServlet servlet = new SockeyeServlet(
                engine,
                JakartaOptions.builder().closeTimeout(Duration.ofSeconds(1)).build());
        try (Container container =
                kind.start(servlet, (request, response, chain) -> chain.doFilter(request, response))) {
            String[] requests = {
                upgrade(WEBSOCKET, "Sec-WebSocket-Extensions: x;a=b=c\r\n"),
                upgrade(WEBSOCKET, "Sec-WebSocket-Extensions: x;a=b=c\r\n", "X-Allow: late\r\n"),
                upgrade(WEBSOCKET, "Sec-WebSocket-Extensions: ,;=\"\r\n"),
                upgrade(WEBSOCKET, "Sec-WebSocket-Protocol: \r\n"),
                upgrade(WEBSOCKET, "Sec-WebSocket-Protocol: a, ,b\r\n"),
                upgrade(WEBSOCKET, "X-Allow: no\r\n"),
                upgrade(WEBSOCKET, "X-Allow: throw\r\n"),
                upgrade(WEBSOCKET, "X-Allow: late\r\n"),
                upgrade(WEBSOCKET),
                upgrade(WEBSOCKET + "&sid=unknown"),
                upgrade("?transport=smoke"),
                get(POLLING, "X-Allow: no\r\n"),
                get(POLLING, "X-Allow: throw\r\n"),
                get(POLLING + "&sid=unknown"),
                get(WEBSOCKET),
            };
            for (int i = 0; i < 300; i++) {
                try (Socket raw = new Socket("localhost", container.port())) {
                    String request = requests[i % requests.length];
                    raw.setSoTimeout(10_000);
                    if (i % 4 == 3) {
                        raw.setSoLinger(i % 8 == 7, 0);
                        raw.getOutputStream().write(InContainer.ascii(request));
                    } else {
                        InContainer.answer(raw, request);
                    }
                }
            }
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(engine.clientsCount()).isZero());
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertAdmitsAsManyAsAllowed(container));
        }
    }

    private static void assertAdmitsAsManyAsAllowed(Container container) throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < MOST; i++) {
                Socket raw = new Socket("localhost", container.port());
                open.add(raw);
                raw.setSoTimeout(10_000);
                assertThat(InContainer.answer(raw, upgrade(WEBSOCKET))).startsWith("HTTP/1.1 101");
            }
            try (Socket raw = new Socket("localhost", container.port())) {
                assertThat(InContainer.answer(raw, upgrade(WEBSOCKET))).startsWith("HTTP/1.1 503");
            }
            try (Socket raw = new Socket("localhost", container.port())) {
                assertThat(InContainer.answer(raw, get(POLLING))).startsWith("HTTP/1.1 503");
            }
        } finally {
            for (Socket raw : open) {
                raw.close();
            }
        }
    }
}
