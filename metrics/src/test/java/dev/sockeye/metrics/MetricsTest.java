package dev.sockeye.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.RateLimit;
import dev.sockeye.socketio.server.RateLimitAction;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Meters, observations, flight recorder events and the page for Prometheus, of a server on its own port. */
@DisplayName("The metrics")
class MetricsTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final SocketIoServer io = SocketIoServer.create();
    private final List<WebSocket> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(WebSocket::abort);
        io.close();
    }

    private WebSocket connect(String auth, String... headers) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        WebSocket client = builder.buildAsync(
                        URI.create("ws://localhost:" + io.port() + "/socket.io/?EIO=4&transport=websocket"),
                        new WebSocket.Listener() {})
                .join();
        clients.add(client);
        int before = io.sockets().sockets().size();
        client.sendText("40" + auth, true).join();
        await().atMost(LIMIT).until(() -> io.sockets().sockets().size() > before);
        return client;
    }

    @Test
    void includeForwardingOnlyWhenEnabled() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        SockeyeMetrics.of(io).bindTo(registry);
        assertThat(registry.find("sockeye.forwarding.requests").functionCounters())
                .isEmpty();
        SocketIoServer one = SocketIoServer.create(SocketIoServerOptions.builder()
                .sessionForwarding(forwarding ->
                        forwarding.secret("a secret of the servers").address("http://10.0.0.1:3000"))
                .build());
        SockeyeMetrics.of(one).bindTo(registry);
        try {
            one.listen(0);
            URI polling = URI.create("http://localhost:" + one.port() + "/socket.io/?EIO=4&transport=polling");
            String body = HTTP.send(HttpRequest.newBuilder(polling).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            int sid = body.indexOf("sid\":\"") + 6;
            HttpRequest post = HttpRequest.newBuilder(
                            URI.create(polling + "&sid=" + body.substring(sid, body.indexOf('"', sid))))
                    .POST(HttpRequest.BodyPublishers.ofString("40"))
                    .build();
            assertThat(HTTP.send(post, HttpResponse.BodyHandlers.ofString()).body())
                    .isEqualTo("ok");
        } finally {
            one.close();
        }
        assertThat(registry.get("sockeye.forwarding.requests")
                        .tag("kind", "local")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("sockeye.forwarding.requests")
                        .tag("kind", "forwarded")
                        .functionCounter()
                        .count())
                .isZero();
        assertThat(registry.get("sockeye.forwarding.active").gauge().value()).isZero();
    }

    @Test
    void countRateLimitedEventsAndConnections() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (SocketIoServer limited = SocketIoServer.create(SocketIoServerOptions.builder()
                .rateLimits(limits -> limits.event("x", RateLimit.perMinute(1))
                        .connectsPerAddress(RateLimit.perMinute(1))
                        .action(RateLimitAction.DROP))
                .build())) {
            limited.listen(0);
            SockeyeMetrics metrics = SockeyeMetrics.of(limited);
            metrics.bindTo(registry);
            URI url = URI.create("ws://localhost:" + limited.port() + "/socket.io/?EIO=4&transport=websocket");
            WebSocket client = HTTP.newWebSocketBuilder()
                    .buildAsync(url, new WebSocket.Listener() {})
                    .join();
            clients.add(client);
            for (String message : List.of("40", "42[\"x\"]", "42[\"x\"]", "42[\"x\"]")) {
                client.sendText(message, true).join();
            }
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(registry.get("sockeye.rate.limited")
                                    .tags("limit", "event name", "action", "drop")
                                    .counter()
                                    .count())
                            .isEqualTo(2));
            assertThat(HTTP.newWebSocketBuilder().buildAsync(url, new WebSocket.Listener() {}))
                    .failsWithin(LIMIT);
            assertThat(registry.get("sockeye.rate.limited")
                            .tag("limit", "connects per address")
                            .counter()
                            .count())
                    .isEqualTo(1);
            metrics.close();
        }
    }

    @Test
    void countEventsSentByEarlierHandlersAndStopWhenClosed() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        io.onConnection(socket -> socket.emit("welcome"));
        SockeyeMetrics metrics = SockeyeMetrics.of(io);
        metrics.bindTo(registry);
        io.listen(0);
        WebSocket client = connect("");
        await().atMost(LIMIT)
                .until(() -> registry.get("sockeye.events.sent").counter().count() == 1);
        assertThat(registry.get("sockeye.connections")
                        .tag("transport", "websocket")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(registry.get("sockeye.sockets").tag("namespace", "/").gauge().value())
                .isEqualTo(1);
        double before = registry.get("sockeye.bytes.received").counter().count();
        client.sendText("42[\"é\"]", true).join();
        await().atMost(LIMIT)
                .until(() -> registry.get("sockeye.events.received").counter().count() == 1);
        assertThat(registry.get("sockeye.bytes.received").counter().count()).isEqualTo(before + 7);
        metrics.close();
        CountDownLatch seen = new CountDownLatch(1);
        io.onConnection(socket -> seen.countDown());
        connect("").sendText("42[\"x\"]", true).join();
        assertThat(seen.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(registry.get("sockeye.events.sent").counter().count()).isEqualTo(1);
        // nor do the sockets that were connected before
        CountDownLatch heard = new CountDownLatch(1);
        io.sockets().sockets().values().forEach(socket -> socket.on("last", heard::countDown));
        client.sendText("42[\"last\"]", true).join();
        assertThat(heard.await(30, TimeUnit.SECONDS)).isTrue();
        client.sendText("41", true).join();
        await().atMost(LIMIT).until(() -> io.sockets().sockets().size() == 1);
        assertThat(registry.get("sockeye.events.received").counter().count()).isEqualTo(1);
        assertThat(registry.find("sockeye.disconnects").counter()).isNull();
    }

    @Test
    void theObservationsOfManyDynamicNamespacesShareATag() throws Exception {
        Set<String> namespaces = ConcurrentHashMap.newKeySet();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStop(Observation.Context context) {
                namespaces.add(String.valueOf(context.getLowCardinalityKeyValue("namespace")));
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        CountDownLatch handled = new CountDownLatch(150);
        io.of(Pattern.compile("/dyn-\\d+")).onConnection(socket -> socket.on("x", handled::countDown));
        HandlerObservations.of(registry).install(io);
        io.listen(0);
        for (int i = 0; i < 2; i++) { // a connection may join 100 namespaces
            WebSocket client = connect("");
            for (int j = 0; j < 75; j++) {
                String name = "/dyn-" + (75 * i + j);
                client.sendText("40" + name + ",", true).join();
                client.sendText("42" + name + ",[\"x\"]", true).join();
            }
        }
        assertThat(handled.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(namespaces).hasSizeLessThanOrEqualTo(103).anyMatch(tag -> tag.contains("other"));
    }

    /** A search visits all meters of the application. */
    @Test
    void anAcknowledgementSearchesNoMeters() throws Exception {
        AtomicInteger searches = new AtomicInteger();
        SimpleMeterRegistry registry = new SimpleMeterRegistry() {
            @Override
            public Search find(String name) {
                searches.incrementAndGet();
                return super.find(name);
            }
        };
        SockeyeMetrics.of(io).bindTo(registry);
        io.onConnection(socket -> socket.emitWithAck("question"));
        io.listen(0);
        int before = searches.get();
        connect("").sendText("430[]", true).join();
        await().atMost(LIMIT)
                .until(() -> registry.getMeters().stream()
                        .anyMatch(meter -> meter.getId().getName().equals("sockeye.ack")
                                && "/".equals(meter.getId().getTag("namespace"))));
        assertThat(searches.get()).isEqualTo(before);
    }

    @Test
    void aHandlerIsObservedAndContinuesTheTraceOfTheHandshake() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStop(Observation.Context context) {
                String trace = context instanceof ReceiverContext<?> receiver ? header(receiver) : "none";
                seen.add(context.getContextualName() + " " + trace + " " + context.getLowCardinalityKeyValues() + " "
                        + context.getError());
            }

            @SuppressWarnings("unchecked")
            private static <C> String header(ReceiverContext<C> context) {
                C carrier = context.getCarrier();
                return String.valueOf(
                        carrier == null ? null : context.getGetter().get(carrier, "traceparent"));
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        io.onConnection(socket -> {
            socket.on("good", () -> assertThat(registry.getCurrentObservation()).isNotNull());
            socket.on("bad", () -> {
                throw new IllegalStateException("broken");
            });
        });
        Registration installed = HandlerObservations.of(registry).install(io);
        io.listen(0);
        WebSocket client = connect("", "traceparent", "00-a-b-01");
        for (String event : List.of("unknown", "good", "bad")) {
            client.sendText("42[\"" + event + "\"]", true).join();
        }
        await().atMost(LIMIT).until(() -> seen.size() == 2);
        assertThat(seen.get(0)).isEqualTo("socket.io good 00-a-b-01 [keyValue(event=good),keyValue(namespace=/)] null");
        assertThat(seen.get(1)).startsWith("socket.io bad 00-a-b-01").endsWith("IllegalStateException: broken");
        connect("{\"traceparent\":\"of-auth\"}").sendText("42[\"good\"]", true).join();
        await().atMost(LIMIT).until(() -> seen.size() == 3);
        assertThat(seen.get(2)).startsWith("socket.io good of-auth");
        installed.close();
    }

    @Test
    void flightRecorderEventsCoverTheSessionLifecycleAndSlowHandlers(@TempDir Path folder) throws Exception {
        io.onConnection(socket -> {
            socket.on("fast", () -> {});
            CountDownLatch never = new CountDownLatch(1);
            socket.on(
                    "slow",
                    () -> assertThat(never.await(150, TimeUnit.MILLISECONDS)).isFalse());
        });
        Registration installed = FlightRecorderEvents.install(io);
        io.listen(0);
        Path file = folder.resolve("sockeye.jfr");
        try (Recording recording = new Recording()) {
            for (String name : List.of("Connect", "Disconnect", "SlowHandler")) {
                recording.enable("dev.sockeye." + name);
            }
            recording.start();
            WebSocket client = connect("");
            client.sendText("42[\"fast\"]", true).join();
            client.sendText("42[\"slow\"]", true).join();
            client.sendText("41", true).join();
            await().atMost(LIMIT).until(() -> io.sockets().sockets().isEmpty());
            client.abort();
            await().atMost(LIMIT).until(() -> io.engine().clientsCount() == 0);
            recording.stop();
            recording.dump(file);
        }
        installed.close();
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events.stream().map(event -> event.getEventType().getName()))
                .containsExactlyInAnyOrder("dev.sockeye.Connect", "dev.sockeye.SlowHandler", "dev.sockeye.Disconnect");
        RecordedEvent slow = events.stream()
                .filter(event -> event.getEventType().getName().endsWith("SlowHandler"))
                .findFirst()
                .orElseThrow();
        assertThat(slow.getString("event")).isEqualTo("slow");
        assertThat(slow.getString("namespace")).isEqualTo("/");
        assertThat(slow.getDuration()).isGreaterThan(Duration.ofMillis(99));
        assertThat(Files.size(file)).isPositive();
    }

    @Test
    void noSlowHandlerIsRecordedAfterTheEnd(@TempDir Path folder) throws Exception {
        CountDownLatch handled = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        io.onConnection(socket -> {
            socket.on(
                    "slow",
                    () -> assertThat(never.await(150, TimeUnit.MILLISECONDS)).isFalse());
            socket.on("next", handled::countDown);
        });
        Registration installed = FlightRecorderEvents.install(io);
        io.listen(0);
        Path file = folder.resolve("sockeye.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.sockeye.SlowHandler");
            recording.start();
            WebSocket client = connect("");
            installed.close();
            client.sendText("42[\"slow\"]", true).join();
            client.sendText("42[\"next\"]", true).join();
            assertThat(handled.await(30, TimeUnit.SECONDS)).isTrue();
            recording.stop();
            recording.dump(file);
        }
        assertThat(RecordingFile.readAllEvents(file))
                .noneMatch(event -> event.getEventType().getName().endsWith("SlowHandler"));
    }

    @Test
    void thePrometheusEndpointExposesTheMeters() throws Exception {
        PrometheusEndpoint endpoint = PrometheusEndpoint.serve(io);
        io.listen(0);
        connect("");
        HttpResponse<String> page = get("/socket.io/metrics");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(page.body())
                .contains("sockeye_connections{transport=\"websocket\"} 1.0", "sockeye_bytes_received_bytes_total");
        endpoint.registry().getPrometheusRegistry().register((MultiCollector) () -> {
            throw new IllegalStateException("expected in this test");
        });
        assertThat(get("/socket.io/metrics").statusCode()).isEqualTo(500);
        endpoint.close();
        assertThat(get("/socket.io/metrics").statusCode()).isEqualTo(503);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + io.port() + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
