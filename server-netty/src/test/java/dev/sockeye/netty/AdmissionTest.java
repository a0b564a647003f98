package dev.sockeye.netty;

import static dev.sockeye.netty.RawClient.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.AllowRequest.Decision;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.host.HostRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

/** However a request ends, its permit of {@code maxConnections} is released. */
@Timeout(60)
@OnEachIo
class AdmissionTest {

    @Parameter
    private NettyIo io;

    private static final int MOST = 4;
    private static final String WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";
    private static final String POLLING = "/engine.io/?EIO=4&transport=polling";

    private final EngineServer engine = new EngineServer(EngineOptions.builder()
            .maxConnections(MOST)
            .maxConnectionsPerAddress(MOST)
            .allowRequest(AdmissionTest::decide)
            .build());
    private NettyHost host;

    @BeforeEach
    void start() throws Exception {
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder()
                        .io(OnEachIo.Required.available(io))
                        .loops(2)
                        .build());
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    private static CompletionStage<Decision> decide(HostRequest request) {
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
    }

    private static String get(String path, String... headers) {
        List<String> lines = new ArrayList<>(List.of("GET " + path + " HTTP/1.1", "Host: x", "Connection: close"));
        lines.addAll(List.of(headers));
        return head(lines.toArray(String[]::new));
    }

    @Test
    void refusedAndBrokenHandshakesReleaseTheirConnectionSlots() throws Exception {
        String[] requests = {
            RawClient.upgradeRequest(WEBSOCKET, "Sec-WebSocket-Extensions: x;a=b=c"),
            RawClient.upgradeRequest(WEBSOCKET, "Sec-WebSocket-Extensions: ,;=\""),
            RawClient.upgradeRequest(WEBSOCKET, "X-Allow: no"),
            RawClient.upgradeRequest(WEBSOCKET, "X-Allow: throw"),
            RawClient.upgradeRequest(WEBSOCKET, "X-Allow: late"),
            RawClient.upgradeRequest(WEBSOCKET),
            RawClient.upgradeRequest(WEBSOCKET + "&sid=unknown"),
            get(POLLING, "X-Allow: no"),
            get(POLLING, "X-Allow: throw"),
            get(WEBSOCKET),
        };
        for (int i = 0; i < 300; i++) {
            try (RawClient client = new RawClient(host)) {
                client.send(requests[i % requests.length]);
                if (i % 4 == 3) {
                    client.socket.setSoLinger(i % 8 == 7, 0);
                } else {
                    client.response(false);
                }
            }
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(engine.clientsCount()).isZero());
        await().atMost(Duration.ofSeconds(20)).untilAsserted(this::assertAdmitsAsManyAsAllowed);
    }

    private void assertAdmitsAsManyAsAllowed() throws Exception {
        List<RawClient> open = new ArrayList<>();
        try {
            for (int i = 0; i < MOST; i++) {
                RawClient client = new RawClient(host);
                open.add(client);
                assertThat(client.upgrade(WEBSOCKET).status()).isEqualTo(101);
            }
            try (RawClient client = new RawClient(host)) {
                assertThat(client.upgrade(WEBSOCKET).status()).isEqualTo(503);
            }
            try (RawClient client = new RawClient(host)) {
                client.send(get(POLLING));
                assertThat(client.response().status()).isEqualTo(503);
            }
        } finally {
            for (RawClient client : open) {
                client.close();
            }
        }
    }
}
