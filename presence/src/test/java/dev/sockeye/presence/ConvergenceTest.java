package dev.sockeye.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.presence.SimulatedCluster.SimulatedServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The copies of all servers, on a network that loses messages and servers. */
@DisplayName("Presence in a cluster")
class ConvergenceTest {
    private static final Duration SOON = Duration.ofMillis(100);

    private final SimulatedCluster cluster = new SimulatedCluster();
    private final SimulatedServer one = cluster.start();
    private final SimulatedServer two = cluster.start();

    @Test
    void aUserBecomesOnlineOnAllServers() {
        one.join("s1", "ada", "{\"status\":\"busy\"}");
        cluster.pass(SOON);
        assertThat(two.view()).containsExactly(Map.entry("ada", "1 {\"status\":\"busy\"}"));
        assertThat(two.changes()).containsExactly("ada ONLINE");
    }

    @Test
    void aServerThatJoinsLateReceivesAllUsers() {
        for (int i = 0; i < 2_000; i++) {
            one.join("s" + i, "user" + i, "{\"n\":" + i + "}");
        }
        one.disconnect("s7");
        cluster.pass(SimulatedCluster.GRACE.plus(SOON));
        SimulatedServer late = cluster.start();
        cluster.pass(Duration.ofSeconds(1));
        assertThat(late.view()).hasSize(1_999).isEqualTo(one.view());
        assertThat(cluster.sent("ask")).isEqualTo(1);
    }

    @Test
    void usersOfAKilledServerGoOfflineAfterItsTimeoutAndNotBefore() {
        one.join("s1", "ada", null);
        one.join("s2", "bob", null);
        two.join("s3", "bob", null);
        cluster.pass(SOON);
        two.changes();
        cluster.kill(one);
        cluster.pass(SimulatedCluster.TIMEOUT.minusSeconds(1));
        assertThat(two.view()).containsOnlyKeys("ada", "bob");
        cluster.pass(Duration.ofSeconds(1).plus(SOON));
        assertThat(two.view()).containsExactly(Map.entry("bob", "1 null"));
        assertThat(two.changes()).containsExactly("ada OFFLINE");
        assertThat(two.replica.servers()).isZero();
    }

    @Test
    void aUserOfAKilledServerWhoReconnectsElsewhereNeverGoesOffline() {
        one.join("s1", "ada", "{\"status\":\"busy\"}");
        cluster.pass(SOON);
        var since = two.since("ada");
        two.changes();
        cluster.kill(one);
        cluster.pass(Duration.ofSeconds(5));
        two.join("s2", "ada", null);
        cluster.pass(Duration.ofMinutes(1));
        assertThat(two.changes()).isEmpty();
        assertThat(two.view()).containsExactly(Map.entry("ada", "1 {\"status\":\"busy\"}"));
        assertThat(two.since("ada")).isEqualTo(since);
    }

    @Test
    void serversConvergeAfterAPartition() {
        one.join("s1", "ada", null);
        two.join("s2", "bob", null);
        cluster.pass(SOON);
        cluster.cut(one, two);
        one.join("s3", "cid", null);
        cluster.pass(SimulatedCluster.TIMEOUT.plusSeconds(1));
        assertThat(one.view()).containsOnlyKeys("ada", "cid");
        assertThat(two.view()).containsOnlyKeys("bob");
        cluster.heal();
        cluster.pass(SimulatedCluster.HEARTBEAT.plusSeconds(1));
        assertThat(one.view()).containsOnlyKeys("ada", "bob", "cid").isEqualTo(two.view());
    }

    @Test
    void aShortPartitionCausesNoOfflineChange() {
        one.join("s1", "ada", null);
        cluster.pass(SOON);
        two.changes();
        cluster.cut(one, two);
        one.join("s2", "bob", null);
        one.disconnect("s1");
        one.join("s3", "ada", null);
        cluster.pass(Duration.ofSeconds(8));
        cluster.heal();
        cluster.pass(SimulatedCluster.HEARTBEAT.plusSeconds(1));
        assertThat(two.changes()).containsExactly("bob ONLINE");
        assertThat(two.view()).isEqualTo(one.view());
    }

