package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.redis.Peer.To;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import io.lettuce.core.RedisURI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All adapters on one Redis Cluster, one of whose masters is killed: the one with all channels and the stream. */
class RedisClusterTest {
    /** Redis puts all names with this into one slot. */
    private static final String TAG = "{sockeye}";

    private final List<Cluster> clusters = new ArrayList<>();
    private RedisMembers members;

    @BeforeEach
    void start() throws Exception {
        members = RedisMembers.start(TAG);
        if (members == null) {
            System.out.println(ShardedContract.WITHOUT);
        }
        Assumptions.assumeTrue(members != null, ShardedContract.WITHOUT);
    }

    @AfterEach
    void stop() throws Exception {
        for (Cluster cluster : clusters) {
            cluster.close();
        }
        if (members != null) {
            members.close();
        }
    }

    private Cluster servers(AdapterFactory one, AdapterFactory two, boolean recovery) throws Exception {
        Cluster cluster = new Cluster();
        clusters.add(cluster);
        for (AdapterFactory adapter : List.of(one, two)) {
            cluster.peers.add(new JavaPeer(adapter, recovery ? ConnectionStateRecovery.defaults() : null));
        }
        return cluster;
    }

    private static void ready(Cluster cluster) {
        cluster.clientOfEach();
        cluster.ready();
    }

    private static JavaPeer server(Cluster cluster, int index) {
        return (JavaPeer) cluster.peers.get(index);
    }

    private static List<Integer> numbers(Cluster cluster, int client, int count) {
        List<Integer> numbers = new ArrayList<>();
        cluster.received(client, count).forEach(event -> numbers.add((Integer) ((List<?>) event).get(1)));
        return numbers;
    }

    private static void works(Cluster cluster) {
        cluster.send(0, "join", "some");
        cluster.peers.get(1).emit(To.room("some"), "n", 0);
        assertThat(numbers(cluster, 0, 1)).containsExactly(0);
        assertThat(cluster.peers.get(1).fetchSockets(To.room("some"))).hasSize(1);
        for (Peer peer : cluster.peers) {
            peer.emit(To.ALL, "n", 1);
            assertThat(numbers(cluster, 0, 1)).containsExactly(1);
            assertThat(numbers(cluster, 1, 1)).containsExactly(1);
        }
    }

    /** Its local client is served in the meantime; then each server finds the other's client again. */
    private static void recovers(Cluster cluster) {
        JavaPeer first = server(cluster, 0);
        Awaiting.until(() -> first.adapter().health().connected()
                && server(cluster, 1).adapter().health().connected());
        Awaiting.until(() -> first.adapter().serverCount().join() == 2
                && server(cluster, 1).adapter().serverCount().join() == 2);
        cluster.received(1, 0);
        first.emit(To.ALL, "n", 2);
        server(cluster, 1).emit(To.room("some"), "n", 3);
        assertThat(numbers(cluster, 1, 1)).containsExactly(2);
        assertThat(numbers(cluster, 0, 2)).containsExactlyInAnyOrder(2, 3);
        assertThat(first.fetchSockets(To.ALL)).hasSize(2);
    }

    /** A member refuses sharded channels until it knows the others. */
    @Test
    void shardedChannelsAreSubscribedAgainAfterAMemberHasRestarted() throws Exception {
        var options = ShardedRedisAdapterOptions.builder()
                .channelPrefix(TAG + "sharded")
                .build();
        Cluster sharded = servers(
                ShardedRedisAdapter.createForCluster(members.uris(), options),
                ShardedRedisAdapter.createForCluster(members.uris(), options),
                false);
        ready(sharded);
        works(sharded);
        members.killOwner();
        Awaiting.until(() -> server(sharded, 0).adapter().health().problem() != null
                && server(sharded, 1).adapter().health().problem() != null);
        members.startOwnerAgain();
        recovers(sharded);
    }

    @Test
    void allAdaptersSurviveAMasterFailover() throws Exception {
        List<RedisURI> uris = members.uris();
        var plainOptions = RedisAdapterOptions.builder().key(TAG + "plain").build();
        var shardedOptions = ShardedRedisAdapterOptions.builder()
                .channelPrefix(TAG + "sharded")
                .build();
        var streamsOptions = RedisStreamsAdapterOptions.builder()
                .streamName(TAG + "stream")
                .channelPrefix(TAG + "streams")
                .sessionKeyPrefix(TAG + "session:")
                .build();
        Cluster plain = servers(
                RedisAdapter.createForCluster(uris, plainOptions),
                RedisAdapter.createForCluster(uris, plainOptions),
                false);
        Cluster sharded = servers(
                ShardedRedisAdapter.createForCluster(uris, shardedOptions),
                ShardedRedisAdapter.createForCluster(uris, shardedOptions),
                false);
        Cluster streams = servers(
                RedisStreamsAdapter.createForCluster(uris, streamsOptions),
                RedisStreamsAdapter.createForCluster(uris, streamsOptions),
                true);
        Cluster mixed = new Cluster();
        clusters.add(mixed);
        var mixedOptions = ShardedRedisAdapterOptions.builder()
                .channelPrefix(TAG + "mixed")
                .build();
        mixed.peers.add(new JavaPeer(ShardedRedisAdapter.createForCluster(uris, mixedOptions), null));
        Map<String, String> official = Map.of("channelPrefix", TAG + "mixed");
        mixed.peers.add(
                new NodePeer(mixed.node, "sharded-cluster", members.someone().port(), official, null));
        clusters.forEach(RedisClusterTest::ready);
        clusters.forEach(RedisClusterTest::works);
        try (Emitter emitter = RedisEmitter.connectToCluster(uris, TAG + "plain");
                Emitter ofStreams = RedisEmitter.connectStreamsToCluster(uris, streamsOptions)) {
            emitter.to("some").emit("n", 5).join();
            assertThat(numbers(plain, 0, 1)).as("from the emitter").containsExactly(5);
            ofStreams.to("some").emit("n", 6).join();
            assertThat(numbers(streams, 0, 1)).as("from the streams emitter").containsExactly(6);
        }
        clusters.remove(mixed);
        mixed.close();

        members.killOwner();
        for (Cluster cluster : List.of(plain, sharded)) {
            Awaiting.until(() -> server(cluster, 0).adapter().health().problem() != null);
            server(cluster, 0).emit(To.ALL, "n", 1);
            assertThat(numbers(cluster, 0, 1))
                    .as("the client of the sending server")
                    .containsExactly(1);
        }
        for (int i = 0; i < 200; i++) {
            server(streams, 0).emit(To.ALL, "n", i);
        }
        assertThat(numbers(streams, 0, 200))
                .as("the client of the sending server")
                .isEqualTo(FaultsContract.upTo(200));
        assertThat(numbers(streams, 1, 200))
                .as("the client of the other server")
                .isEqualTo(FaultsContract.upTo(200));
        assertThat(server(streams, 0).adapter().health().lost()).isZero();
        clusters.forEach(RedisClusterTest::recovers);
    }
}
