package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.server.FakeClient;
import dev.sockeye.socketio.server.FakeExchange;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.TestServer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A server that is taken out of service: {@code io.drain(time)}. */
class DrainTest {
    private static final Duration TIME = Duration.ofSeconds(10);

    @Test
    void newSessionsAreRefusedAndExistingOnesAreServedUntilDisconnected() {
        TestServer server = new TestServer();
        server.io.onConnection(socket -> socket.on("ask", (args, ack) -> ack.send("answer")));
        server.io.of("/other");
        FakeClient client = server.connect();
        String polling = server.poll();
        server.post(polling, "40");
        server.get(polling);
        assertThat(server.io.draining()).isFalse();
        CompletableFuture<Void> drained = server.io.drain(TIME);
        assertThat(server.io.draining()).isTrue();

        FakeExchange refused = server.get("/socket.io/?EIO=4&transport=polling");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isEqualTo("10");
        assertThat(refused.body()).contains("the server is draining");
        assertThat(server.open().rejected()).isTrue();

        assertThat(client.text("421[\"ask\"]").messages()).containsExactly("431[\"answer\"]");
        client.join("/other");
        FakeExchange post = server.post(polling, "420[\"ask\"]");
        assertThat(post.body()).isEqualTo("ok");
        assertThat(server.get(polling).body()).isEqualTo("430[\"answer\"]");
        assertThat(drained).isNotDone();

        FakeExchange poll = server.get(polling);
        server.loop.advance(TIME.plusSeconds(1));
        assertThat(drained).isCompleted();
        assertThat(poll.status()).isEqualTo(400);
        assertThat(poll.body()).isEqualTo("{\"code\":1,\"message\":\"Session ID unknown\"}");
        assertThat(client.closed()).isTrue();
        assertThat(client.messages()).isEmpty(); // no DISCONNECT: an official client would not reconnect
        assertThat(server.io.draining()).isFalse();
        assertThat(server.loop.timers()).isZero();
    }

    /** The Python client does not come back after a close packet. */
    @Test
    void pollsGetAnErrorInsteadOfAClosePacketAndNothingIsLost() {
        TestServer server = new TestServer();
        server.io.onConnection(socket -> socket.emit("welcome"));
        String between = server.poll();
        server.post(between, "40");
        server.get(between);
        String queued = server.poll();
        server.post(queued, "40");
        String late = server.poll();
        CompletableFuture<Void> drained = server.io.drain(TIME);
        server.loop.advance(TIME.minusMillis(1));
        assertThat(server.io.engine().clientsCount()).isEqualTo(1);
        assertThat(server.get(between).status()).isEqualTo(400);
        assertThat(server.get(queued).body()).contains("42[\"welcome\"");
        assertThat(server.get(queued).status()).isEqualTo(400);
        assertThat(server.get(late).status()).isEqualTo(400);
        server.loop.advance(Duration.ofMillis(100));
        assertThat(drained).isCompleted();
    }

    @Test
    void clientsThatAreLeftAtTheEndOfTheTimeGetTheErrorToo() {
        TestServer server = new TestServer();
        server.io.onConnection(socket -> socket.emitWithAck("question"));
        String sid = server.poll();
        server.post(sid, "40");
        server.get(sid);
        FakeExchange poll = server.get(sid);
        CompletableFuture<Void> drained = server.io.drain(TIME);
        server.loop.advance(TIME.minusMillis(1));
        assertThat(poll.answered()).isFalse();
        server.loop.advance(Duration.ofMillis(100));
        assertThat(poll.status()).isEqualTo(400);
        assertThat(drained).isCompleted();

        server.io.hostedEngine();
        sid = server.poll();
        server.post(sid, "40");
        server.get(sid);
        poll = server.get(sid);
        server.io.closeAsync();
        server.loop.run();
        assertThat(poll.body()).as("not a drain").isEqualTo("1");
    }

