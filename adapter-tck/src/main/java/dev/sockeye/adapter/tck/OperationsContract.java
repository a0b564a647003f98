package dev.sockeye.adapter.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.adapter.cluster.ClusterTimeoutException;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.RemoteSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What every server of a cluster can do with all clients: three servers with one client each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OperationsContract {
    private static final int SERVERS = 3;
    private static final int SENDERS = 2;
    private static final int EVENTS = 300;

    final List<TestServer> servers = new ArrayList<>();
    final List<TestClient> clients = new ArrayList<>();
    final SocketIoClient io = SocketIoClient.create();
    private @Nullable ClusterBroker broker;

    /**
     * Starts the broker, once for all tests of the class.
     *
     * @return the broker, without any messages of earlier runs
     */
    protected abstract ClusterBroker startBroker() throws Exception;

    final ClusterBroker broker() {
        if (broker == null) {
            throw new IllegalStateException("no broker");
        }
        return broker;
    }

    final TestServer startServer() throws Exception {
        return new TestServer(broker().node(), broker().recovers());
    }

    static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(TestServer.PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptions()
                .until(condition);
    }

    @BeforeAll
    final void startCluster() throws Exception {
        broker = startBroker();
        for (int i = 0; i < SERVERS; i++) {
            servers.add(startServer());
        }
        for (TestServer server : servers) {
            clients.add(new TestClient(io, server, "/"));
        }
    }

    @AfterAll
    final void endCluster() throws Exception {
        clients.forEach(TestClient::close);
        io.close();
        for (TestServer server : servers) {
            server.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    /** Waits until all servers know each other and no messages are pending. */
    @BeforeEach
    final void awaitCluster() throws Exception {
        settle();
    }

    final void settle() throws Exception {
        for (TestClient client : clients) {
            client.awaitConnected();
            client.reply(null);
        }
        Set<String> all = Set.of(id(0), id(1), id(2));
        for (TestServer server : servers) {
            until(() ->
                    server.ids().equals(all) && server.adapter().serverCount().join() == SERVERS);
            server.answer(null);
        }
        for (TestServer server : servers) {
            TestClient.end(server);
            for (TestClient client : clients) {
                client.untilEnd(1);
            }
        }
        servers.forEach(server -> server.serverEvents.clear());
    }

    final String id(int client) {
        return clients.get(client).id();
    }

    /** Checks that these clients, and no others, have received these labels since the last end event. */
    final void assertReceived(TestServer sender, Map<Integer, List<Object>> expected) throws InterruptedException {
        TestClient.end(sender);
        for (int i = 0; i < clients.size(); i++) {
            assertThat(clients.get(i).labels())
                    .as("client " + i + ", sent by server " + servers.indexOf(sender))
                    .isEqualTo(expected.getOrDefault(i, List.of()));
        }
    }

    final void setRooms() {
        clients.get(0).set("a", "zero");
        clients.get(1).set("a", "one");
        clients.get(1).set("b", "one");
        clients.get(2).set("b", "two");
        // an adapter may take some time until the events of a new room reach its server
        for (TestServer sender : servers) {
            until(() -> {
                sender.io.to("a").emit("event", "probe a");
                sender.io.to("b").emit("event", "probe b");
                TestClient.end(sender);
                List<Object> labels = new ArrayList<>();
                for (TestClient client : clients) {
                    labels.add(client.labels());
                }
                return labels.equals(List.of(List.of("probe a"), List.of("probe a", "probe b"), List.of("probe b")));
            });
        }
    }

    final void clearRooms() {
        servers.get(0).io.socketsLeave("a", "b");
        until(() -> servers.stream().allMatch(server -> server.ids("a", "b").isEmpty()));
    }

    @Test
    void aBroadcastReachesTheClientsOfAllServersWithItsArguments() throws Exception {
        Map<String, Object> nested = Map.of("list", List.of(1, "two", true), "text", "ü\u2028\"");
        for (TestServer sender : servers) {
            sender.io.emit("event", "e", -7, 1.5, 4294967296L, nested);
            TestClient.end(sender);
            for (TestClient client : clients) {
                assertThat(client.untilEnd(5)).hasSize(1).first().satisfies(event -> {
                    assertThat(event.get(0)).isEqualTo("e");
                    assertThat(((Number) event.get(1)).longValue()).isEqualTo(-7);
                    assertThat(((Number) event.get(2)).doubleValue()).isEqualTo(1.5);
                    assertThat(((Number) event.get(3)).longValue()).isEqualTo(4294967296L);
                    assertThat(event.get(4)).isEqualTo(nested);
                });
            }
        }
    }

    @Test
    void binaryArgumentsArriveUnchanged() throws Exception {
        byte[] bytes = new byte[1000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        for (TestServer sender : servers) {
            sender.io.emit("event", "binary", Map.of("bytes", bytes));
            TestClient.end(sender);
            for (TestClient client : clients) {
                List<List<@Nullable Object>> events = client.untilEnd(2);
                assertThat(events).hasSize(1);
                assertThat(((Map<?, ?>) events.get(0).get(1)).get("bytes")).isEqualTo(bytes);
            }
        }
    }

    @Test
    void anEventOf200KilobytesArrives() throws Exception {
        String text = "x".repeat(200_000);
        servers.get(0).io.emit("event", "large", text);
        TestClient.end(servers.get(0));
        for (TestClient client : clients) {
            assertThat(client.untilEnd(2)).containsExactly(List.of("large", text));
        }
    }

    @Test
    void broadcastsRespectRoomsAndExceptOnAllServers() throws Exception {
        setRooms();
        for (TestServer sender : servers) {
            sender.io.to("a").emit("event", "to a");
            sender.io.to("a", "b").emit("event", "to both");
            sender.io.except("a").emit("event", "except a");
            sender.io.to("b").except("a").emit("event", "b without a");
            sender.io.to("nowhere").emit("event", "to nobody");
            sender.io.to(id(1)).emit("event", "to one");
            assertReceived(
                    sender,
                    Map.of(
                            0, List.of("to a", "to both"),
                            1, List.of("to a", "to both", "to one"),
                            2, List.of("to both", "except a", "b without a")));
        }
        clearRooms();
    }

    @Test
    void aLocalBroadcastStaysOnItsServer() throws Exception {
        for (int i = 0; i < SERVERS; i++) {
            BroadcastOperator local = servers.get(i).io.local();
            local.emit("event", "local");
            assertThat(TestServer.await(local.fetchSockets()))
                    .extracting(RemoteSocket::id)
                    .containsExactly(id(i));
            assertReceived(servers.get(i), Map.of(i, List.of("local")));
        }
    }

    @Test
    void volatileAndUncompressedBroadcastsReachConnectedClients() throws Exception {
        servers.get(1).io.compress(false).emit("event", "uncompressed");
        servers.get(1).io.asVolatile().emit("event", "volatile");
        List<Object> both = List.of("uncompressed", "volatile");
        TestClient.end(servers.get(1));
        for (TestClient client : clients) {
            assertThat(client.labels()).startsWith("uncompressed").isSubsetOf(both);
        }
    }

    @Test
    void namespacesAreIsolated() throws Exception {
        try (TestClient one = new TestClient(io, servers.get(0), TestServer.OTHER);
                TestClient two = new TestClient(io, servers.get(1), TestServer.OTHER)) {
            until(() -> TestServer.await(servers.get(2).io.of(TestServer.OTHER).fetchSockets())
                            .size()
                    == 2);
            for (TestServer sender : servers) {
                sender.io.of(TestServer.OTHER).emit("event", "other");
                assertThat(one.next().get(0)).isEqualTo("other");
                assertThat(two.next().get(0)).isEqualTo("other");
                assertReceived(sender, Map.of());
            }
        }
    }

    @Test
    void emitWithAckCollectsTheAcknowledgementsOfAllClients() throws Exception {
        clients.get(0).reply("zero");
        clients.get(1).reply(Map.of("number", 1));
        clients.get(2).reply(new byte[] {1, 2, 3});
        for (TestServer sender : servers) {
            List<Arguments> answers =
                    TestServer.await(sender.io.timeout(TestServer.PATIENCE).emitWithAck("event", "ack"));
            assertThat(TestServer.firsts(answers))
                    .containsExactlyInAnyOrder("zero", Map.of("number", 1), new byte[] {1, 2, 3});
            assertThat(TestServer.firsts(TestServer.await(
                            sender.io.to(id(2)).timeout(TestServer.PATIENCE).emitWithAck("event", "ack one"))))
                    .containsExactly(new byte[] {1, 2, 3});
            assertReceived(sender, Map.of(0, List.of("ack"), 1, List.of("ack"), 2, List.of("ack", "ack one")));
        }
    }

    @Test
    void emitWithAckToAnEmptyRoomReturnsAnEmptyList() {
        for (TestServer sender : servers) {
            assertThat(TestServer.await(
                            sender.io.to("nowhere").timeout(TestServer.PATIENCE).emitWithAck("event", "ack")))
                    .isEmpty();
        }
    }

    @Test
    void fetchSocketsReturnsTheSocketsOfAllServers() {
        setRooms();
        for (TestServer server : servers) {
            assertThat(server.ids()).containsExactlyInAnyOrder(id(0), id(1), id(2));
            assertThat(server.ids("a")).containsExactlyInAnyOrder(id(0), id(1));
            List<RemoteSocket> found = server.fetch(id(2));
            assertThat(found).hasSize(1);
            assertThat(found.get(0).rooms()).containsExactlyInAnyOrder(id(2), "b");
            assertThat(found.get(0).data()).isEqualTo(Map.of("name", "two"));
            assertThat(found.get(0).handshake().url()).startsWith("/socket.io/");
        }
        clearRooms();
    }

    @Test
    void socketsJoinAndLeaveRoomsOnAllServers() {
        for (TestServer sender : servers) {
            sender.io.socketsJoin("j", "k");
            until(() -> servers.stream().allMatch(server -> server.ids("j").size() == SERVERS));
            sender.io.to("j").except(id(0)).socketsLeave("k");
            until(() -> servers.stream().allMatch(server -> server.ids("k").equals(Set.of(id(0)))));
            sender.io.to(id(2)).socketsJoin("one");
            until(() -> servers.stream().allMatch(server -> server.ids("one").equals(Set.of(id(2)))));
            sender.io.socketsLeave("j", "k", "one");
            until(() -> servers.stream()
                    .allMatch(server -> server.ids("j", "k", "one").isEmpty()));
        }
    }

    @Test
    void disconnectSocketsDisconnectsTheClientsOfAllServersAfterEarlierEvents() throws Exception {
        for (boolean close : new boolean[] {false, true}) {
            TestServer sender = servers.get(close ? 0 : 2);
            sender.io.emit("event", "bye");
            sender.io.disconnectSockets(close);
            for (TestClient client : clients) {
                assertThat(client.next().get(0)).isEqualTo("bye");
                until(() -> !client.socket.connected());
            }
            clients.forEach(client -> client.socket.connect());
            settle();
        }
    }

    @Test
    void disconnectSocketsSendsTheReasonToTheClientsOfAllServers() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        List<Registration> listeners = new ArrayList<>();
        for (TestClient client : clients) {
            listeners.add(client.socket.onDisconnect((reason, details) -> told.add(details.description())));
        }
        servers.get(2).io.disconnectSockets("maintenance");
        until(() -> told.size() == clients.size());
        assertThat(told).containsOnly("maintenance");
        listeners.forEach(Registration::close);
        clients.forEach(client -> client.socket.connect());
    }

    @Test
    void serverSideEmitReachesAllOtherServers() {
        byte[] bytes = {4, 5};
        for (TestServer sender : servers) {
            sender.io.of("/").serverSideEmit("server", "hello", List.of(1, "x"), bytes);
            for (TestServer server : servers) {
                if (server != sender) {
                    until(() -> !server.serverEvents.isEmpty());
                    assertThat(server.serverEvents).hasSize(1);
                    assertThat(server.serverEvents.get(0)).containsExactly("hello", List.of(1, "x"), bytes);
                }
            }
            assertThat(sender.serverEvents).isEmpty();
            servers.forEach(server -> server.serverEvents.clear());
        }
    }

    @Test
    void serverSideEmitWithAckCollectsTheResponsesOfAllOtherServers() {
        for (int i = 0; i < SERVERS; i++) {
            servers.get(i).answer("answer " + i);
        }
        for (int i = 0; i < SERVERS; i++) {
            List<Arguments> answers =
                    TestServer.await(servers.get(i).io.of("/").serverSideEmitWithAck("server", "question"));
            assertThat(TestServer.firsts(answers))
                    .containsExactlyInAnyOrder("answer " + (i + 1) % SERVERS, "answer " + (i + 2) % SERVERS);
        }
    }

    /** Both requests run concurrently, because each takes the full request timeout. */
    @Test
    void missingAcknowledgementsAndServerResponsesTimeOutWithPartialResults() throws Exception {
        clients.get(0).reply(0);
        clients.get(1).reply(1);
        servers.get(1).answer("answer");
        CompletableFuture<List<Arguments>> acks = servers.get(0)
                .io
                .timeout(ClusterAdapterContract.OPTIONS.requestsTimeout())
                .emitWithAck("event", "ack");
        CompletableFuture<List<Arguments>> answers =
                servers.get(0).io.of("/").serverSideEmitWithAck("server", "question");
        assertThat(TestServer.failure(acks)).isInstanceOfSatisfying(AckTimeoutException.class, timeout -> {
            assertThat(TestServer.firsts(timeout.responses())).containsExactlyInAnyOrder(0, 1);
        });
        assertThat(TestServer.failure(answers)).isInstanceOfSatisfying(ClusterTimeoutException.class, timeout -> {
            assertThat(TestServer.firsts(timeout.responses())).containsExactly("answer");
            assertThat(timeout.missing()).contains(servers.get(2).adapter().uid());
        });
    }

    @Test
    void eventsFromEachThreadOfEachServerArriveOnceAndInOrder() throws Exception {
        CountDownLatch sent = new CountDownLatch(SERVERS * SENDERS);
        for (int i = 0; i < SERVERS * SENDERS; i++) {
            TestServer sender = servers.get(i % SERVERS);
            String name = "sender " + i;
            new Thread(
                            () -> {
                                for (int n = 0; n < EVENTS; n++) {
                                    sender.io.emit("event", name, n);
                                }
                                sent.countDown();
                            },
                            name)
                    .start();
        }
        assertThat(sent.await(TestServer.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();
        List<Integer> numbers = IntStream.range(0, EVENTS).boxed().toList();
        for (TestClient client : clients) {
            Map<Object, List<Object>> seen = new HashMap<>();
            for (int n = 0; n < SERVERS * SENDERS * EVENTS; n++) {
                List<@Nullable Object> event = client.next();
                seen.computeIfAbsent(String.valueOf(event.get(0)), name -> new ArrayList<>())
                        .add(((Number) event.get(1)).intValue());
            }
            assertThat(seen).hasSize(SERVERS * SENDERS);
            assertThat(seen.values()).allSatisfy(all -> assertThat(all).isEqualTo(numbers));
        }
        assertReceived(servers.get(0), Map.of());
    }

    @Test
    void requestsDoNotWaitForAClosedServer() throws Exception {
        TestServer fourth = startServer();
        until(() -> servers.stream()
                .allMatch(server -> server.adapter().serverCount().join() == SERVERS + 1));
        fourth.close();
        until(() -> servers.stream()
                .allMatch(server -> server.adapter().serverCount().join() == SERVERS));
        assertThat(servers.get(0).ids()).hasSize(SERVERS);
    }
}
