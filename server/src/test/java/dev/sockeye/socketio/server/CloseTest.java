package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.server.internal.Peek;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CloseTest {

    @Test
    @Tag("sio.close.06")
    void aSecondConnectClosesTheConnection() {
        TestServer server = new TestServer();
        String url = server.poll();
        server.post(url, "40");
        assertThat(server.get(url).body()).startsWith("40{");
        server.post(url, "40");
        assertThat(drain(server, url)).isEqualTo("6\u001e1");
    }

    @Test
    @Tag("sio.close.07")
    void anEventBeforeConnectClosesTheConnection() {
        TestServer server = new TestServer();
        List<Object> seen = new ArrayList<>();
        server.io.onConnection(seen::add);
        String url = server.poll();
        server.post(url, "42[\"some event\"]");
        assertThat(drain(server, url)).isEqualTo("6\u001e1");
        assertThat(seen).isEmpty();
    }

    @Test
    @Tag("sio.close.08")
    void anUndecodablePacketClosesTheConnection() {
        TestServer server = new TestServer();
        String url = server.poll();
        server.post(url, "40");
        server.post(url, "4abc");
        String first = server.get(url).body();
        assertThat(first).startsWith("40{");
        assertThat(first.contains("\u001e1") ? "6\u001e1" : drain(server, url)).isEqualTo("6\u001e1");
    }

    /** The packets that the client receives until the session has ended. */
    private static String drain(TestServer server, String url) {
        FakeExchange poll = server.get(url);
        server.loop.advance(Duration.ofSeconds(1));
        return poll.body();
    }

    @Test
    @Tag("sio.close.03")
    @Tag("sio.close.04")
    void closingAServerThatIsNotRunningSucceeds() {
        SocketIoServer io = SocketIoServer.create();
        assertThat(io.closeAsync()).isCompleted();
        io.close();
        assertThat(io.closeAsync()).isCompleted();
        assertThatThrownBy(io::port).hasMessage("the server does not listen");
    }

    private static SocketIoServer closing(Function<String, CompletableFuture<Void>> close) {
        return SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(namespace -> {
                    Adapter adapter = new InMemoryAdapter(namespace);
                    return (Adapter) Proxy.newProxyInstance(
                            Adapter.class.getClassLoader(),
                            new Class<?>[] {Adapter.class},
                            (self, method, args) -> method.getName().equals("close")
                                    ? close.apply(namespace.name())
                                    : method.invoke(adapter, args));
                })
                .build());
    }

    @Test
    void closingTwiceClosesOnceAndTheReturnedFuturesAreIndependent() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        AtomicInteger closes = new AtomicInteger();
        SocketIoServer io = closing(name -> {
            closes.incrementAndGet();
            return ended;
        });
        io.hostedEngine();
        CompletableFuture<Void> first = io.closeAsync();
        CompletableFuture<Void> second = io.closeAsync();
        second.complete(null);
        assertThat(first).isNotDone();
        assertThat(io.closeAsync()).isNotDone();
        ended.complete(null);
        assertThat(first).succeedsWithin(Duration.ofSeconds(10));
        assertThat(closes).hasValue(1);
    }

    @Test
    void tryWithResourcesClosesAServerThatWasNeverStarted() {
        List<String> closed = new ArrayList<>();
        try (SocketIoServer io = closing(name -> {
            closed.add(name);
            return CompletableFuture.completedFuture(null);
        })) {
            io.of("/other");
        }
        assertThat(closed).containsExactlyInAnyOrder("/", "/other");
    }

    @Test
    void closingDisconnectsAllClientsAndTheServerCanBeRestarted() {
        TestServer server = new TestServer();
        List<String> seen = new ArrayList<>();
        server.io.onConnection(socket -> socket.onDisconnect((reason, description) -> seen.add(reason.text())));
        FakeClient one = server.connect();
        FakeClient two = server.open();
        CompletableFuture<Void> closed = server.io.closeAsync();
        for (int i = 0; i < 10; i++) {
            server.loop.advance(Duration.ofMillis(5));
        }
        assertThat(closed).isCompleted();
        assertThat(seen).containsExactly("server shutting down");
        assertThat(one.messages()).doesNotContain("41");
        assertThat(one.closed()).isTrue();
        assertThat(two.closed()).isTrue();
        assertThat(server.io.engine().clientsCount()).isZero();
        assertThat(server.loop.timers()).isZero();
        assertThat(server.io.closeAsync()).isCompleted();

        server.io.hostedEngine();
        FakeClient three = server.connect();
        server.io.emit("again");
        assertThat(three.messages()).containsExactly("42[\"again\"]");
    }

    @Test
    void aClosingServerRejectsNewClients() {
        TestServer server = new TestServer();
        List<String> seen = new ArrayList<>();
        server.io.onConnection(socket -> seen.add("connection"));
        server.io.of("/other").onConnection(socket -> seen.add("other"));
        String slow = server.poll();
        server.post(slow, "40");
        seen.clear();
        CompletableFuture<Void> closed = server.io.closeAsync();
        server.loop.run();
        assertThat(closed).isNotDone(); // until the client polls
        FakeClient late = server.open();
        assertThat(late.closed()).isTrue();
        server.get(slow);
        server.get(slow);
        for (int i = 0; i < 10; i++) {
            server.loop.advance(Duration.ofMillis(5));
        }
        assertThat(closed).isCompleted();
        assertThat(seen).isEmpty();
        assertThat(server.io.engine().clientsCount()).isZero();
    }

    @Test
    void aClientThatIsJoiningWhenTheServerClosesDoesNotReachTheHandlers() {
        TestServer server = new TestServer();
        List<String> seen = new ArrayList<>();
        List<Next> waiting = new ArrayList<>();
        server.io.use((socket, next) -> waiting.add(next));
        server.io.onConnection(socket -> seen.add("connection"));
        FakeClient client = server.open();
        client.text("40");
        assertThat(waiting).hasSize(1);
        FakeClient other = server.open();
        server.poll(); // holds up the close
        CompletableFuture<Void> closed = server.io.closeAsync();
        other.text("40");
        waiting.get(0).next();
        for (int i = 0; i < 10; i++) {
            server.loop.advance(Duration.ofMillis(5));
        }
        server.loop.advance(Duration.ofSeconds(20));
        assertThat(closed).isCompleted();
        assertThat(waiting).hasSize(1);
        assertThat(seen).isEmpty();
        assertThat(client.messages()).noneMatch(message -> message.startsWith("40"));
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    @Test
    void hostsAndAdaptersAreCalledWithoutHoldingALock() throws IOException {
        List<Boolean> locked = new ArrayList<>();
        List<Object> monitors = new ArrayList<>();
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(namespace -> {
                    locked.add(monitors.stream().anyMatch(Thread::holdsLock));
                    return new dev.sockeye.socketio.adapter.InMemoryAdapter(namespace);
                })
                .build());
        monitors.addAll(Peek.monitors(io));
        io.of("/new");
        io.listen(new InetSocketAddress(0), (address, engine) -> {
            locked.add(monitors.stream().anyMatch(Thread::holdsLock));
            return host(new ArrayList<>(), engine);
        });
        assertThat(locked).containsExactly(false, false, false);
        io.closeAsync().join();
    }

    @Test
    void closingTheServerClosesTheHostItListensOn() throws IOException {
        SocketIoServer io = SocketIoServer.create();
        List<String> calls = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            io.listen(new InetSocketAddress("localhost", 0), (address, engine) -> host(calls, engine));
            assertThat(io.port()).isEqualTo(1234);
            assertThatIllegalStateException()
                    .isThrownBy(() -> io.listen(new InetSocketAddress(0), (address, engine) -> host(calls, engine)));
            io.closeAsync().join();
            assertThatIllegalStateException().isThrownBy(io::port);
        }
        assertThat(calls).containsExactly("listen", "close", "listen", "close");
    }

    @Test
    void aPortThatCannotBeBoundLeavesTheServerStopped() throws IOException {
        SocketIoServer io = SocketIoServer.create();
        assertThatThrownBy(() -> io.listen(new InetSocketAddress(0), (address, engine) -> {
                    throw new IOException("in use");
                }))
                .isInstanceOf(IOException.class);
        List<String> calls = new ArrayList<>();
        io.listen(new InetSocketAddress(0), (address, engine) -> host(calls, engine));
        io.closeAsync().join();
    }

    private static EngineHost host(List<String> calls, HostedEngine engine) {
        assertThat(engine.matches("/socket.io/")).isTrue();
        calls.add("listen");
        return new EngineHost() {
            @Override
            public InetSocketAddress address() {
                return new InetSocketAddress("localhost", 1234);
            }

            @Override
            public CompletableFuture<Void> closeAsync() {
                calls.add("close");
                return CompletableFuture.completedFuture(null);
            }
        };
    }
}