    @Test
    void disconnectsAreSpreadOverTheDrainTimeWithTheShutdownReason() {
        TestServer server = new TestServer();
        List<String> reasons = new ArrayList<>();
        List<Long> moments = new ArrayList<>();
        server.io.onConnection(socket -> socket.onDisconnect((reason, description) -> {
            reasons.add(reason.text());
            moments.add(server.loop.nanoTime());
        }));
        for (int i = 0; i < 8; i++) {
            server.connect();
        }
        FakeClient inNoNamespace = server.open();
        long start = server.loop.nanoTime();
        CompletableFuture<Void> drained = server.io.drain(TIME);
        for (int second = 0; second < 7; second++) {
            server.loop.advance(Duration.ofSeconds(1));
            // nine sessions in eight seconds, each in its own share
            assertThat(server.io.engine().clientsCount()).isBetween(9 - second - 3, 9 - second);
            assertThat(drained).isNotDone();
        }
        server.loop.advance(Duration.ofSeconds(2));
        assertThat(drained).as("as soon as no client is left").isCompleted();
        assertThat(inNoNamespace.closed()).isTrue();
        assertThat(reasons).hasSize(8).containsOnly("server shutting down");
        assertThat(moments).doesNotHaveDuplicates().isSorted();
        assertThat(moments.get(7) - start)
                .isLessThanOrEqualTo(Duration.ofSeconds(8).toNanos());
    }

    @Test
    void eachTurnIsAtARandomPointWithinItsSlot() {
        assertThat(Drain.turns(4, 400, () -> 0)).containsExactly(0, 100, 200, 300);
        assertThat(Drain.turns(4, 400, () -> 0.5)).containsExactly(50, 150, 250, 350);
        assertThat(Drain.turns(0, 400, () -> 0.5)).isEmpty();
    }

    @Test
    void aClientIsDisconnectedOnceItHasSentItsPendingAcknowledgements() {
        TestServer server = new TestServer();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        server.io.onConnection(socket -> answers.add(socket.emitWithAck("question")));
        FakeClient client = server.connect();
        String question = client.next();
        CompletableFuture<Void> drained = server.io.drain(TIME);
        server.loop.advance(Duration.ofSeconds(9));
        assertThat(client.closed()).isFalse();
        client.text("43" + question.charAt(2) + "[\"answer\"]");
        server.loop.advance(Duration.ofMillis(200));
        assertThat(answers.get(0)).isCompleted();
        assertThat(client.closed()).isTrue();
        assertThat(drained).isCompleted();
    }

    @Test
    void aMissingAcknowledgementIsAwaitedOnlyUntilTheDrainTimeEnds() {
        TestServer server = new TestServer();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        server.io.onConnection(socket -> answers.add(socket.emitWithAck("question")));
        FakeClient client = server.connect();
        CompletableFuture<Void> drained = server.io.drain(TIME);
        server.loop.advance(TIME.minusMillis(1));
        assertThat(client.closed()).isFalse();
        server.loop.advance(Duration.ofMillis(100));
        assertThat(client.closed()).isTrue();
        assertThat(drained).isCompleted();
        assertThat(answers.get(0))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(SocketDisconnectedException.class);
    }

    @Test
    void aClientIsDisconnectedAfterItsHandlersHaveRun() {
        Queue<Runnable> work = new ArrayDeque<>();
        TestServer server = new TestServer(options -> options.execution(HandlerExecution.pool(work::add)));
        List<String> seen = new ArrayList<>();
        server.io.onConnection(socket -> {
            socket.on("save", String.class, seen::add);
            socket.onDisconnect((reason, description) -> seen.add(reason.text()));
        });
        FakeClient client = server.open();
        client.text("40");
        run(work, server);
        client.text("42[\"save\",\"one\"]").text("42[\"save\",\"two\"]");
        CompletableFuture<Void> drained = server.io.drain(TIME);
        server.loop.advance(Duration.ofSeconds(9));
        assertThat(client.closed()).isFalse();
        assertThat(drained).isNotDone();
        run(work, server);
        assertThat(seen).containsExactly("one", "two", "server shutting down");
        server.loop.advance(Duration.ofMillis(200));
        run(work, server);
        server.loop.advance(Duration.ofMillis(200));
        assertThat(client.closed()).isTrue();
        assertThat(drained).isCompleted();
    }

    private static void run(Queue<Runnable> work, TestServer server) {
        for (Runnable task = work.poll(); task != null; task = work.poll()) {
            task.run();
        }
        server.loop.run();
    }

