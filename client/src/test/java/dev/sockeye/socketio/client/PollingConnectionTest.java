package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.client.engine.Endpoint;
import dev.sockeye.socketio.client.netty.NettyClientTransport;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.HttpConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An idle connection that the server closes. */
@Timeout(60)
class PollingConnectionTest {
    private final ClientThreads threads = new ClientThreads(NettyClientTransport.create(), null);
    private final List<String> requests = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws Exception {
        threads.end().get(20, TimeUnit.SECONDS);
    }

    /** Answers the first request, then behaves as specified. */
    private ScriptedServer server(ScriptedServer.Reply... then) throws IOException {
        return new ScriptedServer(request -> {
            requests.add(request.method() + " " + request.uri());
            return requests.size() == 1 || requests.size() > then.length + 1
                    ? new ScriptedServer.Reply(200, "text/plain", "answer " + requests.size())
                    : then[requests.size() - 2];
        });
    }

    private final class Lane {
        final ClientLoop loop = threads.nextLoop();
        final HttpConnection connection;

        Lane(ScriptedServer server) {
            ClientOptions options = ClientOptions.defaults();
            connection = threads.network(
                            loop,
                            options.networkOptions(Endpoint.parse(server.url()).server()))
                    .http(1 << 16, 0);
        }

        String request(String method, String uri) throws Exception {
            CompletableFuture<String> answer = new CompletableFuture<>();
            byte[] body = method.equals("POST") ? new byte[] {'1'} : null;
            loop.execute(() -> connection.request(
                    new HttpConnection.Request(method, uri, Map.of("host", "localhost"), body),
                    new HttpConnection.Callback() {
                        @Override
                        public void answered(HttpConnection.Response response) {
                            answer.complete(new String(response.body(), StandardCharsets.UTF_8));
                        }

                        @Override
                        public void failed(Throwable cause) {
                            answer.completeExceptionally(cause);
                        }
                    }));
            return answer.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aGetOnAConnectionClosedByTheServerIsRetried() throws Exception {
        try (ScriptedServer server = server(ScriptedServer.Reply.CUT)) {
            Lane lane = new Lane(server);
            assertThat(lane.request("GET", "/a")).isEqualTo("answer 1");
            assertThat(lane.request("GET", "/b")).isEqualTo("answer 3");
            assertThat(requests).containsExactly("GET /a", "GET /b", "GET /b");
        }
    }

    @Test
    void aGetIsRetriedOnlyOnce() throws Exception {
        try (ScriptedServer server = server(ScriptedServer.Reply.CUT, ScriptedServer.Reply.CUT)) {
            Lane lane = new Lane(server);
            lane.request("GET", "/a");
            assertThatThrownBy(() -> lane.request("GET", "/b"))
                    .hasMessageContaining("the connection was closed before the response");
            assertThat(requests).containsExactly("GET /a", "GET /b", "GET /b");
        }
    }

    @Test
    void aGetWithAPartialResponseIsNotRetried() throws Exception {
        try (ScriptedServer server = server(ScriptedServer.Reply.TORN)) {
            Lane lane = new Lane(server);
            lane.request("GET", "/a");
            assertThatThrownBy(() -> lane.request("GET", "/b")).isNotNull();
            assertThat(requests).containsExactly("GET /a", "GET /b");
        }
    }

    @Test
    void aPostIsNotRetried() throws Exception {
        try (ScriptedServer server = server(ScriptedServer.Reply.CUT)) {
            Lane lane = new Lane(server);
            lane.request("GET", "/a");
            assertThatThrownBy(() -> lane.request("POST", "/b")).isNotNull();
            assertThat(requests).containsExactly("GET /a", "POST /b");
        }
    }

    @Test
    void informationalResponsesAreIgnored() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(ScriptedServer.EARLY_HINTS, "text/plain", "the answer")) {
            Lane lane = new Lane(server);
            assertThat(lane.request("GET", "/a")).isEqualTo("the answer");
            assertThat(lane.request("POST", "/b")).isEqualTo("the answer");
        }
    }
}
