package dev.sockeye.spring;

import static dev.sockeye.spring.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.server.SocketIoServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The property {@code sockeye.drain}: the server drains when the application stops. */
@Timeout(120)
final class DrainTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(OpenToAll.class)
    static class Application {}

    @Test
    void shutdownWaitsForTheServerToDrainAndHealthReportsDraining() throws Exception {
        ConfigurableApplicationContext context = Clients.run(
                new Class<?>[] {Application.class, OneContainer.Tomcat.class},
                "--server.shutdown=graceful",
                "--sockeye.drain=10s");
        SocketIoServer io = context.getBean(SocketIoServer.class);
        SockeyeHealthIndicator indicator = new SockeyeHealthIndicator(io, context.getBean(SockeyeLifecycle.class));
        String url = Clients.url(context);
        List<String> reasons = new CopyOnWriteArrayList<>();
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        io.onConnection(socket -> {
            socket.on("work", (args, ack) -> {
                working.countDown();
                go.await(60, TimeUnit.SECONDS);
                ack.send("done");
            });
            socket.onDisconnect((reason, description) -> reasons.add("server: " + reason.text()));
        });
        try (SocketIoClient client = SocketIoClient.create()) {
            Socket socket = client.socket(
                            url,
                            ClientOptions.builder()
                                    .transports(TransportName.WEBSOCKET)
                                    .reconnection(false)
                                    .build())
                    .connectBlocking(SOON);
            socket.onDisconnect((reason, details) -> reasons.add("client: " + reason.text()));
            CompletableFuture<?> answer = socket.emitWithAck("work");
            assertThat(working.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(context::close);
            await().until(io::draining);
            Health health = indicator.health();
            assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
            assertThat(health.getDetails()).containsEntry("server", "draining").containsEntry("connections", 1);
            HttpResponse<String> refused = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(url + "/socket.io/?EIO=4&transport=polling"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("10");
            assertThat(stopped).isNotDone();
            assertThat(reasons).isEmpty();

            go.countDown();
            assertThat(answer).succeedsWithin(SOON);
            stopped.get(60, TimeUnit.SECONDS);
            await().until(() -> reasons.size() == 2);
            assertThat(reasons).containsExactlyInAnyOrder("server: server shutting down", "client: transport close");
            assertThat(indicator.health().getDetails()).containsEntry("server", "stopped");
        } finally {
            go.countDown();
        }
    }
}
