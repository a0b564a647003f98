package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.SendBufferFullException;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Events in the send buffer: dropped on request, removed when their future is cancelled, bounded. On a fake network. */
class SendBufferTest {
    private static final String CONNECT = "40{\"sid\":\"id\"}";
    private final Bench bench = new Bench();

    private List<String> sent() {
        return bench.server().frames.stream()
                .filter(frame -> frame.startsWith("42"))
                .toList();
    }

    private Socket opening(ClientOptionsBuilder options) {
        return bench.socket(options.build());
    }

    private void connect() {
        bench.server().accept().text(CONNECT);
    }

    @Test
    void bufferedEventsAreSentOnConnect() {
        Socket socket = opening(Bench.webSocket());
        socket.emit("a");
        socket.emit("b");
        connect();
        assertThat(sent()).containsExactly("42[\"a\"]", "42[\"b\"]");
        assertThat(socket.core().outbox().isEmpty()).isTrue();
    }

    @Test
    void clearedEventsAreNotSentAndPendingAcksFail() {
        Socket socket = opening(Bench.webSocket());
        List<Throwable> reported = new ArrayList<>();
        socket.onError(reported::add);
        socket.emit("a");
        CompletableFuture<Arguments> answer = socket.emitWithAck("b");
        socket.clearSendBuffer();
        assertThatThrownBy(answer::join)
                .hasCauseInstanceOf(SocketDisconnectedException.class)
                .hasMessageContaining("cleared");
        assertThat(socket.core().outbox().isEmpty()).isTrue();
        socket.emit("c");
        connect();
        assertThat(sent()).containsExactly("42[\"c\"]");
        assertThat(reported).isEmpty();
    }

    @Test
    void clearedEventsWithRetriesAreNotSent() {
        Socket socket = opening(Bench.webSocket().retries(2));
        socket.emit("a");
        CompletableFuture<Arguments> answer = socket.emitWithAck("b");
        socket.clearSendBuffer();
        assertThat(answer).isCompletedExceptionally();
        assertThat(socket.core().outbox().isEmpty()).isTrue();
        connect();
        assertThat(sent()).isEmpty();
    }

    @Test
    void anEventWithRetriesThatWasBufferedBecauseNoPingArrivedIsSentOnce() {
        Socket socket = bench.connected(Bench.webSocket().retries(2).build());
        bench.loop.delay(60_000);
        CompletableFuture<Arguments> answer = socket.emitWithAck("a");
        socket.emit("b");
        bench.loop.advance(5000);
        connect();
        assertThat(sent()).containsExactly("420[\"a\"]");
        bench.server().text("430[1]");
        assertThat(answer).isCompleted();
        assertThat(sent()).containsExactly("420[\"a\"]", "421[\"b\"]");
        bench.server().text("431[]");
        assertThat(socket.core().outbox().isEmpty()).isTrue();
    }

    @Test
    void aCancelledBufferedEmitIsNotSent() {
        Socket socket = opening(Bench.webSocket());
        socket.emitWithAck("a").cancel(false);
        socket.emitWithAck("b", String.class).cancel(false);
        CompletableFuture<Arguments> kept = socket.emitWithAck("c");
        connect();
        assertThat(sent()).containsExactly("422[\"c\"]");
        bench.server().text("432[1]");
        assertThat(kept).isCompleted();
        assertThat(socket.core().outbox().isEmpty()).isTrue();
    }

    @Test
    void anEmitWhoseFutureWasCompletedByTheCallerIsNotSent() throws Exception {
        Socket socket = opening(Bench.webSocket());
        CompletableFuture<Arguments> answer = socket.emitWithAck("a");
        answer.completeExceptionally(new IllegalStateException("no patience"));
        connect();
        assertThat(sent()).isEmpty();
        assertThat(answer.orTimeout(1, TimeUnit.SECONDS)).isCompletedExceptionally();
    }

    @Test
    void cancellingASentEmitRemovesItFromTheOutbox() {
        Socket socket = opening(Bench.webSocket());
        connect();
        CompletableFuture<Arguments> answer = socket.emitWithAck("a");
        assertThat(socket.core().outbox().isEmpty()).isFalse();
        answer.cancel(false);
        assertThat(socket.core().outbox().isEmpty()).isTrue();
        bench.server().text("430[1]");
        assertThat(answer).isCancelled();
    }

    @Test
    void cancellingAnEmitWithRetriesSendsTheNextOne() {
        Socket socket = opening(Bench.webSocket().retries(2));
        CompletableFuture<Arguments> first = socket.emitWithAck("a");
        CompletableFuture<Arguments> second = socket.emitWithAck("b");
        CompletableFuture<Arguments> third = socket.emitWithAck("c");
        connect();
        assertThat(sent()).containsExactly("420[\"a\"]");
        second.cancel(false);
        first.cancel(false);
        assertThat(sent()).containsExactly("420[\"a\"]", "421[\"c\"]");
        bench.server().text("431[]");
        assertThat(third).isCompleted();
        assertThat(socket.core().outbox().isEmpty()).isTrue();
    }

    @Test
    void theBufferIsBoundedByBytes() {
        Socket socket = opening(Bench.webSocket().maxOutboundBytes(3000));
        String kilobyte = "x".repeat(1000);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        socket.emit("e", kilobyte);
                    }
                })
                .isInstanceOf(SendBufferFullException.class)
                .hasMessageContaining("3000 bytes");
        connect();
        assertThat(sent()).hasSize(3);
        socket.emit("e", kilobyte);
        assertThat(sent()).hasSize(4);
    }

    @Test
    void theOldestEventsAreDroppedWhenTheByteLimitIsExceeded() {
        Socket socket =
                opening(Bench.webSocket().maxOutboundBytes(3000).sendBufferPolicy(SendBufferPolicy.DROP_OLDEST));
        for (int i = 0; i < 10; i++) {
            socket.emit("e", i, "x".repeat(900));
        }
        connect();
        assertThat(sent()).hasSize(3).allSatisfy(frame -> assertThat(frame).matches("42\\[\"e\",[789],.*"));
    }

    /** Data that waits for the network cannot be dropped, so the new events are. */
    @Test
    void newEventsThatAreDroppedAreReported() {
        Socket socket =
                opening(Bench.webSocket().maxOutboundBytes(3000).sendBufferPolicy(SendBufferPolicy.DROP_OLDEST));
        List<String> told = new ArrayList<>();
        socket.onError(error -> told.add(error.getMessage()));
        connect();
        bench.server().slow = true;
        socket.emit("e", "x".repeat(4000));
        assertThat(told).isEmpty();
        socket.emit("e", 1);
        assertThat(told).containsExactly("more than 3000 bytes wait for the network");
        bench.listeners.busy = true;
        for (int i = 0; i < 1000; i++) {
            socket.emit("e", i);
        }
        bench.listeners.release();
        assertThat(told)
                .hasSize(2)
                .last()
                .isEqualTo("more than 3000 bytes wait for the network; 1000 new events were dropped");
        socket.emit("e", 2);
        assertThat(told).hasSize(3).last().isEqualTo("more than 3000 bytes wait for the network");
    }
}
