package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.ConnectionStateRecovery;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link RedisStreamsAdapter} in a cluster with {@code @socket.io/redis-streams-adapter}. */
class RedisStreamsAdapterTest extends MixedClusterContract {
    @Override
    RedisProcess startRedis() throws Exception {
        return RedisProcess.embedded();
    }

    @Override
    Peer java() throws Exception {
        RedisStreamsAdapterOptions options = RedisStreamsAdapterOptions.builder()
                .requestsTimeout(Duration.ofSeconds(3))
                .build();
        return new JavaPeer(RedisStreamsAdapter.create(RedisURI.create(redis.uri()), options), null);
    }

    @Override
    Peer node() {
        return new NodePeer(cluster.node, "streams", redis.port(), Map.of("blockTimeInMs", 500), null);
    }

    @Override
    void settle() {
        cluster.primeStream();
    }

    @Test
    @Tag("streams.index.01")
    void aBroadcastReachesAllClients() {
        broadcast();
    }

    @Test
    @Tag("streams.index.02")
    void aBroadcastStaysInItsNamespace() {
        namespace();
    }

    @Test
    @Tag("streams.index.03")
    @Tag("streams.index.04")
    void aBroadcastReachesRoomMembersOnceAndSingleSocketsOnAnyServer() {
        rooms();
    }

    @Test
    @Tag("streams.index.05")
    @Tag("streams.index.22")
    void aLocalBroadcastStaysOnItsServer() {
        local();
    }

    @Test
    @Tag("streams.index.06")
    @Tag("streams.index.07")
    @Tag("streams.index.10")
    @Tag("streams.index.11")
    void acknowledgementsAreCollectedFromAllServers() {
        acknowledgements();
    }

    @Test
    @Tag("streams.index.08")
    void emitWithAckToAnEmptyRoomReturnsAnEmptyList() {
        noClient();
    }

    @Test
    @Tag("streams.index.09")
    void anAcknowledgementTimeoutIncludesTheResponsesReceivedInTime() throws Exception {
        partialAnswers();
    }

    @Test
    @Tag("streams.index.12")
    @Tag("streams.index.15")
    void allSocketsJoinAndLeave() {
        joinAndLeaveAll();
    }

    @Test
    @Tag("streams.index.13")
    @Tag("streams.index.16")
    void matchingSocketsJoinAndLeave() {
        joinAndLeaveMatching();
    }

    @Test
    @Tag("streams.index.14")
    @Tag("streams.index.17")
    void oneSocketJoinsAndLeaves() {
        joinAndLeaveOne();
    }

    @Test
    @Tag("streams.index.18")
    @Tag("streams.index.19")
    void allSocketsAreDisconnected() {
        disconnect();
    }

    @Test
    @Tag("streams.index.20")
    @Tag("streams.index.21")
    void fetchSocketsReturnsTheSocketsOfAllServers() {
        fetch();
    }

    @Test
    @Tag("streams.index.23")
    void serverSideEmitReachesAllOtherServers() {
        serverSide();
    }

    @Test
    @Tag("streams.index.24")
    void serverSideEmitWithAckCollectsTheResponsesOfAllOtherServers() {
        serverSideAnswers();
    }

    /** Node waits 5 seconds here, so only a Java server sends the request. */
    @Test
    @Tag("streams.index.25")
    void serverSideEmitWithAckTimesOutWithPartialResponses() {
        for (int i = 0; i < 4; i++) {
            peers().get(i).answer("silent", "answer " + i, i == 1 || i == 3);
        }
        Peer.Answers answers = peers().get(0).serverSideEmitWithAck("silent");
        assertThat(answers.error()).startsWith("timeout reached: only 1 responses received out of 3");
        assertThat(answers.values()).asString().isEqualTo("[answer 2]");
        peers().forEach(Peer::serverEvents);
    }

    @Test
    @Tag("streams.index.26")
    void serverSideEmitWithAckDoesNotWaitForAClosingServer() throws Exception {
        try (JavaPeer leaving = (JavaPeer) java()) {
            cluster.awaitServers(5);
            for (int i = 0; i < 4; i++) {
                peers().get(i).answer("leaving", i, false);
            }
            leaving.io.of("/").onServerSideEvent("leaving", (args, ack) -> {
                var unused = leaving.io.closeAsync();
            });
            Peer.Answers answers = peers().get(0).serverSideEmitWithAck("leaving");
            assertThat(answers.error()).isNull();
            assertThat(answers.values()).hasSize(3);
        } finally {
            peers().forEach(Peer::serverEvents);
        }
    }

    /** The hash of this name is negative: Node writes to a stream that it does not read; Sockeye reads it. */
    @Test
    void eventsFromNodeArriveInANamespaceWithANegativeStreamIndex() throws Exception {
        RedisStreamsAdapterOptions options =
                RedisStreamsAdapterOptions.builder().streamCount(4).build();
        assertThat(options.stream("/notifications")).isEqualTo("socket.io--3");
        assertThat(options.stream("/users")).isEqualTo("socket.io-1");
        try (JavaPeer other = new JavaPeer(
                RedisStreamsAdapter.create(RedisURI.create(redis.uri()), options),
                ConnectionStateRecovery.defaults())) {
            other.io.of("/notifications");
            Map<String, Object> made = cluster.node.map(
                    "listen",
                    "kind",
                    "streams",
                    "redis",
                    redis.port(),
                    "options",
                    Map.of("streamCount", 4),
                    "namespaces",
                    List.of("/notifications"));
            int client = cluster.client(other.url() + "/notifications", Map.of());
            Awaiting.until(
                    () -> other.io.of("/notifications").adapter().serverCount().join() == 2);
            cluster.node.ask(
                    "call",
                    "server",
                    made.get("index"),
                    "nsp",
                    "/notifications",
                    "method",
                    "emit",
                    "args",
                    List.of("heard"));
            List<?> event = (List<?>) cluster.received(client, 1).get(0);
            assertThat(event.get(0)).isEqualTo("heard");
            cluster.leave(client);
            cluster.node.ask("close", "server", made.get("index"));
        }
    }
}
