package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.internal.Peek;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespacesTest {
    private final TestServer server = new TestServer();
    private final SocketIoServer io = server.io;

    @Test
    @Tag("sio.namespaces.01")
    @Tag("sio.namespaces.08")
    void theMainNamespaceAlwaysExists() {
        assertThat(io.sockets().name()).isEqualTo("/");
        assertThat(io.of("")).isSameAs(io.of("/")).isSameAs(io.sockets());
        assertThat(io.of("x").name()).isEqualTo("/x");
    }

    @Test
    @Tag("sio.namespaces.04")
    @Tag("sio.namespaces.05")
    @Tag("sio.connection-state-recovery.06")
    void aClientConnects() {
        List<Socket> sockets = new ArrayList<>();
        io.onConnection(sockets::add);
        FakeClient client = server.open();
        assertThat(client.messages()).isEmpty();
        client.text("40");
        String answer = client.next();
        assertThat(answer).matches("40\\{\"sid\":\"[A-Za-z0-9_-]{20}\"}");
        assertThat(sockets).hasSize(1);
        assertThat(sockets.get(0).id()).isEqualTo(FakeClient.sid(answer)).isNotEqualTo(client.engineSid());
        assertThat(sockets.get(0).connected()).isTrue();
        assertThat(io.sockets().sockets()).containsOnlyKeys(sockets.get(0).id());
    }

    @Test
    @Tag("sio.namespaces.07")
    @Tag("sio.namespaces.10")
    @Tag("sio.namespaces.11")
    @Tag("sio.namespaces.15")
    void eachNamespaceHasItsOwnSocketsAndHandlers() {
        List<String> seen = new ArrayList<>();
        io.onConnection(socket -> socket.on("e", () -> seen.add("/")));
        io.of("/a", socket -> socket.on("e", () -> seen.add("/a")));
        io.of("/b", socket -> socket.on("e", () -> seen.add("/b")));
        FakeClient one = server.connect();
        one.join("/a");
        one.join("/b");
        FakeClient two = server.open();
        two.join("/a");
        one.text("42/a,[\"e\"]");
        two.text("42/a,[\"e\"]");
        one.text("42[\"e\"]");
        one.text("42/b,[\"e\"]");
        assertThat(seen).containsExactly("/a", "/a", "/", "/b");
        assertThat(io.of("/a").sockets()).hasSize(2);
    }

    @Test
    void aPrependedConnectionHandlerIsCalledFirstUntilRemoved() {
        List<String> seen = new ArrayList<>();
        SocketHandler first = socket -> seen.add("tool");
        io.onConnection(socket -> seen.add("application"));
        io.sockets().prependConnection(first);
        server.connect();
        assertThat(seen).containsExactly("tool", "application");
        io.sockets().offConnection(first);
        server.connect();
        assertThat(seen).containsExactly("tool", "application", "application");
    }

    @Test
    @Tag("sio.namespaces.12")
    @Tag("sio.namespaces.13")
    void aTransportCloseDisconnectsTheSocketsOfAllNamespaces() {
        List<String> seen = new ArrayList<>();
        SocketHandler watch = socket -> {
            socket.join("room");
            socket.onDisconnecting(
                    (reason, description) -> seen.add(socket.namespace().name() + " disconnecting " + reason + " "
                            + socket.rooms().contains("room")));
            socket.onDisconnect(
                    (reason, description) -> seen.add(socket.namespace().name() + " disconnect " + reason + " "
                            + socket.rooms().size()));
        };
        io.onConnection(watch);
        io.of("/a", watch);
        FakeClient client = server.connect();
        client.join("/a");
        client.drop();
        assertThat(seen)
                .containsExactly(
                        "/ disconnecting transport close true",
                        "/ disconnect transport close 0",
                        "/a disconnecting transport close true",
                        "/a disconnect transport close 0");
        assertThat(io.sockets().sockets()).isEmpty();
        assertThat(io.sockets().adapter().rooms()).isEmpty();
        assertThat(Peek.members(io.sockets())).isZero();
        assertThat(server.loop.timers()).isZero();
    }

    @Test
    @Tag("sio.namespaces.14")
    @Tag("sio.namespaces.33")
    void connectingToAnUnknownNamespaceIsRefused() {
        FakeClient client = server.open();
        client.text("40/nope,");
        assertThat(client.next()).isEqualTo("44/nope,{\"message\":\"Invalid namespace\"}");
        io.of(Pattern.compile("^/dynamic-\\d+$"));
        client.text("40/nope,");
        assertThat(client.next()).isEqualTo("44/nope,{\"message\":\"Invalid namespace\"}");
    }

    @Test
    @Tag("sio.namespaces.23")
    @Tag("sio.socket.50")
    void reservedNamesAreRefused() {
        List<Socket> sockets = new ArrayList<>();
        io.onConnection(sockets::add);
        server.connect();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> io.emit("connect"))
                .withMessage("\"connect\" is a reserved event name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sockets.get(0).emit("connect_error"))
                .withMessage("\"connect_error\" is a reserved event name");
    }

    @Test
    @Tag("sio.namespaces.24")
    void aClientThatJoinsNoNamespaceIsClosed() {
        FakeClient client = server.open();
        FakeClient joined = server.connect();
        server.loop.advance(Duration.ofSeconds(10));
        assertThat(client.closed()).isFalse();
        // the heartbeat of both is answered
        client.text("3");
        for (int i = 0; i < 2; i++) {
            server.loop.advance(Duration.ofSeconds(17));
            client.text("3");
            joined.text("3");
        }
        server.loop.advance(Duration.ofSeconds(2));
        assertThat(client.closed()).isTrue();
        assertThat(joined.closed()).isFalse();
    }

    @Test
    @Tag("sio.namespaces.28")
    @Tag("sio.namespaces.34")
    void newNamespaceListenersAreNotifiedOnce() {
        List<String> made = new ArrayList<>();
        io.onNewNamespace(namespace -> made.add(namespace.name()));
        io.of("/static");
        io.of("/static");
        io.of(Pattern.compile("^/dynamic-\\d+$"));
        server.open().join("/dynamic-101");
        assertThat(made).containsExactly("/static", "/dynamic-101");
    }

    @Test
    @Tag("sio.namespaces.30")
    @Tag("sio.namespaces.31")
    void aPatternCreatesChildNamespaces() {
        List<String> seen = new ArrayList<>();
        ParentNamespace parent = io.of(Pattern.compile("^/dynamic-\\d+$"));
        parent.use((socket, next) -> {
            seen.add("middleware " + socket.namespaceName());
            next.next();
        });
        parent.onConnection(socket -> {
            seen.add("connection " + socket.namespaceName());
            socket.join("room");
        });
        FakeClient one = server.open();
        FakeClient two = server.open();
        one.join("/dynamic-1");
        two.join("/dynamic-2");
        two.join("/dynamic-1");
        assertThat(seen)
                .containsExactly(
                        "middleware /dynamic-1",
                        "connection /dynamic-1",
                        "middleware /dynamic-2",
                        "connection /dynamic-2",
                        "middleware /dynamic-1",
                        "connection /dynamic-1");
        parent.emit("hi", "you");
        assertThat(one.messages()).containsExactly("42/dynamic-1,[\"hi\",\"you\"]");
        assertThat(two.messages())
                .containsExactlyInAnyOrder("42/dynamic-1,[\"hi\",\"you\"]", "42/dynamic-2,[\"hi\",\"you\"]");
        parent.to("room").emit("r");
        parent.to("none").emit("r");
        assertThat(one.messages()).containsExactly("42/dynamic-1,[\"r\"]");
        assertThatThrownBy(parent::fetchSockets).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    @Tag("sio.namespaces.32")
    void aPredicateDecidesWhetherANamespaceIsCreated() {
        List<Object> auths = new ArrayList<>();
        io.of((name, auth) -> {
            auths.add(auth.get("token"));
            return CompletableFuture.completedFuture(name.equals("/yes"));
        });
        FakeClient client = server.open();
        client.text("40/yes,{\"token\":\"abc\"}");
        assertThat(client.next()).startsWith("40/yes,{\"sid\":");
        client.text("40/no,");
        assertThat(client.next()).isEqualTo("44/no,{\"message\":\"Invalid namespace\"}");
        assertThat(auths).containsExactly("abc", null);
    }

    @Test
    @Tag("sio.namespaces.35")
    void concurrentConnectsCreateAChildNamespaceOnce() {
        List<CompletableFuture<Boolean>> asked = new ArrayList<>();
        List<String> made = new ArrayList<>();
        io.onNewNamespace(namespace -> made.add(namespace.name()));
        io.of((name, auth) -> {
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        });
        FakeClient one = server.open();
        FakeClient two = server.open();
        one.text("40/d,");
        two.text("40/d,");
        asked.forEach(answer -> answer.complete(true));
        assertThat(one.next()).startsWith("40/d,{");
        assertThat(two.next()).startsWith("40/d,{");
        assertThat(made).containsExactly("/d");
        io.of("/d").emit("e");
        assertThat(one.messages()).containsExactly("42/d,[\"e\"]");
        assertThat(two.messages()).containsExactly("42/d,[\"e\"]");
    }

    @Test
    @Tag("sio.namespaces.29")
    @Tag("sio.namespaces.36")
    @Tag("sio.namespaces.37")
    void emptyChildNamespacesAreRemovedWhenCleanupIsEnabled() {
        TestServer cleaning = new TestServer(options -> options.cleanupEmptyChildNamespaces(true));
        cleaning.io.of("/static");
        ParentNamespace parent = cleaning.io.of(Pattern.compile("^/dynamic-\\d+$"));
        FakeClient client = cleaning.open();
        client.join("/static");
        client.join("/dynamic-1");
        assertThat(cleaning.io.namespaces()).containsKey("/dynamic-1");
        client.text("41/dynamic-1,").text("41/static,");
        assertThat(cleaning.io.namespaces()).containsOnlyKeys("/", "/static");
        assertThat(parent.children()).isEmpty();
        client.join("/dynamic-1");
        assertThat(cleaning.io.namespaces()).containsKey("/dynamic-1");
    }

    @Test
    void aLateAnswerIsNotTakenForTheAnswerToAnEventOfTheNextNamespaceOfThatName() {
        TestServer cleaning = new TestServer(options -> options.cleanupEmptyChildNamespaces(true));
        List<CompletableFuture<Arguments>> answers = new ArrayList<>();
        cleaning.io
                .of(Pattern.compile("^/dynamic-\\d+$"))
                .onConnection(socket -> answers.add(socket.emitWithAck("question")));
        FakeClient client = cleaning.open();
        client.join("/dynamic-1");
        client.text("41/dynamic-1,").text("40/dynamic-1,");
        client.text("43/dynamic-1,0[\"late\"]");
        assertThat(answers.get(1)).isNotDone();
        client.text("43/dynamic-1,1[\"answer\"]");
        assertThat(answers.get(1)).isCompletedWithValueMatching(args -> "answer".equals(args.get(0)));
    }

    @Test
    @Tag("sio.namespaces.38")
    @Tag("sio.namespaces.39")
    void emptyChildNamespacesAreKeptByDefault() {
        io.of(Pattern.compile("^/dynamic-\\d+$")).use((socket, next) -> {
            if (socket.handshake().auth().containsKey("no")) {
                next.fail("no");
            } else {
                next.next();
            }
        });
        FakeClient client = server.open();
        client.join("/dynamic-1");
        client.text("41/dynamic-1,");
        client.text("40/dynamic-2,{\"no\":true}");
        assertThat(client.next()).isEqualTo("44/dynamic-2,{\"message\":\"no\"}");
        assertThat(io.namespaces()).containsOnlyKeys("/", "/dynamic-1", "/dynamic-2");
    }

    @Test
    @Tag("sio.namespaces.40")
    @Tag("sio.namespaces.41")
    void anEmptyChildNamespaceIsRemovedAfterARefusedClient() {
        TestServer cleaning = new TestServer(options -> options.cleanupEmptyChildNamespaces(true));
        cleaning.io.of(Pattern.compile("^/dynamic-\\d+$")).use((socket, next) -> {
            if (socket.handshake().auth().containsKey("no")) {
                next.fail("no");
            } else {
                next.next();
            }
        });
        FakeClient refused = cleaning.open();
        refused.text("40/dynamic-1,{\"no\":true}");
        assertThat(cleaning.io.namespaces()).containsOnlyKeys("/");
        FakeClient client = cleaning.open();
        client.join("/dynamic-1");
        refused.text("40/dynamic-1,{\"no\":true}");
        assertThat(cleaning.io.namespaces()).containsOnlyKeys("/", "/dynamic-1");
    }

    @Test
    void aParentReachesItsChildrenInTheOrderOfTheirCreation() {
        TestServer cleaning = new TestServer(options -> options.cleanupEmptyChildNamespaces(true));
        ParentNamespace parent = cleaning.io.of(Pattern.compile("^/dynamic-\\d+$"));
        FakeClient client = cleaning.open();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            names.add("/dynamic-" + i * 7 % 12);
            client.join(names.get(i));
        }
        client.text("41" + names.get(3) + ",");
        client.join(names.get(3));
        names.add(names.remove(3));
        assertThat(parent.children()).extracting(Namespace::name).containsExactlyElementsOf(names);
        parent.emit("e");
        List<String> events =
                names.stream().map(name -> "42" + name + ",[\"e\"]").toList();
        assertThat(client.messages()).containsExactlyElementsOf(events);
        parent.except("none").emit("e");
        assertThat(client.messages()).containsExactlyElementsOf(events);
    }

    @Test
    @Tag("sio.namespaces.42")
    void aNamespaceCreatedByNameBelongsToTheMatchingPattern() {
        ParentNamespace parent = io.of(Pattern.compile("^/dynamic-\\d+$"));
        Namespace child = io.of("/dynamic-101");
        FakeClient client = server.open();
        client.join("/dynamic-101");
        parent.emit("e");
        assertThat(client.messages()).containsExactly("42/dynamic-101,[\"e\"]");
        assertThat(parent.children()).containsExactly(child);
    }

    @Test
    void connectsBeyondTheNamespaceLimitAreRefused() {
        TestServer few = new TestServer(options -> options.maxNamespacesPerConnection(2));
        few.io.of("/a");
        few.io.of("/b");
        FakeClient client = few.connect();
        client.join("/a");
        client.text("40/b,");
        assertThat(client.next()).isEqualTo("44/b,{\"message\":\"too many namespaces on one connection\"}");
        client.text("41/a,");
        client.join("/b");
    }

    @Test
    void aChildNamespaceIsNotKeptForAClientThatDisconnectedMeanwhile() {
        TestServer cleaning = new TestServer(options -> options.cleanupEmptyChildNamespaces(true));
        CompletableFuture<Boolean> decision = new CompletableFuture<>();
        cleaning.io.of((name, auth) -> decision);
        FakeClient client = cleaning.open();
        client.text("40/dynamic-1,");
        client.drop();
        decision.complete(true);
        cleaning.loop.run();
        assertThat(cleaning.io.namespaces()).containsOnlyKeys("/");
    }

    @Test
    void aThrowingNewNamespaceListenerDoesNotPreventConnections() {
        List<String> made = new ArrayList<>();
        io.onNewNamespace(namespace -> {
            throw new IllegalStateException("expected in the log of this test");
        });
        io.onNewNamespace(namespace -> {
            throw new LinkageError("expected in the log of this test");
        });
        io.onNewNamespace(namespace -> made.add(namespace.name()));
        io.of((name, auth) -> CompletableFuture.completedFuture(true));
        FakeClient client = server.open();
        client.join("/x");
        assertThat(io.of("/y").name()).isEqualTo("/y");
        assertThat(made).containsExactly("/x", "/y");
    }

    @Test
    @SuppressWarnings("NullAway")
    void aPredicateThatFailsRefusesTheNamespace() {
        io.of((name, auth) -> {
            if (name.equals("/error")) {
                throw new StackOverflowError("thrown by the test");
            }
            return name.equals("/null") ? null : CompletableFuture.failedFuture(new IllegalStateException("no"));
        });
        io.of(Pattern.compile("/(a|b)*"));
        FakeClient client = server.connect();
        for (String name : List.of("/error", "/null", "/future")) {
            client.text("40" + name + ",");
            assertThat(client.next()).startsWith("40" + name + ",{\"sid\"");
        }
        client.text("40/" + "ab".repeat(2000) + ",");
        assertThat(client.next()).as("the pattern may overflow the stack").matches("4[04]/abab.*");
    }

    /** The adapter cannot be created, or not be started. */
    @ParameterizedTest
    @ValueSource(strings = {"create", "init"})
    void aDynamicNamespaceWhoseAdapterFailsIsCreatedForALaterClient(String failing) {
        AtomicBoolean fails = new AtomicBoolean();
        List<String> calls = new ArrayList<>();
        TestServer server = new TestServer(options -> options.adapter(namespace -> {
            Adapter adapter = new InMemoryAdapter(namespace);
            if (fails.get() && failing.equals("create")) {
                throw new IllegalStateException("expected in the log of this test");
            }
            return (Adapter) Proxy.newProxyInstance(
                    Adapter.class.getClassLoader(), new Class<?>[] {Adapter.class}, (self, method, args) -> {
                        if (method.getName().equals("init")) {
                            if (fails.get()) {
                                throw new IllegalStateException("expected in the log of this test");
                            }
                            calls.add("init " + namespace.name());
                        }
                        return method.invoke(adapter, args);
                    });
        }));
        server.io.of(Pattern.compile("^/room-"));
        server.io.onNewNamespace(made -> calls.add("new " + made.name()));
        calls.clear();
        fails.set(true);
        FakeClient client = server.open();
        client.text("40/room-1");
        assertThat(client.next()).isEqualTo("44/room-1,{\"message\":\"Invalid namespace\"}");
        fails.set(false);
        client.text("40/room-1");
        assertThat(client.next()).startsWith("40/room-1,");
        assertThat(calls).containsExactly("init /room-1", "new /room-1");
    }

    /** As on another thread: it is found before its adapter fails to start. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNamespaceThatIsFoundWhileItsAdapterFailsIsStartedLater(boolean dynamic) {
        AtomicBoolean fails = new AtomicBoolean();
        AtomicReference<TestServer> made = new AtomicReference<>();
        List<String> calls = new ArrayList<>();
        TestServer server = new TestServer(options -> options.adapter(namespace -> {
            Adapter adapter = new InMemoryAdapter(namespace);
            return (Adapter) Proxy.newProxyInstance(
                    Adapter.class.getClassLoader(), new Class<?>[] {Adapter.class}, (self, method, args) -> {
                        if (method.getName().equals("init") && fails.get()) {
                            made.get().io.of("/late").onConnection(socket -> calls.add("connected"));
                            throw new IllegalStateException("expected in the log of this test");
                        }
                        if (method.getName().equals("init")) {
                            calls.add("init");
                        }
                        return method.invoke(adapter, args);
                    });
        }));
        made.set(server);
        calls.clear();
        if (dynamic) {
            server.io.of(Pattern.compile("^/late$"));
        }
        server.io.onNewNamespace(found -> calls.add("new"));
        fails.set(true);
        assertThatThrownBy(() -> server.io.of("/late")).isInstanceOf(IllegalStateException.class);
        fails.set(false);
        FakeClient client = server.open();
        client.text("40/late");
        assertThat(client.next()).startsWith("40/late,");
        assertThat(calls).containsExactly("init", "new", "connected");
    }
}
