package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import jakarta.servlet.Filter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Polling over the container's HTTP/2. */
@DisplayName("Over HTTP/2")
@Timeout(180)
final class Http2Test {
    private final HttpClient client =
            HttpClient.newBuilder().version(Version.HTTP_2).build();

    private CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
        return client.sendAsync(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> result(CompletableFuture<HttpResponse<String>> answer) throws Exception {
        HttpResponse<String> response = answer.get(60, TimeUnit.SECONDS);
        assertThat(response.version()).isEqualTo(Version.HTTP_2);
        assertThat(response.statusCode()).isEqualTo(200);
        return response;
    }

    /** Jetty closes connections without a request after the idle timeout of its connector; a slow client needs a longer one than other tests. */
    private static Container start(Container.Kind kind, SockeyeServlet servlet) throws Exception {
        Filter none = (request, response, chain) -> chain.doFilter(request, response);
        return kind == Container.Kind.JETTY ? Container.jetty(servlet, none, 30_000) : kind.start(servlet, none);
    }

    /** Polls until a packet with this prefix, and answers heartbeats. */
    private void await(URI session, String start, CompletableFuture<HttpResponse<String>> poll) throws Exception {
        List<String> packets = List.of(result(poll).body().split("\u001e", -1));
        if (packets.contains("2")) {
            result(send(HttpRequest.newBuilder(session).POST(BodyPublishers.ofString("3"))));
        }
        if (packets.stream().noneMatch(packet -> packet.startsWith(start))) {
            await(session, start, send(HttpRequest.newBuilder(session)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSocketConnectsByPolling(Container.Kind kind) throws Exception {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .pingInterval(Duration.ofSeconds(1))
                .build());
        io.onConnection(socket -> socket.on("hello", String.class, name -> socket.emit("welcome", name)));
        try (Container container = start(kind, new SockeyeServlet(io, JakartaOptions.defaults()))) {
            String base = "http://localhost:" + container.port() + "/app/socket.io/?EIO=4&transport=polling";
            String open = result(send(HttpRequest.newBuilder(URI.create(base)))).body();
            assertThat(open).startsWith("0{\"sid\":");
            URI session = URI.create(base + "&sid=" + open.substring(9, open.indexOf('"', 9)));
            assertThat(result(send(HttpRequest.newBuilder(session).POST(BodyPublishers.ofString("40"))))
                            .body())
                    .isEqualTo("ok");
            await(session, "40{\"sid\":", send(HttpRequest.newBuilder(session)));
            await(session, "2", send(HttpRequest.newBuilder(session)));
            CompletableFuture<HttpResponse<String>> poll = send(HttpRequest.newBuilder(session));
            result(send(HttpRequest.newBuilder(session).POST(BodyPublishers.ofString("42[\"hello\",\"you\"]"))));
            await(session, "42[\"welcome\",\"you\"]", poll);
        }
    }
}
