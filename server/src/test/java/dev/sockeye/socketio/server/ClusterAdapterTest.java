package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterTimeoutException;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three servers around a broker in memory, one client on each. */
class ClusterAdapterTest {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final InProcessBroker broker = new InProcessBroker();
    private final List<TestServer> servers = new ArrayList<>();
    private final List<FakeClient> clients = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();

    @BeforeEach
    void start() {
        for (int i = 0; i < 3; i++) {
            TestServer server = new TestServer(options -> options.adapter(broker.adapters(ClusterOptions.defaults())));
            server.io.of("/custom");
            servers.add(server);
        }
        for (TestServer server : servers) {
            FakeClient client = server.open();
            ids.add(client.join("/"));
            clients.add(client);
        }
        broker.seen.clear();
    }

    private SocketIoServer io(int index) {
        return servers.get(index).io;
    }

    private Socket socket(int index) {
        return io(index).of("/").sockets().get(ids.get(index));
    }

    private void advance(Duration by) {
        for (TestServer server : servers) {
            server.loop.advance(by);
        }
    }

    private List<String> received(int index) {
        return clients.get(index).messages();
    }

    private void settle() {
        for (int i = 0; i < 3; i++) {
            advance(MOMENT);
        }
    }

    @Test
    @Tag("adapter.cluster-adapter.01")
    void aBroadcastWithTextAndBinaryReachesTheClientsOfAllServers() {
        io(0).emit("test", 1, "2", new byte[] {3, 4}, Map.of("a", List.of(5)));
        for (int i = 0; i < 3; i++) {
            assertThat(received(i))
                    .containsExactly("451-[\"test\",1,\"2\",{\"_placeholder\":true,\"num\":0},{\"a\":[5]}]", "#0304");
        }
        assertThat(broker.seen).allSatisfy(message -> assertThat(message).doesNotStartWith("{"));
    }

    @Test
    void aMessageWithoutBinaryIsEncodedAsTheReferenceJson() {
        io(0).emit("hello", 1, "x");
        String uid = ((ClusterAdapter) io(0).of("/").adapter()).uid();
        assertThat(uid).matches("[0-9a-f]{16}");
        assertThat(broker.seen)
                .hasSize(2)
                .containsOnly("{\"type\":3,\"data\":{\"packet\":{\"type\":2,\"data\":[\"hello\",1,\"x\"]},"
                        + "\"opts\":{\"rooms\":[],\"except\":[],\"flags\":{}}},\"uid\":\"" + uid + "\",\"nsp\":\"/\"}");
    }

    @Test
    @Tag("adapter.cluster-adapter.02")
    void aBroadcastStaysInItsNamespace() {
        clients.get(1).join("/custom");
        io(0).of("/custom").emit("test");
        assertThat(received(0)).isEmpty();
        assertThat(received(1)).containsExactly("42/custom,[\"test\"]");
        assertThat(received(2)).isEmpty();
    }

    @Test
    @Tag("adapter.cluster-adapter.03")
    @Tag("adapter.cluster-adapter.04")
    void broadcastsCanTargetOrExcludeARoom() {
        socket(1).join("room1");
        io(0).to("room1").emit("in");
        io(0).except("room1").emit("out");
        assertThat(received(0)).containsExactly("42[\"out\"]");
        assertThat(received(1)).containsExactly("42[\"in\"]");
        assertThat(received(2)).containsExactly("42[\"out\"]");
    }

    @Test
    @Tag("adapter.cluster-adapter.05")
    void aLocalBroadcastIsNotSentToOtherServers() {
        io(0).local().emit("test");
        assertThat(received(0)).containsExactly("42[\"test\"]");
        assertThat(received(1)).isEmpty();
        assertThat(broker.seen).isEmpty();
    }

    @Test
    @Tag("adapter.cluster-adapter.06")
    void localClientsReceiveBroadcastsWhenTheBrokerIsDown() {
        broker.down = true;
        io(0).emit("test");
        assertThat(received(0)).containsExactly("42[\"test\"]");
        assertThat(received(1)).isEmpty();
    }