    @Test
    void theNewestMetadataWinsOnAllServersAndStaysWhenItsSocketDisconnects() {
        one.join("s1", "ada", "{\"n\":1}");
        cluster.pass(SOON);
        two.join("s2", "ada", "{\"n\":2}");
        cluster.pass(SOON);
        assertThat(one.view()).isEqualTo(two.view()).containsEntry("ada", "2 {\"n\":2}");
        two.disconnect("s2");
        cluster.pass(SimulatedCluster.GRACE.plus(SOON));
        assertThat(one.view()).isEqualTo(two.view()).containsEntry("ada", "1 {\"n\":2}");
        assertThat(one.changes()).containsExactly("ada ONLINE");
    }

    @Test
    void concurrentChangesOfAUserDuringAPartitionConverge() {
        one.join("s1", "ada", "{\"n\":0}");
        two.join("s2", "ada", "{\"n\":0}");
        cluster.pass(SOON);
        cluster.cut(one, two);
        one.join("s1", "ada", "{\"n\":1}");
        two.join("s2", "ada", "{\"n\":2}");
        cluster.pass(Duration.ofSeconds(1));
        cluster.heal();
        cluster.pass(SimulatedCluster.HEARTBEAT.plusSeconds(1));
        assertThat(one.view()).isEqualTo(two.view()).containsEntry("ada", "2 {\"n\":2}");
    }

    @Test
    void usersOfAServerThatShutsDownStayOnlineForTheGracePeriod() {
        one.join("s1", "ada", null);
        one.join("s2", "bob", null);
        cluster.pass(SOON);
        one.disconnect("s1");
        one.disconnect("s2");
        one.replica.goodbye(SimulatedCluster.GRACE);
        cluster.pass(SOON);
        cluster.kill(one);
        two.changes();
        two.join("s3", "ada", null);
        cluster.pass(SimulatedCluster.GRACE.minus(SOON));
        assertThat(two.view()).containsOnlyKeys("ada", "bob");
        cluster.pass(SOON);
        assertThat(two.view()).containsOnlyKeys("ada");
        assertThat(two.changes()).containsExactly("bob OFFLINE");
    }

    @Test
    void tenThousandUsersConvergeWithFewMessages() {
        for (int i = 0; i < 10_000; i++) {
            (i % 2 == 0 ? one : two).join("s" + i, "user" + i, "{\"name\":\"User " + i + "\"}");
        }
        cluster.pass(Duration.ofSeconds(1));
        assertThat(one.online.count()).isEqualTo(10_000);
        assertThat(two.view()).isEqualTo(one.view());
        assertThat(cluster.sent("changes")).isBetween(20, 40);
        int before = cluster.sent("changes");
        cluster.kill(two);
        SimulatedServer third = cluster.start();
        cluster.pass(SimulatedCluster.TIMEOUT.plusSeconds(1));
        assertThat(third.view()).hasSize(5_000).isEqualTo(one.view());
        assertThat(cluster.sent("changes") - before).isBetween(10, 20);
    }

