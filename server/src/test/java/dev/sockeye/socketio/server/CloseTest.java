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

    /** Records the calls of the adapters of all namespaces. */
    private static SocketIoServer recording(List<String> calls) {
        return recording(calls, new ArrayList<>());
    }

    /** @param onInit run by each start of an adapter */
    private static SocketIoServer recording(List<String> calls, List<Runnable> onInit) {
        return SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(namespace -> {
                    Adapter adapter = new InMemoryAdapter(namespace);
                    return (Adapter) Proxy.newProxyInstance(
                            Adapter.class.getClassLoader(), new Class<?>[] {Adapter.class}, (self, method, args) -> {
                                if (method.getName().equals("init")
                                        || method.getName().equals("close")) {
                                    calls.add(method.getName() + " " + namespace.name());
                                }
                                if (method.getName().equals("init")) {
                                    onInit.forEach(Runnable::run);
                                }
                                return method.invoke(adapter, args);
                            });
                })
                .build());
    }

    @Test
    void anAdapterThatThrowsDoesNotPreventTheCloseOfAServerThatDoesNotRun() {
        SocketIoServer io = closing(name -> {
            throw new IllegalStateException("expected in the log of this test");
        });
        assertThat(io.closeAsync()).isCompleted();
        assertThat(io.closeAsync()).isCompleted();
    }

    @Test
    void anAdapterThatThrowsDoesNotPreventTheFollowingSteps() throws IOException {
        List<String> closed = new ArrayList<>();
        SocketIoServer io = closing(name -> {
            closed.add(name);
            if (name.equals("/")) {
                throw new IllegalStateException("expected in the log of this test");
            }
            return name.equals("/null") ? null : CompletableFuture.completedFuture(null);
        });
        io.of("/null");
        io.of("/other");
        List<String> calls = new ArrayList<>();
        io.listen(new InetSocketAddress(0), (address, engine) -> host(calls, engine));
        assertThat(io.closeAsync()).succeedsWithin(Duration.ofSeconds(10));
        assertThat(closed).containsExactlyInAnyOrder("/", "/null", "/other");
        assertThat(calls).containsExactly("listen", "close");
    }

    @Test
    void aHostThatFailsToCloseIsReportedAndTheServerCanBeRestarted() throws IOException {
        SocketIoServer io = SocketIoServer.create();
        List<String> calls = new ArrayList<>();
        io.listen(new InetSocketAddress(0), (address, engine) -> failing(host(calls, engine)));
        assertThat(io.closeAsync())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withMessageContaining("expected failure");
        io.listen(new InetSocketAddress(0), (address, engine) -> host(calls, engine));
        assertThat(io.closeAsync()).succeedsWithin(Duration.ofSeconds(10));
        assertThat(calls).containsExactly("listen", "listen", "close");
    }

    private static EngineHost failing(EngineHost host) {
        return new EngineHost() {
            @Override
            public InetSocketAddress address() {
                return host.address();
            }

            @Override
            public CompletableFuture<Void> closeAsync() {
                throw new IllegalStateException("expected failure");
            }
        };
    }

    @Test
    void theStepsOfAStuckServerTakeAtMostTwiceTheCloseTimeoutTogether() throws IOException {
        FakeLoop loop = new FakeLoop();
        List<Runnable> handlers = new ArrayList<>();
        CompletableFuture<Void> never = new CompletableFuture<>();
        List<String> calls = new ArrayList<>();
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .timer(loop)
                .execution(HandlerExecution.pool(handlers::add))
                .closeTimeout(Duration.ofSeconds(4))
                .adapter(namespace -> {
                    Adapter adapter = new InMemoryAdapter(namespace);
                    return (Adapter) Proxy.newProxyInstance(
                            Adapter.class.getClassLoader(), new Class<?>[] {Adapter.class}, (self, method, args) -> {
                                if (method.getName().equals("close")) {
                                    calls.add("close adapter");
                                    return never;
                                }
                                return method.invoke(adapter, args);
                            });
                })
                .build());
        HostedEngine[] engines = new HostedEngine[1];
        io.listen(new InetSocketAddress(0), (address, engine) -> {
            engines[0] = engine;
            EngineHost host = host(calls, engine);
            return new EngineHost() {
                @Override
                public InetSocketAddress address() {
                    return host.address();
                }

                @Override
                public CompletableFuture<Void> closeAsync() {
                    calls.add("close host");
                    return never;
                }
            };
        });
        FakeClient client =
                new FakeClient(loop, FakeRequest.of("GET", "/socket.io/?EIO=4&transport=websocket", new String[0]));
        engines[0].handleUpgrade(client);
        loop.run();
        client.text("40");
        runAll(handlers, loop);
        assertThat(io.sockets().sockets()).hasSize(1);

        CompletableFuture<Void> closed = io.closeAsync();
        loop.advance(Duration.ofSeconds(4)); // the handlers never run
        assertThat(calls).containsExactly("listen", "close adapter");
        loop.advance(Duration.ofSeconds(4));
        assertThat(calls).containsExactly("listen", "close adapter", "close host");
        assertThat(closed).isCompleted();

        // the late handlers do not close the adapter of the server that runs again
        io.hostedEngine();
        runAll(handlers, loop);
        assertThat(calls).containsExactly("listen", "close adapter", "close host");
        assertThat(never).isNotDone();
    }

    private static void runAll(List<Runnable> handlers, FakeLoop loop) {
        while (!handlers.isEmpty()) {
            handlers.remove(0).run();
            loop.run();
        }
    }

    @Test
    void theAdaptersAreClosedAgainIfARestartFails() {
        List<String> calls = new ArrayList<>();
        SocketIoServer io = recording(calls);
        io.hostedEngine();
        io.closeAsync().join();
        calls.clear();
        assertThatThrownBy(() -> io.listen(new InetSocketAddress(0), (address, engine) -> {
                    throw new IOException("in use");
                }))
                .isInstanceOf(IOException.class);
        assertThat(calls).containsExactly("init /", "close /");
        io.hostedEngine();
        io.closeAsync().join();
        assertThat(calls).containsExactly("init /", "close /", "init /", "close /");
    }

    @Test
    void noAdapterRunsOnIfTheServerIsClosedDuringItsRestart() {
        List<String> calls = new ArrayList<>();
        List<Runnable> onInit = new ArrayList<>();
        SocketIoServer io = recording(calls, onInit);
        io.of("/other");
        io.hostedEngine();
        io.closeAsync().join();
        calls.clear();
        onInit.add(() -> io.closeAsync().join());
        io.hostedEngine();
        assertThat(calls).contains("init /");
        for (String namespace : List.of("/", "/other")) {
            assertThat(calls.lastIndexOf("close " + namespace))
                    .isGreaterThanOrEqualTo(calls.lastIndexOf("init " + namespace));
        }
    }

    @Test
    void theAdapterOfANamespaceCreatedAfterTheCloseIsStartedOnceWithTheServer() {
        List<String> calls = new ArrayList<>();
        SocketIoServer io = recording(calls);
        io.hostedEngine();
        io.closeAsync().join();
        calls.clear();
        io.of("/late");
        assertThat(calls).isEmpty();
        io.hostedEngine();
        assertThat(calls).containsExactly("init /", "init /late");
        io.of("/later");
        assertThat(calls).containsExactly("init /", "init /late", "init /later");
        io.closeAsync().join();
        assertThat(calls)
                .containsExactlyInAnyOrder(
                        "init /", "init /late", "init /later", "close /", "close /late", "close /later");
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
