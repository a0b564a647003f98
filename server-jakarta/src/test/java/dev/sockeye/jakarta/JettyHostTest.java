package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.host.HttpExchange;
import jakarta.servlet.Filter;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contracts in Jetty. */
@DisplayName("Jetty")
final class JettyHostTest {
    @Nested
    class Requests extends RequestContract {
        Requests() {
            super(Container.Kind.JETTY);
        }
    }

    /** With an idle timeout that is shorter than the pauses of these tests. */
    @Nested
    class ShortIdleTime extends InContainer {
        ShortIdleTime() {
            super(Container.Kind.JETTY);
        }

        @Override
        Container launch(Filter filter) throws Exception {
            return Container.jetty(servlet, filter, 400);
        }

        @Test
        void aRequestMayWaitLonger() throws Exception {
            CompletableFuture<HttpResponse<String>> waiting =
                    client.sendAsync(request("?park").build(), BodyHandlers.ofString());
            HttpExchange exchange = engine.parked.poll(10, TimeUnit.SECONDS);
            assertThat(exchange).isNotNull();
            await().pollDelay(Duration.ofMillis(700)).until(() -> !waiting.isDone());
            exchange.respond(FakeEngine.text(200, new byte[1]));
            assertThat(waiting.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }

        @Test
        void aWebSocketMayBeIdleForLonger() throws Exception {
            RecordingClient socket = webSocket("");
            await().pollDelay(Duration.ofMillis(1200)).until(() -> !socket.closed.isDone());
            socket.send("still here");
            assertThat(socket.next()).isEqualTo("still here");
        }

        /** Otherwise the client would believe that its messages have arrived. */
        @Test
        void aRequestWhoseBodyDoesNotArriveIsNotAnsweredWithSuccess() throws Exception {
            int before = engine.aborted.get();
            try (Socket raw = new Socket("localhost", container.port())) {
                raw.setSoTimeout(20_000);
                raw.getOutputStream()
                        .write(ascii("POST /app/socket.io/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"));
                String answer = new String(raw.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(answer).startsWith("HTTP/1.1 400");
            }
            await().untilAsserted(() -> assertThat(engine.aborted).hasValue(before + 1));
        }
    }

    @Nested
    class WebSockets extends WebSocketContract {
        WebSockets() {
            super(Container.Kind.JETTY);
        }
    }

    @Nested
    class WithCompression extends CompressionContract {
        WithCompression() {
            super(Container.Kind.JETTY);
        }
    }

    @Nested
    class WithoutContextTakeover extends NoContextTakeoverContract {
        WithoutContextTakeover() {
            super(Container.Kind.JETTY);
        }
    }
}
