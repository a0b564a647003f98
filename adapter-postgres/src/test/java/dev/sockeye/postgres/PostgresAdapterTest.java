package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.postgres.Peer.To;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@link PostgresAdapter} in a cluster with {@code @socket.io/postgres-adapter}. */
class PostgresAdapterTest extends MixedClusterContract {

    @Override
    Peer java() throws Exception {
        PostgresOptions options =
                PostgresOptions.builder().requestsTimeout(Duration.ofSeconds(3)).build();
        return new JavaPeer(PostgresAdapter.create(postgres.source(database), options), null);
    }

    @Override
    Peer node() {
        return new NodePeer(cluster.node, postgres.url(database), Map.of());
    }

    @Test
    void aBroadcastReachesAllClients() {
        broadcast();
    }

    @Test
    void aBroadcastStaysInItsNamespace() {
        namespace();
    }

    @Test
    void aBroadcastReachesRoomMembersOnceAndSingleSocketsOnAnyServer() {
        rooms();
    }

    @Test
    void aLocalBroadcastStaysOnItsServer() {
        local();
    }

    @Test
    void acknowledgementsAreCollectedFromAllServers() {
        acknowledgements();
    }

    @Test
    void emitWithAckToAnEmptyRoomReturnsAnEmptyList() {
        noClient();
    }

    @Test
    void anAcknowledgementTimeoutIncludesTheResponsesReceivedInTime() throws Exception {
        partialAnswers();
    }

    @Test
    void allSocketsJoinAndLeave() {
        joinAndLeaveAll();
    }

    @Test
    void matchingSocketsJoinAndLeave() {
        joinAndLeaveMatching();
    }

    @Test
    void oneSocketJoinsAndLeaves() {
        joinAndLeaveOne();
    }

    @Test
    void allSocketsAreDisconnected() {
        disconnect();
    }

    @Test
    void fetchSocketsReturnsTheSocketsOfAllServers() {
        fetch();
    }

    @Test
    void serverSideEmitReachesAllOtherServers() {
        serverSide();
    }

    @Test
    void serverSideEmitWithAckCollectsTheResponsesOfAllOtherServers() {
        serverSideAnswers();
    }

    @Test
    void serverSideEmitWithAckTimesOutWithPartialResponses() throws Exception {
        serverSideTimeout();
    }

    /** Around the limit of a notification, where the length in characters is not that in bytes. */
    @Test
    void messagesTooLongForANotificationAreDelivered() {
        for (String text : List.of("x".repeat(7_800), "x".repeat(7_950), "x".repeat(100_000), "ü".repeat(3_950))) {
            peers().get(0).emit(To.ALL, "long", text);
            for (int i = 0; i < 4; i++) {
                assertThat(cluster.received(i, 1)).isEqualTo(List.of(List.of("long", text)));
            }
        }
        String text = "y".repeat(50_000);
        peers().get(2).emit(To.ALL, "long", text);
        for (int i = 0; i < 4; i++) {
            assertThat(cluster.received(i, 1)).isEqualTo(List.of(List.of("long", text)));
        }
    }

    /** PostgreSQL delivers equal notifications of a transaction only once, and a server sends queued messages in one transaction. */
    @Test
    void identicalEventsAreAllDeliveredInOrder() {
        for (int i = 0; i < 200; i++) {
            peers().get(0).emit(To.ALL, "tick");
            peers().get(0).emit(To.ALL, "number", i, i % 50 == 0 ? "z".repeat(9_000) : "");
        }
        List<Object> expected = IntStream.range(0, 200)
                .boxed()
                .flatMap(i ->
                        List.<Object>of(List.of("tick"), List.of("number", i, i % 50 == 0 ? "z".repeat(9_000) : ""))
                                .stream())
                .toList();
        assertThat(cluster.received(1, 400)).isEqualTo(expected);
        for (int i : new int[] {0, 2, 3}) {
            // Node reads attachments concurrently with other messages, so it does not preserve their order
            assertThat(cluster.received(i, 400)).hasSize(400).containsAll(expected);
        }
    }

    @Test
    void healthIsGoodAndAllOtherServersAreKnown() {
        assertThat(((JavaPeer) peers().get(0)).adapter().health()).isEqualTo(ClusterHealth.GOOD);
        assertThat(((JavaPeer) peers().get(0)).adapter().knownServers()).hasSize(3);
    }
}
