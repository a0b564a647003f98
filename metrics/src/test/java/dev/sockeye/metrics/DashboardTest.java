package dev.sockeye.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.server.RateLimit;
import dev.sockeye.socketio.server.RateLimitAction;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Checks the Grafana dashboard against the metrics of a server with some traffic. */
@DisplayName("The dashboard")
class DashboardTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
            .rateLimits(limits -> limits.event("x", RateLimit.perMinute(1)).action(RateLimitAction.DROP))
            .build());
    private final BlockingQueue<Socket> sockets = new LinkedBlockingQueue<>();

    private String http(String method, String query, String body) throws Exception {
        URI uri = URI.create("http://localhost:" + io.port() + "/socket.io/?EIO=4&transport=" + query);
        return HTTP.send(
                        HttpRequest.newBuilder(uri)
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static String first(String regex, String text) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        assertThat(matcher.find()).as(regex + " in " + text).isTrue();
        return matcher.group(1);
    }

    /** Everything that has a counter happens once. */
    private void traffic() throws Exception {
        String sid = first("\"sid\":\"([^\"]+)\"", http("GET", "polling", ""));
        http("POST", "polling&sid=" + sid, "40");
        Socket away = sockets.take();
        away.latest("price").emit("price", 1);
        away.latest("price").emit("price", 2);
        String polled;
        do { // the first poll may overtake the events
            polled = http("GET", "polling&sid=" + sid, "");
        } while (!polled.contains("42["));
        assertThat(polled).endsWith("42[\"price\",2]").doesNotContain("[\"price\",1]");
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        WebSocket client = HTTP.newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://localhost:" + io.port() + "/socket.io/?EIO=4&transport=websocket"),
                        new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                                received.add(text.toString());
                                socket.request(1);
                                return null;
                            }
                        })
                .join();
        client.sendText("40", true).join();
        Socket socket = sockets.take();
        var answer = socket.emitWithAck("question");
        String question;
        do {
            question = received.take();
        } while (!question.startsWith("42"));
        client.sendText("43" + first("42(\\d+)", question) + "[1]", true).join();
        assertThat(answer).succeedsWithin(LIMIT);
        for (int i = 0; i < 2; i++) {
            client.sendText("42[\"x\"]", true).join();
        }
        http("GET", "unknown", "");
        client.sendText("41", true).join();
        await().atMost(LIMIT).until(() -> !socket.connected());
        client.abort();
    }

    @Test
    void usesOnlyMetersAndLabelsThatTheServerExposes() throws Exception {
        io.onConnection(sockets::add);
        io.listen(0);
        try (PrometheusEndpoint endpoint = PrometheusEndpoint.of(io)) {
            traffic();
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(endpoint.registry().scrape())
                            .contains("sockeye_disconnects_total{", "sockeye_rate_limited_total{"));
            String exposed = endpoint.registry().scrape();
            String dashboard = Files.readString(Path.of("../docs/observability/grafana.json"));
            List<String> expressions = Pattern.compile("\"expr\": \"(.*)\",?\\n")
                    .matcher(dashboard)
                    .results()
                    .map(result -> result.group(1))
                    .toList();
            assertThat(expressions).hasSizeGreaterThan(12);
            List<String> missing = new ArrayList<>();
            for (String expression : expressions) {
                List<String> labels = groups("by \\((\\w+)\\)", expression);
                for (String meter : groups("(sockeye_\\w+)", expression)) {
                    boolean found = exposed.lines()
                            .filter(line -> line.matches(meter + "[{ ].*"))
                            .anyMatch(line -> labels.stream()
                                    .allMatch(label -> label.equals("instance") || line.contains(label + "=\"")));
                    if (!found) {
                        missing.add(meter + " by " + labels);
                    }
                }
            }
            assertThat(missing).isEmpty();
            assertThat(exposed).contains("sockeye_outbound_dropped_total{cause=\"replaced\"} 1.0");
        } finally {
            io.close();
        }
    }

    private static List<String> groups(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }
}
