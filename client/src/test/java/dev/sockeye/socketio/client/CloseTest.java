package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing a client: everything pending completes exactly once. */
@Timeout(60)
class CloseTest {
    private final Bench bench = new Bench();

    private static void assertClosed(CompletableFuture<?> future) {
        assertThat(future).isDone();
        assertThatThrownBy(future::join)
                .hasCauseInstanceOf(SocketDisconnectedException.class)
                .hasMessageContaining("the client has been closed");
    }

    @Test
    void aPendingAckOfADisconnectedSocketFails() {
        Socket socket = bench.connected(Bench.webSocket().build());
        socket.disconnect();
        CompletableFuture<Arguments> answer = socket.emitWithAck("e");
        assertThat(answer).isNotDone();
        bench.io.close();
        assertClosed(answer);
        assertThat(bench.io.heldForTests()).isZero();
    }

    @Test
    void aPendingAckOfASocketThatNeverConnectedFails() {
        Socket socket = bench.socket(Bench.webSocket().autoConnect(false).build());
        CompletableFuture<Arguments> answer = socket.emitWithAck("e");
        bench.io.close();
        assertClosed(answer);
    }

    @Test
    void aPendingAckWithRetriesFails() {
        Socket socket =
                bench.socket(Bench.webSocket().autoConnect(false).retries(3).build());
        CompletableFuture<Arguments> answer = socket.emitWithAck("e");
        bench.io.close();
        assertClosed(answer);
    }

    /** Each would be a warning with a stack trace in the log. */
    @Test
    void eventsWithRetriesThatNobodyWaitsForAreReportedTogether() {
        Socket socket =
                bench.socket(Bench.webSocket().autoConnect(false).retries(3).build());
        List<Throwable> reported = new ArrayList<>();
        socket.onError(reported::add);
        for (int i = 0; i < 200; i++) {
            socket.emit("e", i);
        }
        CompletableFuture<Arguments> answer = socket.emitWithAck("e");
        bench.io.close();
        assertClosed(answer);
        assertThat(reported)
                .singleElement()
                .isInstanceOf(SocketDisconnectedException.class)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.THROWABLE)
                .hasMessage("the client has been closed; 200 events were not acknowledged");
        assertThat(socket.core().outbox().isEmpty()).isTrue();
    }

    @Test
    void aPendingAckOfAConnectedSocketFails() {
        Socket socket = bench.connected(Bench.webSocket().build());
        CompletableFuture<Arguments> answer = socket.emitWithAck("e");
        bench.io.close();
        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void pendingAckCallbacksAreCalledWithAnError() {
        Socket socket = bench.socket(Bench.webSocket().autoConnect(false).build());
        List<SocketIoException> errors = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            socket.emit("e", Arguments.none(), (error, args) -> errors.add(error));
        }
        bench.listeners.busy = true;
        bench.io.close();
        assertThat(errors).isEmpty();
        bench.listeners.release();
        assertThat(errors)
                .hasSize(200)
                .allSatisfy(error -> assertThat(error).isInstanceOf(SocketDisconnectedException.class));
    }

    @Test
    void futuresForTheNextEventFail() {
        Socket socket = bench.connected(Bench.webSocket().build());
        CompletableFuture<Arguments> next = socket.next("e");
        bench.io.close();
        assertClosed(next);
        assertClosed(socket.next("e"));
    }

    @Test
    void callsAfterCloseFailImmediately() {
        Socket socket = bench.connected(Bench.webSocket().build());
        bench.io.close();
        assertThatThrownBy(() -> socket.emitWithAck("e"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the client is closed");
        assertThatThrownBy(socket::connect).isInstanceOf(IllegalStateException.class);
        bench.io.close();
        assertThat(bench.server().frames).filteredOn("41"::equals).hasSize(1);
    }

    @Test
    void aCommandIssuedBeforeTheLoopProcessesTheCloseFails() {
        Socket socket = bench.connected(Bench.webSocket().build());
        List<Throwable> reported = new ArrayList<>();
        socket.onError(reported::add);
        // as when another thread closes just now
        bench.loop.hold();
        bench.io.close();
        CompletableFuture<Arguments> next = socket.next("e");
        bench.loop.release();
        assertClosed(next);
        assertThat(reported).isEmpty();
    }

    @Test
    void commandsRejectedByTheEventLoopFail() {
        Socket socket = bench.connected(Bench.webSocket().build());
        List<Throwable> reported = new ArrayList<>();
        socket.onError(reported::add);
        bench.loop.end();
        assertClosed(socket.emitWithAck("e"));
        assertClosed(socket.next("e"));
        socket.emit("e");
        assertThat(reported).singleElement().isInstanceOf(SocketDisconnectedException.class);
        assertThat(socket.core().outbox().isEmpty()).isTrue();
    }

    @Test
    void aDisconnectedManagerIsRetainedOnlyWhileAnAckIsPending() {
        Socket socket = bench.connected(Bench.webSocket().build());
        assertThat(bench.io.heldForTests()).isEqualTo(2);
        socket.disconnect();
        assertThat(bench.io.heldForTests()).isZero();
        CompletableFuture<Arguments> answer =
                socket.timeout(Duration.ofSeconds(1)).emitWithAck("e");
        assertThat(bench.io.heldForTests()).isOne();
        bench.loop.advance(1000);
        assertThatThrownBy(answer::join).hasCauseInstanceOf(AckTimeoutException.class);
        assertThat(bench.io.heldForTests()).isZero();
    }

    /** Emits from several threads while the client is closed: each future completes, or the emit throws. */
    @RepeatedTest(20)
    void callsRacingWithCloseAlwaysComplete() throws Exception {
        SocketIoClient io = SocketIoClient.create();
        Socket socket = io.socket(
                "http://127.0.0.1:1", ClientOptions.builder().forceNew(true).build());
        List<CompletableFuture<Arguments>> answers = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        Thread emitter = new Thread(() -> {
            try {
                while (answers.size() < 9000) {
                    answers.add(socket.emitWithAck("e"));
                    answers.add(socket.next("e"));
                    if (answers.size() == 100) {
                        begun.countDown();
                    }
                }
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("the client is closed");
            }
        });
        emitter.start();
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        io.close();
        io.close();
        emitter.join(10_000);
        for (CompletableFuture<Arguments> answer : answers) {
            assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(SocketDisconnectedException.class);
        }
    }
}