    private void answer(int index, String message) {
        List<String> got = received(index);
        assertThat(got).hasSize(1);
        String id = got.get(0).replaceAll("^42(\\d+).*$", "$1");
        if (message.startsWith("#")) {
            clients.get(index)
                    .text("461-" + id + "[{\"_placeholder\":true,\"num\":0}]")
                    .binary(message.substring(1));
        } else {
            clients.get(index).text("43" + id + "[" + message + "]");
        }
    }

    @Test
    @Tag("adapter.cluster-adapter.07")
    @Tag("adapter.cluster-adapter.08")
    void acknowledgementsOfAllServersAreCollected() {
        CompletableFuture<List<Arguments>> answers = io(0).emitWithAck("test");
        settle();
        answer(0, "1");
        answer(1, "\"two\"");
        answer(2, "#0102");
        settle();
        assertThat(answers).isCompleted();
        assertThat(answers.join()).extracting(args -> args.get(0)).containsExactlyInAnyOrder(1, "two", new byte[] {1, 2
        });
    }

    @Test
    @Tag("adapter.cluster-adapter.09")
    void emitWithAckWithoutMatchingClientsCompletesWithAnEmptyList() {
        CompletableFuture<List<Arguments>> answers = io(0).to("nowhere").emitWithAck("test");
        settle();
        assertThat(answers.join()).isEmpty();
    }

    @Test
    @Tag("adapter.cluster-adapter.10")
    void anAckTimeoutReportsThePartialAnswers() {
        CompletableFuture<List<Arguments>> answers =
                io(0).timeout(Duration.ofMillis(200)).emitWithAck("test");
        settle();
        answer(0, "1");
        answer(1, "2");
        advance(Duration.ofMillis(250));
        settle();
        Throwable error = catchThrowable(answers::join).getCause();
        assertThat(error).isInstanceOf(AckTimeoutException.class).hasMessage("operation has timed out");
        assertThat(((AckTimeoutException) error).responses())
                .extracting(args -> args.get(0))
                .containsExactlyInAnyOrder(1, 2);
        assertThat(((ClusterAdapter) io(0).of("/").adapter()).health().waiting())
                .isZero();
    }

    /** The answers of the other servers are not expected, but they may be missing. */
    @Test
    void emitWithAckFailsIfTheBrokerCannotCountTheServers() {
        TestServer alone = new TestServer(options -> options.adapter(
                namespace -> new ClusterAdapter(namespace, new DeafTransport(), ClusterOptions.defaults())));
        FakeClient client = alone.open();
        client.join("/");
        CompletableFuture<List<Arguments>> answers =
                alone.io.timeout(Duration.ofMillis(200)).emitWithAck("test");
        alone.loop.advance(MOMENT);
        client.text("430[1]");
        alone.loop.advance(MOMENT);
        assertThat(answers).isNotDone();
        alone.loop.advance(Duration.ofMillis(250));
        Throwable error = catchThrowable(answers::join).getCause();
        assertThat(error)
                .isInstanceOfSatisfying(
                        AckTimeoutException.class,
                        timeout -> assertThat(timeout.responses()).hasSize(1));
        assertThat(alone.io.of("/").adapter().serverCount()).isCompletedWithValue(1);
    }

    /** Its subscriptions are lost. */
    private static final class DeafTransport implements ClusterTransport {
        @Override
        public CompletableFuture<Void> start(Receiver receiver) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> close() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
            local.accept(null);
        }

        @Override
        public void respond(String requester, ClusterMessage.Response response) {}

        @Override
        public boolean supportsServerCount() {
            return true;
        }