    @Test
    void drainWaitsForHandlersOfClientsThatAlreadyDisconnected() {
        Queue<Runnable> work = new ArrayDeque<>();
        TestServer server = new TestServer(options -> options.execution(HandlerExecution.pool(work::add)));
        server.io.onConnection(socket -> socket.on("save", (args, ack) -> {}));
        FakeClient client = server.open();
        client.text("40");
        run(work, server);
        client.text("42[\"save\"]");
        client.drop();
        CompletableFuture<Void> drained = server.io.drain(TIME);
        server.loop.advance(Duration.ofSeconds(5));
        assertThat(server.io.engine().clientsCount()).isZero();
        assertThat(drained).isNotDone();
        run(work, server);
        server.loop.advance(Duration.ofMillis(100));
        run(work, server);
        server.loop.advance(Duration.ofMillis(100));
        assertThat(drained).isCompleted();
    }

    @Test
    void drainingTwiceDrainsOnceAndTheServerCanBeRestarted() {
        TestServer server = new TestServer();
        FakeClient client = server.connect();
        CompletableFuture<Void> first = server.io.drain(TIME);
        CompletableFuture<Void> second = server.io.drain(Duration.ZERO);
        server.loop.run();
        assertThat(client.closed()).as("the first duration applies").isFalse();
        second.complete(null);
        assertThat(first).isNotDone();
        server.loop.advance(TIME);
        server.loop.advance(Duration.ofMillis(100));
        assertThat(first).isCompleted();
        assertThat(server.io.drain(TIME)).isCompleted();

        server.io.hostedEngine();
        assertThat(server.io.draining()).isFalse();
        server.connect();
        assertThat(server.io.engine().clientsCount()).isEqualTo(1);
    }

    @Test
    void closeEndsADrainImmediately() {
        TestServer server = new TestServer();
        List<FakeClient> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(server.connect());
        }
        CompletableFuture<Void> drained = server.io.drain(Duration.ofHours(1));
        server.loop.advance(Duration.ofSeconds(1));
        CompletableFuture<Void> closed = server.io.closeAsync();
        CompletableFuture<Void> late = server.io.drain(TIME);
        server.loop.advance(Duration.ofMillis(100));
        assertThat(clients).allMatch(FakeClient::closed);
        assertThat(closed).isCompleted();
        assertThat(drained).isCompleted();
        assertThat(late).isCompleted();
        assertThat(server.loop.timers()).isZero();
    }

    @Test
    void aZeroDrainTimeDisconnectsAllClientsImmediately() {
        TestServer server = new TestServer();
        FakeClient client = server.connect();
        CompletableFuture<Void> drained = server.io.drain(Duration.ZERO);
        server.loop.advance(Duration.ofMillis(100));
        assertThat(client.closed()).isTrue();
        assertThat(drained).isCompleted();
    }

    @Test
    void aSessionBeingAdmittedIsDrainedToo() {
        List<CompletableFuture<dev.sockeye.engineio.AllowRequest.Decision>> waiting = new ArrayList<>();
        TestServer server = new TestServer(options -> options.engine(engine -> engine.allowRequest(request -> {
            waiting.add(new CompletableFuture<>());
            return waiting.get(waiting.size() - 1);
        })));
        FakeClient late = server.open();
        CompletableFuture<Void> drained = server.io.drain(TIME);
        waiting.get(0).complete(dev.sockeye.engineio.AllowRequest.Decision.allow());
        server.loop.run();
        assertThat(late.engineSid()).isNotEmpty();
        server.loop.advance(Duration.ofSeconds(1));
        assertThat(late.closed()).as("no other client is left").isTrue();
        assertThat(drained).isCompleted();
    }

    @Test
    void drainingAStoppedServerCompletesImmediatelyAndANegativeTimeIsRejected() {
        SocketIoServer io = SocketIoServer.create();
        assertThatIllegalArgumentException().isThrownBy(() -> io.drain(Duration.ofSeconds(-1)));
        assertThat(io.drain(TIME)).isCompleted();
        assertThat(io.draining()).isFalse();
    }
}
