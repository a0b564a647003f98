package dev.sockeye.adapter.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.adapter.cluster.ClusterTimeoutException;
import dev.sockeye.socketio.server.RemoteSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The behaviour of an adapter when the broker is killed, and when a server cannot reach it. */
abstract class FaultsContract extends TargetsContract {
    private static final int SOME = 50;

    private boolean stopped;

    private static List<Object> upTo(int number) {
        return IntStream.range(0, number).<Object>mapToObj(n -> n).toList();
    }

    private void emit(int from, int to) {
        for (int n = from; n < to; n++) {
            servers.get(0).io.emit("event", n);
        }
    }

    private static List<@Nullable Object> take(TestClient client, int number) throws InterruptedException {
        List<@Nullable Object> labels = new ArrayList<>();
        for (int n = 0; n < number; n++) {
            labels.add(client.next().get(0));
        }
        return labels;
    }

    /** All messages have arrived, or some of them if the broker may lose messages; never twice, and never out of order. */
    private void assertArrived(List<@Nullable Object> labels, int number) {
        if (broker().isDurable()) {
            assertThat(labels).isEqualTo(upTo(number));
        } else {
            List<Integer> numbers = labels.stream()
                    .map(label -> Integer.valueOf(String.valueOf(label)))
                    .toList();
            assertThat(numbers).isEqualTo(new ArrayList<>(new TreeSet<>(numbers)));
        }
    }

    /** Restores the broker for the next tests if a test has failed. */
    @AfterEach
    final void endFault() throws Exception {
        if (stopped) {
            start();
        }
    }

    private void stop() throws Exception {
        stopped = true;
        broker().stop();
    }

    private void start() throws Exception {
        broker().start();
        stopped = false;
    }

    private void awaitHealthy() {
        until(() ->
                servers.stream().allMatch(server -> server.adapter().health().connected()));
    }

    @Test
    void aServerServesItsOwnClientsDuringABrokerOutageAndRecoversAfterwards() throws Exception {
        assumeTrue(broker().canRestart(), "this broker cannot be restarted by the test");
        TestClient other = new TestClient(io, servers.get(1), TestServer.OTHER);
        emit(0, SOME);
        stop();
        until(() -> {
            var health = servers.get(0).adapter().health();
            return !health.connected() && health.problem() != null;
        });
        emit(SOME, 2 * SOME);
        assertThat(take(clients.get(0), 2 * SOME)).isEqualTo(upTo(2 * SOME));
        start();
        awaitHealthy();
        until(() -> servers.get(0).ids().size() == servers.size());
        emit(2 * SOME, 3 * SOME);
        TestClient.end(servers.get(0));
        assertThat(clients.get(0).labels()).isEqualTo(upTo(3 * SOME).subList(2 * SOME, 3 * SOME));
        assertArrived(clients.get(1).labels(), 3 * SOME);
        assertArrived(clients.get(2).labels(), 3 * SOME);
        assertThat(servers.get(0).adapter().health().problem()).isNull();
        if (broker().isDurable()) {
            assertThat(servers.get(0).adapter().health().lost()).isZero();
        }
        assertOtherNamespaceWorks(other);
    }

    /** An adapter has to renew what it needs for each namespace. */
    private void assertOtherNamespaceWorks(TestClient other) throws InterruptedException {
        try (other) {
            until(() -> TestServer.await(servers.get(0).io.of(TestServer.OTHER).fetchSockets())
                            .size()
                    == 1);
            servers.get(0).io.of(TestServer.OTHER).emit("event", "other");
            assertThat(other.next().get(0)).isEqualTo("other");
        }
    }

    @Test
    void aServerCanStartDuringABrokerOutage() throws Exception {
        assumeTrue(broker().canRestart(), "this broker cannot be restarted by the test");
        stop();
        try (TestServer early = startServer();
                TestClient client = new TestClient(io, early, "/")) {
            early.io.emit("event", "alone");
            assertThat(client.next().get(0)).isEqualTo("alone");
            start();
            until(() -> servers.get(0).ids().contains(client.id()));
            until(() -> early.ids().size() == servers.size() + 1);
            servers.get(0).io.emit("event", "together");
            for (List<@Nullable Object> event = client.next(); !"together".equals(event.get(0)); ) {
                event = client.next();
            }
        }
    }

    @Test
    void aServerCutOffFromTheBrokerServesItsOwnClientsAndRejoinsTheCluster() throws Exception {
        assumeTrue(broker().canCut(), "the nodes of this broker cannot be cut off by the test");
        emit(0, 1);
        clients.get(2).next();
        servers.get(2).node.cut();
        emit(1, SOME);
        assertThat(foundBy(servers.get(0))).as("without the missing").contains(id(0), id(1));
        servers.get(2).io.local().emit("event", "own");
        assertThat(clients.get(2).next().get(0)).as("it serves its own clients").isEqualTo("own");
        servers.get(2).node.heal();
        awaitHealthy();
        until(() -> servers.stream().allMatch(server -> server.ids().size() == servers.size()));
        TestClient.end(servers.get(0));
        assertThat(clients.get(1).labels()).isEqualTo(upTo(SOME));
        List<@Nullable Object> late = new ArrayList<>(List.of(0));
        late.addAll(clients.get(2).labels());
        assertArrived(late, SOME);
    }

    /** The sockets that a server finds within the request timeout: it either knows that a server is gone, or gets a partial result. */
    private static Set<String> foundBy(TestServer server) {
        Set<String> found = new HashSet<>();
        TestServer.await(server.io.fetchSockets().handle((sockets, error) -> {
            Throwable cause = error == null || error.getCause() == null ? error : error.getCause();
            if (cause instanceof ClusterTimeoutException timeout) {
                timeout.sockets().stream().map(SocketDetails::id).forEach(found::add);
            } else if (cause == null) {
                sockets.stream().map(RemoteSocket::id).forEach(found::add);
            }
            return found;
        }));
        return found;
    }
}
