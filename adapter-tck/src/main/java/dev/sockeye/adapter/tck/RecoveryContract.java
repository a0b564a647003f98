package dev.sockeye.adapter.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connection state recovery on any server. */
abstract class RecoveryContract extends FaultsContract {

    private void assumeRecovery() {
        assumeTrue(broker().recovers(), "this adapter has no connection state recovery");
    }

    /** Returns a client that has received an event and left the server, after the server has detected it. */
    private TestClient leaveFor(TestServer from, TestServer to) throws Exception {
        TestClient client = new TestClient(io, from, "/");
        client.set("room", "joe");
        from.io.to(client.id()).emit("event", "first");
        assertThat(client.next().get(0)).isEqualTo("first");
        client.way.cut(); // it does not reconnect before the test allows it
        client.leaveFor(to);
        until(() -> !from.ids().contains(client.id()));
        return client;
    }

    /** Starts a server and waits until its adapter has reached the broker: before that, its events have no offset. */
    private TestServer startReadyServer() throws Exception {
        TestServer server = startServer();
        until(() -> server.ids().size() == servers.size());
        return server;
    }

    private static List<Object> received(TestClient client) throws InterruptedException {
        List<Object> labels = new ArrayList<>();
        client.labels().forEach(label -> labels.add(String.valueOf(label)));
        return labels;
    }

    @Test
    void aClientRecoversItsSessionAndMissedEventsOnAnotherServer() throws Exception {
        assumeRecovery();
        TestServer from = servers.get(0);
        TestServer to = servers.get(1);
        try (TestClient client = leaveFor(from, to)) {
            String id = client.id();
            from.io.emit("event", "to all");
            from.io.to("room").emit("event", "to its room");
            from.io.to("elsewhere").emit("event", "to another room");
            from.io.except("room").emit("event", "except its room");
            from.io.to(id).emit("event", "to itself");
            client.way.heal();
            client.awaitConnected();
            TestClient.end(from);
            assertThat(client.socket.recovered()).isTrue();
            assertThat(client.id()).isEqualTo(id);
            assertThat(received(client)).containsExactly("to all", "to its room", "to itself");
            assertThat(servers.get(2).ids("room")).containsExactly(id);
            assertThat(servers.get(2).dataOf(id)).isEqualTo(Map.of("name", "joe"));
        }
    }

    /** The other server has passed the events before it has the namespace. */
    @Test
    void aClientRecoversInANamespaceCreatedLaterOnItsNewServer() throws Exception {
        assumeRecovery();
        TestServer from = servers.get(0);
        TestServer to = servers.get(1);
        String late = "/late-" + System.nanoTime();
        from.io.of(late).onConnection(socket -> {});
        try (TestClient client = new TestClient(io, from, late);
                TestClient witness = new TestClient(io, to, "/")) {
            int arguments;
            do {
                from.io.of(late).emit("event", "first");
                arguments = client.next().size();
            } while (arguments == 1); // until the namespace has reached the broker, events have no offset
            client.way.cut(); // it does not reconnect before the test allows it
            client.leaveFor(to);
            until(() -> from.io.of(late).sockets().isEmpty());
            from.io.of(late).emit("event", "missed");
            TestClient.end(from);
            witness.labels(); // so the other server has read what came before
            to.io.of(late).onConnection(socket -> {});
            client.way.heal();
            client.awaitConnected();
            to.io.of(late).emit("event", "live");
            assertThat(client.socket.recovered()).isTrue();
            assertThat(client.next().get(0)).isEqualTo("missed");
            assertThat(client.next().get(0)).isEqualTo("live");
        }
    }

    @Test
    void aClientRecoversOnAServerStartedAfterItsDisconnect() throws Exception {
        assumeRecovery();
        TestServer first = startReadyServer();
        TestClient client = leaveFor(first, servers.get(0));
        first.io.emit("event", "missed");
        first.close();
        TestServer second = startServer();
        client.way.target(second.io.port());
        try {
            client.way.heal();
            client.awaitConnected();
            until(() -> second.ids().size() == servers.size() + 1);
            TestClient.end(second);
            assertThat(client.socket.recovered()).isTrue();
            assertThat(received(client)).containsExactly("missed");
        } finally {
            client.close();
            second.close();
        }
    }

    @Test
    void eventsSentWhileAClientMovesBetweenServersArriveOnceAndInOrder() throws Exception {
        assumeRecovery();
        TestServer sender = servers.get(2);
        AtomicBoolean moving = new AtomicBoolean(true);
        List<Integer> sent = new ArrayList<>();
        try (TestClient client = new TestClient(io, servers.get(0), "/")) {
            Thread emitting = new Thread(() -> {
                while (moving.get()) {
                    sender.io.emit("event", sent.size());
                    sent.add(sent.size());
                    LockSupport.parkNanos(2_000_000);
                }
            });
            emitting.start();
            try {
                for (int i = 1; i <= 6; i++) {
                    client.next(); // from now on it has an offset
                    client.comeBack(servers.get(i % 2));
                    assertThat(client.socket.recovered()).as("move " + i).isTrue();
                }
            } finally {
                moving.set(false);
                emitting.join();
            }
            TestClient.end(sender);
            List<@Nullable Object> rest = client.labels();
            List<Object> expected =
                    IntStream.range(6, sent.size()).<Object>mapToObj(n -> n).toList();
            assertThat(rest).isEqualTo(expected);
        }
    }

    @Test
    void aClientOfAServerCutOffFromTheBrokerRecoversOnAnotherServer() throws Exception {
        assumeRecovery();
        assumeTrue(broker().keepsLiveSessions(), "this adapter stores no sessions of connected clients");
        assumeTrue(broker().canCut(), "the nodes of this broker cannot be cut off by the test");
        TestServer dying = startReadyServer();
        try (TestClient client = new TestClient(io, dying, "/")) {
            client.set("room", "joe");
            String id = client.id();
            until(() -> servers.get(0).ids("room").contains(id));
            servers.get(0).io.to("room").emit("event", "first");
            assertThat(client.next().get(0)).isEqualTo("first");
            awaitStored();
            dying.node.cut();
            servers.get(1).io.to("room").emit("event", "missed");
            client.comeBack(servers.get(0));
            servers.get(1).io.to("room").emit("event", "live");
            TestClient.end(servers.get(1));
            assertThat(client.socket.recovered()).isTrue();
            assertThat(client.id()).isEqualTo(id);
            assertThat(received(client)).containsExactly("missed", "live");
            dying.node.heal();
            until(() -> dying.io.of("/").adapter().sockets(Set.of()).join().isEmpty());
        } finally {
            dying.close();
        }
    }

    /** The rooms of a session are stored a few milliseconds after they have changed. */
    private static void awaitStored() {
        Awaitility.await().pollDelay(Duration.ofMillis(500)).until(() -> true);
    }
}
