package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link RedisAdapter} in a cluster with {@code @socket.io/redis-adapter}. */
class RedisAdapterTest extends MixedClusterContract {
    @Override
    RedisProcess startRedis() throws Exception {
        return RedisProcess.embedded();
    }

    @Override
    Peer java() throws Exception {
        RedisAdapterOptions options = RedisAdapterOptions.builder()
                .requestsTimeout(Duration.ofSeconds(3))
                .build();
        return new JavaPeer(RedisAdapter.create(RedisURI.create(redis.uri()), options), null);
    }

    @Override
    Peer node() {
        return new NodePeer(cluster.node, "classic", redis.port(), Map.of("requestsTimeout", 3000), null);
    }

    @Test
    @Tag("redis.index.01")
    void aBroadcastReachesAllClients() {
        broadcast();
    }

    @Test
    @Tag("redis.index.02")
    void aBroadcastStaysInItsNamespace() {
        namespace();
    }

    @Test
    @Tag("redis.index.03")
    @Tag("redis.index.04")
    @Tag("redis.index.05")
    @Tag("redis.index.07")
    void aBroadcastReachesRoomMembersOnceAndSingleSocketsOnAnyServer() {
        rooms();
    }

    @Test
    @Tag("redis.index.06")
    @Tag("redis.index.21")
    void aLocalBroadcastStaysOnItsServer() {
        local();
    }

    @Test
    @Tag("redis.index.08")
    @Tag("redis.index.09")
    void acknowledgementsAreCollectedFromAllServers() {
        acknowledgements();
    }

    @Test
    @Tag("redis.index.10")
    void emitWithAckToAnEmptyRoomReturnsAnEmptyList() {
        noClient();
    }

    @Test
    @Tag("redis.index.11")
    void anAcknowledgementTimeoutIncludesTheResponsesReceivedInTime() throws Exception {
        partialAnswers();
    }

    @Test
    @Tag("redis.index.12")
    @Tag("redis.index.15")
    void allSocketsJoinAndLeave() {
        joinAndLeaveAll();
    }

    @Test
    @Tag("redis.index.13")
    @Tag("redis.index.16")
    void matchingSocketsJoinAndLeave() {
        joinAndLeaveMatching();
    }

    @Test
    @Tag("redis.index.14")
    @Tag("redis.index.17")
    void oneSocketJoinsAndLeaves() {
        joinAndLeaveOne();
    }

    @Test
    @Tag("redis.index.18")
    void allSocketsAreDisconnected() {
        disconnect();
    }

    @Test
    @Tag("redis.index.19")
    @Tag("redis.index.20")
    void fetchSocketsReturnsTheSocketsOfAllServers() {
        fetch();
    }

    @Test
    @Tag("redis.index.22")
    void serverSideEmitReachesAllOtherServers() {
        serverSide();
    }

    @Test
    void serverSideEmitWithAckCarriesBinaryArguments() {
        serverSideBinary();
    }

    @Test
    @Tag("redis.index.23")
    void serverSideEmitWithAckCollectsTheResponsesOfAllOtherServers() {
        serverSideAnswers();
    }

    @Test
    @Tag("redis.index.24")
    void serverSideEmitWithAckTimesOutWithPartialResponses() throws Exception {
        serverSideTimeout();
    }

    @Test
    @Tag("redis.specifics.07")
    void allRoomsReturnsTheRoomsOfAllServers() {
        cluster.send(0, "join", "all-a");
        cluster.send(3, "join", "all-b");
        for (Peer peer : peers()) {
            assertThat(peer.allRooms()).contains("all-a", "all-b").containsAll(cluster.ids.subList(0, 4));
        }
    }

    @Test
    @Tag("redis.specifics.01")
    void aNumericRoomNameFromNodeMatchesItsStringForm() {
        cluster.send(1, "join", "123");
        for (List<?> rooms : List.of(List.of(123), List.of(123, 456))) {
            List<?> chain = List.of(List.of("to", rooms));
            cluster.node.ask("call", "server", 0, "chain", chain, "method", "emit", "args", List.of("number"));
            assertThat(cluster.received(1, 1)).isEqualTo(List.of(List.of("number")));
        }
    }

    /**
     * A Node server that encodes and decodes messages with another library. Sockeye has no option for that, so this is
     * less than redis.custom-parser.01, a custom format on all servers.
     */
    @Test
    void aNodeServerCanUseAnotherMessagePackLibrary() {
        NodePeer other = new NodePeer(cluster.node, "classic-msgpack", redis.port(), Map.of(), null);
        int client = cluster.client(other.url(), Map.of());
        Awaiting.until(() -> peers().get(0).fetchSockets(Peer.To.ALL).size() == 5);
        byte[] binary = {1, 2, 3};
        peers().get(0).emit(Peer.To.ALL, "mixed", 1, "x", List.of(true), binary);
        other.emit(Peer.To.ALL, "mixed", 1, "x", List.of(true), binary);
        List<?> event = List.of("mixed", 1, "x", List.of(true), "bin:010203");
        assertThat(cluster.received(client, 2)).isEqualTo(List.of(event, event));
        assertThat(cluster.received(0, 2)).isEqualTo(List.of(event, event));
        cluster.leave(client);
        other.close();
        for (int i = 1; i < 4; i++) {
            cluster.received(i, 2);
        }
    }
}
