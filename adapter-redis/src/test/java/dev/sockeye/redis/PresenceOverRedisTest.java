package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.presence.Presence;
import dev.sockeye.presence.PresenceOptions;
import dev.sockeye.presence.RoomCounts;
import dev.sockeye.socketio.adapter.AdapterFactory;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Presence over a real Redis, with an official server in the cluster. */
@Timeout(180)
class PresenceOverRedisTest {
    private static final PresenceOptions OPTIONS = PresenceOptions.builder()
            .graceTime(Duration.ofSeconds(1))
            .heartbeatInterval(Duration.ofMillis(500))
            .nodeTimeout(Duration.ofSeconds(5))
            .build();

    private interface Kind {
        AdapterFactory adapter(RedisURI uri);
    }

    private static void until(org.awaitility.core.ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(assertion);
    }

    private static Presence presence(JavaPeer peer) {
        Presence users = Presence.of(peer.io.sockets(), "users", OPTIONS);
        RoomCounts.of(peer.io.sockets(), OPTIONS);
        peer.io.onConnection(socket -> {
            String user = String.valueOf(socket.handshake().query().get("user"));
            users.join(socket, user, Map.of("ünicode", "„" + user + "“"));
            socket.join("lobby");
        });
        return users;
    }

    @Test
    void presenceConvergesOverPubSubInAClusterWithANodeServer() throws Exception {
        agree("classic", uri -> RedisAdapter.create(uri, RedisAdapterOptions.defaults()));
    }

    @Test
    void presenceConvergesOverStreamsInAClusterWithANodeServer() throws Exception {
        agree("streams", uri -> RedisStreamsAdapter.create(uri, RedisStreamsAdapterOptions.defaults()));
    }

    private static void agree(String kind, Kind adapters) throws Exception {
        try (RedisProcess redis = RedisProcess.embedded();
                Cluster cluster = new Cluster()) {
            Partition way = new Partition(redis.port());
            JavaPeer one = new JavaPeer(adapters.adapter(RedisURI.create(redis.uri())), null);
            JavaPeer two = new JavaPeer(adapters.adapter(RedisURI.create(way.uri())), null);
            NodePeer node = new NodePeer(cluster.node, kind, redis.port(), Map.of(), null);
            cluster.peers.addAll(List.of(one, two, node));
            List<String> changes = new CopyOnWriteArrayList<>();
            Presence here = presence(one);
            Presence there = presence(two);
            here.onChange(
                    change -> changes.add(change.kind() + " " + change.user().id()));
            cluster.client(one.url(), Map.of("query", Map.of("user", "ada")));
            cluster.client(two.url(), Map.of("query", Map.of("user", "bob")));
            cluster.client(node.url(), Map.of());
            until(() -> {
                assertThat(here.isOnline("bob")).isTrue();
                assertThat(there.isOnline("ada")).isTrue();
            });
            assertThat(there.get("ada").orElseThrow().metadata()).isEqualTo(Map.of("ünicode", "„ada“"));
            assertThat(there.list(10).users()).isEqualTo(here.list(10).users());
            until(() -> assertThat(RoomCounts.of(one.io).count("lobby")).isEqualTo(2));

            way.cut();
            until(() -> assertThat(here.isOnline("bob")).as("cut off").isFalse());
            JavaPeer three = new JavaPeer(adapters.adapter(RedisURI.create(redis.uri())), null);
            cluster.peers.add(three);
            Presence late = presence(three);
            until(() -> assertThat(late.isOnline("ada")).isTrue());
            assertThat(late.count()).isEqualTo(1);

            way.heal();
            for (Presence each : List.of(here, there, late)) {
                until(() -> assertThat(each.isOnline(List.of("ada", "bob")))
                        .containsEntry("ada", true)
                        .containsEntry("bob", true));
            }
            until(() -> assertThat(changes).containsExactly("ONLINE ada", "ONLINE bob", "OFFLINE bob", "ONLINE bob"));
            until(() -> assertThat(node.fetchSockets(Peer.To.ALL))
                    .as("at the Node server")
                    .hasSize(3));
            way.close();
        }
    }
}
