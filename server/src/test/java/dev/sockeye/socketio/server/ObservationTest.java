package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.protocol.EnginePacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What metrics are made from. */
@Timeout(30)
class ObservationTest {
    private final List<Object> seen = new ArrayList<>();

    @Test
    void eachAcknowledgementIsReportedOnceWithItsOutcome() {
        TestServer server = new TestServer();
        List<Socket> sockets = new ArrayList<>();
        server.io.onConnection(sockets::add);
        server.io.onAck((socket, event, took, error) -> {
            throw new LinkageError("expected in the log of this test");
        });
        server.io.onAck((socket, event, took, error) -> {
            assertThat(took).isGreaterThanOrEqualTo(Duration.ZERO);
            seen.add(
                    event + " " + (error == null ? "answered" : error.getClass().getSimpleName()));
        });
        FakeClient client = server.connect();
        Socket socket = sockets.get(0);
        socket.emitWithAck("one");
        client.text("430[]").text("430[]");
        socket.timeout(Duration.ofMillis(50)).emitWithAck("two");
        server.loop.advance(Duration.ofMillis(50));
        socket.emitWithAck("three");
        socket.disconnect();
        socket.emitWithAck("never sent");
        assertThat(seen)
                .containsExactly("one answered", "two AckTimeoutException", "three SocketDisconnectedException");
    }

    @Test
    void sessionListenersAreCalledBeforeTheFirstPacket() {
        TestServer server = new TestServer();
        server.io
                .engine()
                .onSession(session -> session.observe(new EngineSocketListener.Observer() {
                    @Override
                    public void onPacket(EnginePacket packet) {
                        seen.add(packet);
                    }

                    @Override
                    public void onClose(CloseReason reason, @Nullable Object description) {
                        seen.add(reason);
                    }
                }));
        FakeClient client = server.connect();
        server.loop.advance(Duration.ofSeconds(46));
        assertThat(client.closed()).isTrue();
        assertThat(seen).hasToString("[Message[0], PING_TIMEOUT]");
    }

    @Test
    void aTaskRunsAfterThePendingHandlers() throws Exception {
        TestServer server = new TestServer(options -> options.execution(HandlerExecution.automatic()));
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Socket> connected = new CompletableFuture<>();
        server.io.onConnection(socket -> {
            socket.on("slow", () -> {
                try {
                    seen.add(go.await(10, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            connected.complete(socket);
        });
        FakeClient client = server.open();
        client.text("40");
        ClientConnection connection = connected.get(10, TimeUnit.SECONDS).client();
        client.text("42[\"slow\"]").text("42[\"slow\"]");
        await().until(() -> connection.waiting() == 2);
        CompletableFuture<Integer> waiting = new CompletableFuture<>();
        connection.execute(() -> waiting.complete(seen.size()));
        go.countDown();
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(2);
        await().until(() -> connection.waiting() == 0);
    }
}
