package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.server.internal.Peek;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A timer that refuses tasks when no server uses it, as its contract allows. */
class TimerUseTest implements ServerTimer {
    private final FakeLoop loop = new FakeLoop();
    private final List<String> calls = new ArrayList<>();
    private int servers;
    private @Nullable Error failing;
    private @Nullable Error noIds;

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    @Override
    public EngineLoop.Timer schedule(Runnable task, Duration delay) {
        if (servers == 0) {
            throw new IllegalStateException("scheduled by a server that no longer uses this timer");
        }
        if (failing != null) {
            throw failing;
        }
        return loop.schedule(task, delay);
    }

    @Override
    public String randomId() {
        if (noIds != null) {
            throw noIds;
        }
        return ServerTimer.super.randomId();
    }

    @Override
    public void started() {
        servers++;
    }

    @Override
    public void ended() {
        servers--;
        calls.add("ended");
    }

    private SocketIoServer listening(CompletableFuture<Void> hostClosed) throws Exception {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .timer(this)
                .closeTimeout(Duration.ofSeconds(4))
                .build());
        io.listen(new InetSocketAddress(0), (address, engine) -> new EngineHost() {
            @Override
            public InetSocketAddress address() {
                return new InetSocketAddress("localhost", 1234);
            }

            @Override
            public CompletableFuture<Void> closeAsync() {
                calls.add("close host");
                return hostClosed;
            }
        });
        return io;
    }

    @Test
    void aServerUsesItsTimerUntilItsHostIsClosed() throws Exception {
        CompletableFuture<Void> hostClosed = new CompletableFuture<>();
        CompletableFuture<Void> closed = listening(hostClosed).closeAsync();
        assertThat(closed).isNotDone();
        assertThat(calls).containsExactly("close host");
        hostClosed.complete(null);
        assertThat(closed).isCompleted();
        assertThat(calls).containsExactly("close host", "ended");
        assertThat(loop.timers()).isZero();
    }

    @Test
    void aServerWhoseHostIsNotClosedInTimeUsesItsTimerNoLonger() throws Exception {
        CompletableFuture<Void> closed = listening(new CompletableFuture<>()).closeAsync();
        loop.advance(Duration.ofSeconds(8));
        assertThat(closed).isCompleted();
        assertThat(calls).containsExactly("close host", "ended");
    }

    @Test
    void aServerIsClosedEvenIfItsTimerFails() throws Exception {
        SocketIoServer io = listening(new CompletableFuture<>());
        failing = new LinkageError("expected in this test");
        assertThat(io.closeAsync()).isCompletedExceptionally();
        assertThat(calls).containsExactly("close host", "ended");
    }

    @Test
    void aClientWhoseSocketCannotBeCreatedGetsAConnectErrorAndCanRetry() {
        TestServer server = new TestServer(options -> options.timer(this));
        FakeClient client = server.open();
        noIds = new LinkageError("expected in the log of this test");
        client.text("40");
        assertThat(client.messages()).containsExactly("44{\"message\":\"internal server error\"}");
        noIds = null;
        client.join("/");
        client.drop();
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    /** As when the loop of the connection ends. */
    @Test
    void anEventWhoseTimeoutCannotBeScheduledIsNotSent() {
        TestServer server = new TestServer(options -> options.maxPendingAcks(1));
        FakeClient client = server.open();
        Socket socket = server.io.sockets().sockets().get(client.join("/"));
        server.loop.noTimers = true;
        assertThat(socket.timeout(Duration.ofSeconds(1)).emitWithAck("refused"))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RejectedExecutionException.class);
        assertThat(client.messages()).isEmpty();
        server.loop.noTimers = false;
        CompletableFuture<?> answer = socket.emitWithAck("question");
        server.loop.run();
        assertThat(client.messages()).hasSize(1);
        assertThat(answer).as("nothing else is pending").isNotDone();
    }
}
