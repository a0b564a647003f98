package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.SocketIoServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Polling over the container's HTTP/2. */
@DisplayName("Over HTTP/2")
@Timeout(60)
final class Http2Test {
    private final HttpClient client =
            HttpClient.newBuilder().version(Version.HTTP_2).build();

    private CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
        return client.sendAsync(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> result(CompletableFuture<HttpResponse<String>> answer) throws Exception {
        HttpResponse<String> response = answer.get(20, TimeUnit.SECONDS);
        assertThat(response.version()).isEqualTo(Version.HTTP_2);
        assertThat(response.statusCode()).isEqualTo(200);
        return response;
    }

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT", "UNDERTOW"}) // Jetty has it in a module of its own
    void aSocketPolls(Container.Kind kind) throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> socket.on("hello", String.class, name -> socket.emit("welcome", name)));
        try (Container container = kind.start(
                new SockeyeServlet(io, JakartaOptions.defaults()),
                (request, response, chain) -> chain.doFilter(request, response))) {
            String base = "http://localhost:" + container.port() + "/app/socket.io/?EIO=4&transport=polling";
            String open = result(send(HttpRequest.newBuilder(URI.create(base)))).body();
            assertThat(open).startsWith("0{\"sid\":");
            URI session = URI.create(base + "&sid=" + open.substring(9, open.indexOf('"', 9)));
            assertThat(result(send(HttpRequest.newBuilder(session).POST(BodyPublishers.ofString("40"))))
                            .body())
                    .isEqualTo("ok");
            assertThat(result(send(HttpRequest.newBuilder(session))).body()).startsWith("40{\"sid\":");
            CompletableFuture<HttpResponse<String>> poll = send(HttpRequest.newBuilder(session));
            result(send(HttpRequest.newBuilder(session).POST(BodyPublishers.ofString("42[\"hello\",\"you\"]"))));
            assertThat(result(poll).body()).isEqualTo("42[\"welcome\",\"you\"]");
        }
    }
}