    /** More removals than are remembered: the copy is read again completely, and no user appears to leave and return. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aReplicaThatMissedTooManyChangesResyncsWithoutSpuriousOfflineChanges(boolean changeFirst) {
        one.join("stays", "stays", null);
        one.join("goes", "goes", null);
        cluster.pass(SOON);
        two.changes();
        cluster.cut(one, two);
        one.leave("goes");
        for (int i = 0; i < 10_100; i++) {
            one.join("s", "user" + i, null);
            one.leave("s");
        }
        cluster.pass(Duration.ofSeconds(8));
        cluster.heal();
        if (changeFirst) {
            one.join("new", "new", null); // comes before the next heartbeat
            cluster.pass(SOON);
        }
        cluster.pass(SimulatedCluster.HEARTBEAT.multipliedBy(2).plusSeconds(1));
        assertThat(two.changes()).contains("goes OFFLINE").doesNotContain("stays OFFLINE");
        assertThat(two.view()).isEqualTo(one.view()).containsKey("stays").doesNotContainKey("goes");
    }

    @Test
    void entriesAboveTheLimitAreSkippedAndAddedOnceThereIsRoom() {
        SimulatedCluster small = new SimulatedCluster(1, 100);
        SimulatedServer full = small.start();
        SimulatedServer copy = small.start();
        for (int i = 0; i < 150; i++) {
            full.join("s" + i, "user" + i, null);
        }
        small.pass(Duration.ofSeconds(1));
        assertThat(copy.online.count()).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            full.disconnect("s" + i);
        }
        small.pass(SimulatedCluster.GRACE.plus(SimulatedCluster.HEARTBEAT.multipliedBy(2)));
        assertThat(copy.view()).hasSize(50).isEqualTo(full.view());
    }

    @Test
    void aPausedProcessDoesNotExpireOtherServers() {
        one.join("s1", "ada", null);
        cluster.pass(SOON);
        two.changes();
        two.replica.run(cluster.now + Duration.ofMinutes(1).toNanos());
        assertThat(two.view()).containsOnlyKeys("ada");
        assertThat(two.changes()).isEmpty();
    }

    @Test
    void aClusterWithoutUsersSendsNoHeartbeats() {
        cluster.pass(Duration.ofMinutes(1));
        int hellos = cluster.sent("hello");
        cluster.pass(Duration.ofMinutes(10));
        assertThat(cluster.sent("hello")).isEqualTo(hellos).isLessThan(10);
        assertThat(cluster.sent("beat")).isZero();
        one.join("s1", "ada", null);
        one.leave("s1");
        cluster.pass(Duration.ofMinutes(1));
        assertThat(one.replica.next()).as("no timer").isEqualTo(Replica.NEVER);
    }

    /** Random joins, leaves, changes of metadata, lost messages, partitions, killed and new servers; at the end all must be equal to the truth. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void allServersConvergeAfterRandomOperationsAndFailures(long seed) {
        Random random = new Random(seed);
        SimulatedCluster world = new SimulatedCluster(seed, 1_000_000);
        Map<String, SimulatedServer> sockets = new HashMap<>();
        Map<String, String> users = new HashMap<>();
        for (int i = 0; i < 3; i++) {
            world.start();
        }
        for (int step = 0; step < 400; step++) {
            SimulatedServer server = world.servers.get(random.nextInt(world.servers.size()));
            switch (random.nextInt(20)) {
                case 0 -> world.cut(server, world.servers.get(random.nextInt(world.servers.size())));
                case 1 -> world.heal();
                case 2 -> world.lose(random.nextDouble() / 2);
                case 3 -> {
                    if (world.servers.size() > 1) {
                        world.kill(server);
                        sockets.values().removeIf(server::equals);
                    }
                }
                case 4 -> {
                    if (world.servers.size() < 5) {
                        world.start();
                    }
                }
                case 5, 6, 7, 8, 9 -> {
                    List<String> all = new ArrayList<>(new TreeMap<>(sockets).keySet());
                    if (!all.isEmpty()) {
                        String socket = all.get(random.nextInt(all.size()));
                        sockets.remove(socket).disconnect(socket);
                    }
                }
                default -> {
                    String socket = "socket" + step;
                    String user = "user" + random.nextInt(12);
                    sockets.put(socket, server);
                    users.put(socket, user);
                    server.join(socket, user, random.nextBoolean() ? "{\"step\":" + step + "}" : null);
                }
            }
            world.pass(Duration.ofMillis(random.nextInt(500)));
        }
        world.heal();
        world.pass(Duration.ofMinutes(1));
        Map<String, Integer> truth = new TreeMap<>();
        sockets.keySet().forEach(socket -> truth.merge(String.valueOf(users.get(socket)), 1, Integer::sum));
        for (SimulatedServer server : world.servers) {
            assertThat(server.view())
                    .as(server.name)
                    .isEqualTo(world.servers.get(0).view());
            Map<String, @Nullable Integer> counts = new TreeMap<>();
            server.online.users().values().forEach(user -> counts.put(user.id(), user.sockets()));
            assertThat(counts).as(server.name).isEqualTo(truth);
            assertThat(server.online.count()).isEqualTo(truth.size());
        }
    }
}
