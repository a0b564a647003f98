package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.examples.Client;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The code of docs/security-checklist.md. */
class SecurityTest {

    @Test
    void other_origins_are_refused_before_there_is_a_session() throws Exception {
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
    void a_client_that_sends_too_much_is_disconnected() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            // tag::rate
            io.onConnection(socket -> {
                EventRate rate = new EventRate(20, Duration.ofSeconds(10));
                socket.use((event, next) -> {
                    if (rate.exceeded(System.nanoTime())) {
                        socket.disconnect(true);
                    } else {
                        next.next();
                    }
                });
                socket.on("work", (args, ack) -> ack.send("done"));
            });
            // end::rate
            Client anna = server.client();
            anna.socket.io().reconnection(false);
            for (int i = 0; i < 20; i++) {
                assertThat(anna.ask("work")).isEqualTo("[done]");
            }
            anna.socket.emit("work");
            await().until(() -> !anna.socket.connected());
        }
    }

    @Test
    void the_rate_is_that_of_a_window() {
        EventRate rate = new EventRate(2, Duration.ofSeconds(1));
        assertThat(rate.exceeded(0)).isFalse();
        assertThat(rate.exceeded(1)).isFalse();
        assertThat(rate.exceeded(2)).isTrue();
        assertThat(rate.exceeded(1_000_000_000)).isFalse();
    }

    // tag::window
    /** At most so many events in each window; used by one socket, so by one thread at a time. */
    static final class EventRate {
        private final int events;
        private final long window;
        private long start = Long.MIN_VALUE;
        private int count;

        EventRate(int events, Duration window) {
            this.events = events;
            this.window = window.toNanos();
        }

        boolean exceeded(long now) {
            if (start == Long.MIN_VALUE || now - start >= window) {
                start = now;
                count = 0;
            }
            return ++count > events;
        }
    }
    // end::window
}