        @Override
        public CompletableFuture<Integer> serverCount() {
            return CompletableFuture.failedFuture(new IllegalStateException("expected in this test"));
        }
    }

    @Test
    @Tag("adapter.cluster-adapter.11")
    @Tag("adapter.cluster-adapter.12")
    void emitWithAckReachesASocketOnAnyServer() {
        for (int index : new int[] {0, 1}) {
            CompletableFuture<List<RemoteSocket>> found =
                    io(0).in(ids.get(index)).fetchSockets();
            settle();
            CompletableFuture<Arguments> reply = found.join().get(0).emitWithAck("hello");
            settle();
            answer(index, "\"hi " + index + "\"");
            settle();
            assertThat(reply.join().get(0)).isEqualTo("hi " + index);
        }
    }

    @Test
    @Tag("adapter.cluster-adapter.13")
    @Tag("adapter.cluster-adapter.16")
    void allSocketsJoinAndLeave() {
        io(0).socketsJoin("room1", "room2");
        settle();
        for (int i = 0; i < 3; i++) {
            assertThat(socket(i).rooms()).contains("room1", "room2");
        }
        io(1).socketsLeave("room1");
        settle();
        for (int i = 0; i < 3; i++) {
            assertThat(socket(i).rooms()).doesNotContain("room1").contains("room2");
        }
    }

    @Test
    @Tag("adapter.cluster-adapter.14")
    @Tag("adapter.cluster-adapter.17")
    void matchingSocketsJoinAndLeave() {
        socket(0).join("old");
        socket(2).join("old");
        io(1).in("old").socketsJoin("new");
        settle();
        assertThat(socket(0).rooms()).contains("new");
        assertThat(socket(1).rooms()).doesNotContain("new");
        assertThat(socket(2).rooms()).contains("new");
        io(1).in("old").socketsLeave("new");
        settle();
        assertThat(socket(0).rooms()).doesNotContain("new");
        assertThat(socket(2).rooms()).doesNotContain("new");
    }

    @Test
    @Tag("adapter.cluster-adapter.15")
    @Tag("adapter.cluster-adapter.18")
    void oneSocketOfAnotherServerJoinsAndLeaves() {
        CompletableFuture<List<RemoteSocket>> found = io(0).in(ids.get(1)).fetchSockets();
        settle();
        RemoteSocket remote = found.join().get(0);
        remote.join("room1");
        settle();
        assertThat(socket(1).rooms()).contains("room1");
        assertThat(socket(2).rooms()).doesNotContain("room1");
        remote.leave("room1");
        settle();
        assertThat(socket(1).rooms()).doesNotContain("room1");
    }

    @Test
    @Tag("adapter.cluster-adapter.19")
    @Tag("adapter.cluster-adapter.20")
    void disconnectSocketsDeliversEarlierEventsFirst() {
        io(0).emit("bye");
        io(0).disconnectSockets(true);
        settle();
        for (int i = 0; i < 3; i++) {
            assertThat(received(i)).startsWith("42[\"bye\"]");
            assertThat(clients.get(i).closed()).isTrue();
        }
    }

    @Test
    @Tag("adapter.cluster-adapter.21")
    @Tag("adapter.cluster-adapter.22")
    @Tag("adapter.cluster-adapter.23")
    void fetchSocketsReturnsTheSocketsOfAllServers() {
        socket(1).join("room1");
        socket(1).data().put("name", "joe");
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        socket(1).data().put("only here", cycle);
        CompletableFuture<List<RemoteSocket>> all = io(0).fetchSockets();
        settle();
        assertThat(all.join()).extracting(RemoteSocket::id).containsExactlyInAnyOrderElementsOf(ids);
        RemoteSocket remote = all.join().stream()
                .filter(found -> found.id().equals(ids.get(1)))
                .findFirst()
                .orElseThrow();
        assertThat(remote.rooms()).containsExactlyInAnyOrder(ids.get(1), "room1");
        assertThat(remote.data()).containsEntry("name", "joe").doesNotContainKey("only here");
        assertThat(remote.handshake().query()).containsEntry("transport", "websocket");
        assertThat(io(0).local().fetchSockets().join())
                .extracting(RemoteSocket::id)
                .containsExactly(ids.get(0));
        CompletableFuture<Set<String>> rooms = ((ClusterAdapter) io(0).of("/").adapter()).allRooms();
        settle();
        assertThat(rooms.join()).contains("room1", ids.get(0), ids.get(1), ids.get(2));
    }

    @Test
    @Tag("adapter.cluster-adapter.24")
    void serverSideEmitReachesTheOtherServers() {
        List<String> got = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int index = i;
            io(i).of("/")
                    .onServerSideEvent(
                            "hello", (args, ack) -> got.add(index + " " + args.toList() + " " + ack.expected()));
        }
        io(0).of("/").serverSideEmit("hello", "world", 1);
        settle();
        assertThat(got).containsExactlyInAnyOrder("1 [world, 1] false", "2 [world, 1] false");
    }

    @Test
    @Tag("adapter.cluster-adapter.25")
    void serverSideEmitWithAckIsAnsweredByEachOtherServer() {
        io(1).of("/").onServerSideEvent("hello", (args, ack) -> ack.send(1, "ignored"));
        io(2).of("/").onServerSideEvent("hello", (args, ack) -> ack.send("2"));
        CompletableFuture<List<Arguments>> answers = io(0).of("/").serverSideEmitWithAck("hello");
        settle();
        assertThat(answers.join()).extracting(Arguments::toList).containsExactlyInAnyOrder(List.of(1), List.of("2"));
    }

    @Test
    @Tag("adapter.cluster-adapter.26")
    void aServerSideEmitTimeoutNamesTheServersThatDidNotAnswer() {
        io(1).of("/").onServerSideEvent("hello", (args, ack) -> ack.send(1));
        CompletableFuture<List<Arguments>> answers = io(0).of("/").serverSideEmitWithAck("hello");
        settle();
        advance(Duration.ofSeconds(6));
        settle();
        Throwable error = catchThrowable(answers::join).getCause();
        String missing = ((ClusterAdapter) io(2).of("/").adapter()).uid();
        assertThat(error)
                .isInstanceOf(ClusterTimeoutException.class)
                .hasMessage("timeout reached: only 1 responses received out of 2; missing: " + missing);
        assertThat(((ClusterTimeoutException) error).responses())
                .extracting(args -> args.get(0))
                .containsExactly(1);
        assertThat(((ClusterTimeoutException) error).missing()).containsExactly(missing);
    }

    @Test
    @Tag("adapter.cluster-adapter.27")
    void serverSideEmitWithAckDoesNotWaitForAServerThatLeft() {
        io(1).of("/").onServerSideEvent("hello", (args, ack) -> ack.send(1));
        CompletableFuture<List<Arguments>> answers = io(0).of("/").serverSideEmitWithAck("hello");
        settle();
        assertThat(answers).isNotDone();
        var unused = io(2).closeAsync();
        settle();
        assertThat(answers.join()).hasSize(1);
    }

    @Test
    void anUnreachableServerIsReportedAsMissingAndRemovedAfterMissedHeartbeats() {
        String dead = ((ClusterAdapter) io(2).of("/").adapter()).uid();
        ClusterAdapter adapter = (ClusterAdapter) io(0).of("/").adapter();
        assertThat(adapter.serverCount().join()).isEqualTo(3);
        broker.down = true;
        CompletableFuture<List<RemoteSocket>> found =
                io(0).timeout(Duration.ofMillis(100)).fetchSockets();
        servers.get(0).loop.advance(Duration.ofMillis(150));
        Throwable error = catchThrowable(found::join);
        assertThat(error).isInstanceOf(CompletionException.class);
        ClusterTimeoutException timeout = (ClusterTimeoutException) error.getCause();
        assertThat(timeout.sockets()).extracting(SocketDetails::id).containsExactly(ids.get(0));
        assertThat(timeout.missing()).hasSize(2).contains(dead);
        servers.get(0).loop.advance(Duration.ofSeconds(12));
        assertThat(adapter.serverCount().join()).isEqualTo(1);
        assertThat(adapter.knownServers()).isEmpty();
    }

    @Test
    void heartbeatsKeepAServerAlive() {
        for (int i = 0; i < 60; i++) {
            advance(Duration.ofSeconds(1));
        }
        assertThat(io(0).of("/").adapter().serverCount().join()).isEqualTo(3);
    }

    @Test
    void messagesFromUnknownServersOrForUnknownRequestsAreIgnored() {
        for (String uid : new String[] {"stranger", ""}) {
            broker.inject(
                    new ClusterMessage.Broadcast(uid, "/other", "x", Arguments.none(), BroadcastOptions.ALL, null));
            broker.inject(new ClusterMessage.SocketsJoin(uid, "/other", BroadcastOptions.ALL, Set.of("r")));
            broker.inject(new ClusterMessage.FetchSocketsResponse(uid, "/", "unknown", List.of()));
            broker.inject(new ClusterMessage.ServerSideEmitResponse(uid, "/", "unknown", Arguments.none()));
            broker.inject(new ClusterMessage.BroadcastClientCount(uid, "/", "unknown", -1));
            broker.inject(new ClusterMessage.BroadcastAck(uid, "/", "unknown", Arguments.none()));
        }
        io(1).emit("still here");
        assertThat(received(0)).containsExactly("42[\"still here\"]");
    }
}
