package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.server.internal.Peek;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private final TestServer server = new TestServer(options -> options.connectionStateRecovery(true));
    private final SocketIoServer io = server.io;
    private final List<Socket> sockets = new ArrayList<>();
    private final List<String> middlewares = new ArrayList<>();

    RecoveryTest() {
        io.use((socket, next) -> {
            middlewares.add(socket.id());
            next.next();
        });
        io.onConnection(sockets::add);
    }

    /** The offset at the end of an event. */
    private static String offset(String event) {
        Matcher matcher = Pattern.compile("\"([^\"]+)\"]$").matcher(event);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @Test
    @Tag("sio.connection-state-recovery.01")
    @Tag("sio.connection-state-recovery.02")
    @Tag("sio.connection-state-recovery.03")
    void aReconnectingClientReceivesMissedEvents() {
        FakeClient client = server.open();
        client.text("40");
        String hello = client.next();
        String sid = FakeClient.sid(hello);
        String pid = FakeClient.pid(hello);
        Socket first = sockets.get(0);
        first.join("room1");
        first.data().put("key", "value");
        io.emit("first");
        String event = client.next();
        assertThat(event).matches("42\\[\"first\",\"[^\"]+\"]");
        client.drop();
        assertThat(io.sockets().sockets()).isEmpty();
        io.emit("all");
        io.to("room1").emit("room", 1);
        io.to("other").emit("not for me");
        io.to(sid).emit("direct");
        io.except("room1").emit("not for me");
        io.asVolatile().emit("not kept");
        io.to("room1").to("other").emit("once");

        FakeClient back = server.open();
        back.text("40{\"pid\":\"" + pid + "\",\"offset\":\"" + offset(event) + "\"}");
        List<String> got = back.messages();
        assertThat(got).hasSize(5);
        assertThat(got.get(0)).startsWith("42[\"all\",\"");
        assertThat(got.get(1)).startsWith("42[\"room\",1,\"");
        assertThat(got.get(2)).startsWith("42[\"direct\",\"");
        assertThat(got.get(3)).startsWith("42[\"once\",\"");
        assertThat(got.get(4)).isEqualTo(hello);
        Socket second = sockets.get(1);
        assertThat(second.id()).isEqualTo(sid);
        assertThat(second.recovered()).isTrue();
        assertThat(second.rooms()).containsExactlyInAnyOrder(sid, "room1");
        assertThat(second.data()).containsEntry("key", "value");
        assertThat(middlewares).hasSize(1);
        second.emit("live");
        assertThat(back.next()).startsWith("42[\"live\",\"");
    }

    /** Official clients keep events that arrive before CONNECT: if they lose the connection in between, they deliver them twice. */
    @Test
    void onePollReceivesAllMissedEventsAndConnect() {
        String old = server.poll();
        server.post(old, "40");
        String hello = server.get(old).body();
        io.emit("first");
        String offset = offset(server.get(old).body());
        server.post(old, "1");
        io.emit("second");
        io.emit("third", new byte[] {1});

        String back = server.poll();
        FakeExchange poll = server.get(back);
        server.post(back, "40{\"pid\":\"" + FakeClient.pid(hello) + "\",\"offset\":\"" + offset + "\"}");
        String[] got = poll.body().split("\u001e");
        assertThat(got).hasSize(4);
        assertThat(got[0]).startsWith("42[\"second\",");
        assertThat(got[1]).startsWith("451-[\"third\",");
        assertThat(got[2]).isEqualTo("bAQ==");
        assertThat(got[3]).isEqualTo(hello);
    }

    @Test
    @Tag("sio.connection-state-recovery.04")
    void middlewaresRunForARecoveredSocketWhenSkipMiddlewaresIsFalse() {
        TestServer strict =
                new TestServer(options -> options.connectionStateRecovery(recovery -> recovery.skipMiddlewares(false)));
        List<Boolean> seen = new ArrayList<>();
        strict.io.use((socket, next) -> {
            seen.add(socket.recovered());
            next.next();
        });
        FakeClient client = strict.open();
        client.text("40");
        String pid = FakeClient.pid(client.next());
        strict.io.emit("e");
        String offset = offset(client.next());
        client.drop();
        FakeClient back = strict.open();
        back.text("40{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}");
        assertThat(FakeClient.pid(back.next())).isEqualTo(pid);
        assertThat(seen).containsExactly(false, true);
    }

    /** Otherwise its connection would exceed the outbound limit and be closed at each reconnection, forever. */
    @Test
    void aClientThatMissedMoreThanTheOutboundLimitIsNotRecovered() {
        TestServer small = new TestServer(
                options -> options.connectionStateRecovery(true).engine(engine -> engine.maxOutboundBytes(10_000)));
        FakeClient client = small.open();
        client.text("40");
        String pid = FakeClient.pid(client.next());
        small.io.emit("e");
        String offset = offset(client.next());
        client.drop();
        String much = "x".repeat(1_000);
        for (int i = 0; i < 7; i++) {
            small.io.emit("much", much);
        }
        FakeClient within = small.open();
        within.text("40{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}");
        List<String> messages = within.messages();
        assertThat(messages).hasSize(8);
        assertThat(FakeClient.pid(messages.get(7))).isEqualTo(pid);
        within.drop();
        small.io.emit("much", much);
        FakeClient beyond = small.open();
        beyond.text("40{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}");
        List<String> anew = beyond.messages();
        assertThat(anew).hasSize(1);
        assertThat(FakeClient.pid(anew.get(0))).isNotEqualTo(pid);
    }

    /** A handler of the old connection never ends: otherwise the client could not connect again for as long. */
    @Test
    void aClientWhoseOldConnectionIsBusyGetsANewSessionAfterAWhile() {
        Deque<Runnable> pool = new ArrayDeque<>();
        TestServer pooled = new TestServer(
                options -> options.connectionStateRecovery(true).execution(HandlerExecution.pool(pool::add)));
        FakeClient old = pooled.open();
        old.text("40");
        pool.remove().run();
        String pid = FakeClient.pid(old.next());
        pooled.io.emit("e");
        String offset = offset(old.next());
        old.text("42[\"stuck\"]");
        Runnable stuck = pool.remove();
        FakeClient back = pooled.open();
        back.text("40{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}");
        pool.remove().run();
        pooled.loop.advance(Duration.ofMillis(1_999));
        assertThat(back.messages()).isEmpty();
        assertThat(pool).isEmpty();
        pooled.loop.advance(Duration.ofMillis(1));
        pool.remove().run();
        assertThat(FakeClient.pid(back.next())).isNotEqualTo(pid);
        assertThat(old.closed()).isFalse();

        stuck.run();
        assertThat(old.closed()).isTrue();
        while (!pool.isEmpty()) {
            pool.remove().run();
        }
        assertThat(back.messages()).isEmpty();
        assertThat(pooled.io.sockets().sockets()).hasSize(1);
        back.drop();
        while (!pool.isEmpty()) {
            pool.remove().run();
        }
        assertThat(Peek.members(pooled.io.sockets())).isZero();
    }

    @Test
    @Tag("sio.connection-state-recovery.05")
    void anUnknownSessionIsNotRecovered() {
        FakeClient client = server.open();
        client.text("40{\"pid\":\"foo\",\"offset\":\"bar\"}");
        assertThat(FakeClient.pid(client.next())).isNotEqualTo("foo");
        assertThat(sockets.get(0).recovered()).isFalse();
    }

    @Test
    @Tag("sio.connection-state-recovery.07")
    void withoutRecoveryTheAdapterIsNotQueriedForSessions() {
        List<String> calls = new ArrayList<>();
        TestServer plain = new TestServer(options -> options.adapter(namespace -> {
            Adapter real = new dev.sockeye.socketio.adapter.InMemoryAdapter(namespace);
            return (Adapter) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Adapter.class}, (proxy, method, args) -> {
                        calls.add(method.getName());
                        return method.invoke(real, args);
                    });
        }));
        FakeClient client = plain.open();
        client.text("40{\"pid\":\"foo\",\"offset\":\"bar\"}");
        assertThat(client.next()).doesNotContain("pid");
        client.drop();
        assertThat(calls).isNotEmpty().doesNotContain("persistSession", "restoreSession");
    }

    @Test
    void aClientWithoutAnOffsetIsRecovered() {
        FakeClient client = server.open();
        client.text("40");
        String hello = client.next();
        client.drop();
        io.emit("missed");
        FakeClient back = server.open();
        back.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\"}");
        List<String> got = back.messages();
        assertThat(got.get(0)).startsWith("42[\"missed\",");
        assertThat(got.get(1)).isEqualTo(hello);
        assertThat(sockets.get(1).recovered()).isTrue();
    }

    @Test
    void aConnectionThatIsStillAliveIsClosedAndReplaced() {
        List<String> ends = new ArrayList<>();
        FakeClient client = server.open();
        client.text("40");
        String hello = client.next();
        Socket first = sockets.get(0);
        first.join("room");
        first.onDisconnect((reason, details) -> ends.add(reason + ": " + details.description()));
        io.emit("e");
        String offset = offset(client.next());
        FakeClient back = server.open();
        back.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\",\"offset\":\"" + offset + "\"}");
        assertThat(back.next()).isEqualTo(hello);
        assertThat(client.closed()).isTrue();
        assertThat(ends).containsExactly("forced server close: the client has come back on another connection");
        assertThat(io.sockets().sockets()).hasSize(1);
        assertThat(sockets.get(1).rooms()).contains("room");
    }

    @Test
    void aSessionExpires() {
        FakeClient client = server.open();
        client.text("40");
        String hello = client.next();
        io.emit("e");
        String offset = offset(client.next());
        client.drop();
        server.loop.advance(Duration.ofMinutes(2).plusMillis(1));
        FakeClient back = server.open();
        back.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\",\"offset\":\"" + offset + "\"}");
        assertThat(FakeClient.sid(back.next())).isNotEqualTo(FakeClient.sid(hello));
        back.drop();
        server.loop.advance(Duration.ofMinutes(10));
        assertThat(server.loop.timers()).isZero();
    }

    @Test
    void aClientThatDisconnectedOnItsOwnIsNotRecovered() {
        FakeClient client = server.open();
        client.text("40");
        String hello = client.next();
        client.text("41");
        client.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\"}");
        assertThat(FakeClient.sid(client.next())).isNotEqualTo(FakeClient.sid(hello));
    }

    @Test
    void eventsWithAnAcknowledgementCarryNoOffset() {
        FakeClient client = server.open();
        client.text("40");
        client.next();
        sockets.get(0).emitWithAck("q");
        assertThat(client.next()).isEqualTo("420[\"q\"]");
    }

    @Test
    void eventsEmittedToADisconnectedSocketAreDeliveredOnRecovery() {
        FakeClient client = server.open();
        client.text("40");
        String hello = client.next();
        Socket old = sockets.get(0);
        old.onDisconnect((reason, description) -> old.emit("while leaving"));
        client.drop();
        old.emit("while away", 1);
        old.asVolatile().emit("not kept");
        FakeClient back = server.open();
        back.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\"}");
        List<String> got = back.messages();
        assertThat(got).hasSize(3);
        assertThat(got.get(0)).startsWith("42[\"while leaving\",");
        assertThat(got.get(1)).startsWith("42[\"while away\",1,");
        assertThat(got.get(2)).isEqualTo(hello);
        back.text("41");
        sockets.get(1).emit("to nobody");
        assertThat(back.messages()).isEmpty();
    }

    @Test
    void sessionsSurviveARestartOfTheServer() {
        FakeClient client = server.open();
        client.text("40");
        String hello = client.next();
        var closed = io.closeAsync();
        for (int i = 0; i < 10; i++) {
            server.loop.advance(Duration.ofMillis(5));
        }
        assertThat(closed).isCompleted();
        io.hostedEngine();
        io.emit("meanwhile");
        FakeClient back = server.open();
        back.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\"}");
        List<String> got = back.messages();
        assertThat(got).hasSize(2);
        assertThat(got.get(0)).startsWith("42[\"meanwhile\",");
        assertThat(got.get(1)).isEqualTo(hello);
        assertThat(sockets.get(1).recovered()).isTrue();
    }

    @Test
    void onlyOneOfTwoClientsWithTheSameSessionIsRecovered() {
        List<Next> waiting = new ArrayList<>();
        TestServer strict =
                new TestServer(options -> options.connectionStateRecovery(recovery -> recovery.skipMiddlewares(false)));
        FakeClient first = strict.open();
        first.text("40");
        String hello = first.next();
        strict.io.emit("e");
        String again = "40{\"pid\":\"" + FakeClient.pid(hello) + "\",\"offset\":\"" + offset(first.next()) + "\"}";
        strict.io.use((socket, next) -> waiting.add(next));
        FakeClient second = strict.open();
        FakeClient third = strict.open();
        second.text(again);
        third.text(again);
        assertThat(first.closed()).isTrue();
        assertThat(waiting).hasSize(2);
        waiting.forEach(Next::next);
        assertThat(FakeClient.sid(second.next())).isEqualTo(FakeClient.sid(hello));
        assertThat(FakeClient.sid(third.next())).isNotEqualTo(FakeClient.sid(hello));
        assertThat(strict.io.sockets().sockets()).hasSize(2);
        // one that holds the id lives: the next one takes it over
        waiting.clear();
        FakeClient fourth = strict.open();
        fourth.text(again);
        assertThat(second.closed()).isTrue();
        waiting.forEach(Next::next);
        assertThat(FakeClient.sid(fourth.next())).isEqualTo(FakeClient.sid(hello));
        assertThat(strict.io.sockets().sockets()).hasSize(2);
        third.drop();
        fourth.drop();
        assertThat(Peek.members(strict.io.sockets())).isZero();
    }

    @Test
    void aSessionRemainsRecoverableAfterItsClientDisconnectsDuringRecovery() {
        List<Next> waiting = new ArrayList<>();
        TestServer strict =
                new TestServer(options -> options.connectionStateRecovery(recovery -> recovery.skipMiddlewares(false)));
        FakeClient first = strict.open();
        first.text("40");
        String hello = first.next();
        strict.io.emit("e");
        String again = "40{\"pid\":\"" + FakeClient.pid(hello) + "\",\"offset\":\"" + offset(first.next()) + "\"}";
        first.drop();
        strict.io.use((socket, next) -> waiting.add(next));
        FakeClient second = strict.open();
        second.text(again);
        second.drop();
        FakeClient third = strict.open();
        third.text(again);
        waiting.forEach(Next::next);
        assertThat(FakeClient.sid(third.next())).isEqualTo(FakeClient.sid(hello));
        third.drop();
        assertThat(Peek.members(strict.io.sockets())).isZero();
    }
}
