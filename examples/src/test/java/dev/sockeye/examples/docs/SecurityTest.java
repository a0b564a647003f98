package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.examples.Client;
import dev.sockeye.socketio.server.RateLimit;
import dev.sockeye.socketio.server.RateLimitAction;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The code of docs/security-checklist.md. */
class SecurityTest {

    @Test
    void requestsFromOtherOriginsAreRefusedAtTheHandshake() throws Exception {
        // tag::origin
        Set<String> origins = Set.of("https://example.org", "https://app.example.org");
        SocketIoServerOptions options = SocketIoServerOptions.builder()
                .cors(cors -> cors.origins("https://example.org", "https://app.example.org")
                        .credentials(true))
                .allowRequest(AllowRequest.when(request -> {
                    String origin = request.header("origin");
                    return origin == null || origins.contains(origin); // programs that are no browsers send none
                }))
                .build();
        // end::origin
        try (Server server = Server.started(options)) {
            assertThat(status(server.io, "https://evil.example")).isEqualTo(403);
            assertThat(status(server.io, "https://app.example.org")).isEqualTo(200);
            assertThat(server.client().socket.connected()).isTrue();
        }
    }

    private static int status(SocketIoServer io, String origin) throws Exception {
        URI uri = URI.create("http://localhost:" + io.port() + "/socket.io/?EIO=4&transport=polling");
        HttpRequest request =
                HttpRequest.newBuilder(uri).header("Origin", origin).build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void aClientThatKeepsExceedingTheRateLimitIsDisconnected() throws Exception {
        // tag::rate
        SocketIoServerOptions options = SocketIoServerOptions.builder()
                .rateLimits(limits -> limits.eventsPerSocket(RateLimit.perSecond(20))
                        .bytesPerAddress(RateLimit.perSecond(200_000).burst(2_000_000))
                        .connectsPerAddress(RateLimit.perMinute(60))
                        .action(exceeded ->
                                exceeded.refused() > 100 ? RateLimitAction.DISCONNECT : RateLimitAction.ERROR))
                .build();
        // end::rate
        try (Server server = Server.started(options)) {
            server.io.onConnection(socket -> socket.on("work", (args, ack) -> ack.send("done")));
            Client anna = server.client();
            anna.socket.io().reconnection(false);
            assertThat(anna.ask("work")).isEqualTo("[done]");
            for (int i = 0; i < 5_000; i++) {
                anna.socket.emit("work");
            }
            anna.receives("sockeye:disconnect [{\"reason\":\"rate limit exceeded\"}]");
            await().until(() -> !anna.socket.connected());
        }
    }
}
