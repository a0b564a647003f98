package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.MemoryCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Servers around a cluster in memory, whose messages arrive when the test lets them. */
class MemoryClusterTest {
    private final List<Runnable> underWay = new ArrayList<>();
    private final MemoryCluster cluster = new MemoryCluster((from, to, delivery) -> underWay.add(delivery));
    private final List<TestServer> servers = new ArrayList<>();

    MemoryClusterTest() {
        for (int i = 0; i < 2; i++) {
            servers.add(new TestServer(options ->
                    options.adapter(cluster.adapters(ClusterOptions.defaults())).connectionStateRecovery(true)));
        }
        deliverAll();
    }

    private void deliverAll() {
        for (int i = 0; i < 5; i++) {
            while (!underWay.isEmpty()) {
                underWay.remove(0).run();
            }
            servers.forEach(server -> server.loop.advance(Duration.ofMillis(1)));
        }
    }

    private SocketIoServer io(int index) {
        return servers.get(index).io;
    }

    private static String offset(String event) {
        Matcher matcher = Pattern.compile("\"([^\"]+)\"]$").matcher(event);
        assertThat(matcher.find()).as(event).isTrue();
        return matcher.group(1);
    }

    @Test
    void aClientRecoversOnAnotherServerWithAllMissedEvents() {
        FakeClient client = servers.get(0).open();
        client.text("40");
        String hello = client.next();
        io(1).emit("first");
        deliverAll();
        String offset = offset(client.next());
        client.drop();
        io(0).emit("missed", 1);
        io(1).emit("missed", 2);
        deliverAll();
        io(0).emit("late", 3);
        FakeClient back = servers.get(1).open();
        back.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\",\"offset\":\"" + offset + "\"}");
        deliverAll();
        io(0).emit("live", 4);
        deliverAll();
        List<String> got = back.messages();
        assertThat(got).hasSize(5);
        assertThat(got.get(0)).startsWith("42[\"missed\",1,");
        assertThat(got.get(1)).startsWith("42[\"missed\",2,");
        assertThat(got).filteredOn(one -> one.startsWith("42[\"late\",3,")).hasSize(1);
        assertThat(got).contains(hello);
        assertThat(got.get(4)).startsWith("42[\"live\",4,");
        FakeClient again = servers.get(0).open();
        again.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\",\"offset\":\"" + offset + "\"}");
        assertThat(FakeClient.pid(again.next()))
                .as("the session was taken over")
                .isNotEqualTo(FakeClient.pid(hello));
    }

    /** The client reconnects while events are in transit, in any order. */
    @Test
    void eachEventArrivesOnceAndInOrderRegardlessOfWhenTheClientReconnects() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            FakeClient client = servers.get(0).open();
            client.text("40");
            String pid = FakeClient.pid(client.next());
            io(0).emit("e", "start");
            deliverAll();
            String offset = offset(client.next());
            client.drop();
            FakeClient back = servers.get(random.nextInt(2)).open();
            int comesAt = random.nextInt(30);
            int sent = 0;
            for (int step = 0; step < 30; step++) {
                if (step == comesAt) {
                    back.text("40{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}");
                }
                if (random.nextBoolean()) {
                    io(random.nextInt(2)).emit("e", sent++);
                } else if (!underWay.isEmpty()) {
                    underWay.remove(random.nextInt(underWay.size())).run();
                }
            }
            deliverAll();
            List<String> numbers = new ArrayList<>();
            for (String message : back.messages()) {
                if (message.startsWith("42")) {
                    numbers.add(message.replaceAll("^42\\[\"e\",(\\d+),.*$", "$1"));
                }
            }
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < sent; i++) {
                expected.add(String.valueOf(i));
            }
            assertThat(numbers).as("seed " + seed).isEqualTo(expected);
            back.drop();
            deliverAll();
        }
    }

    @Test
    void disconnectReasonsReachTheClientsOfOtherServers() {
        FakeClient first = servers.get(1).open();
        String id = first.join("/");
        FakeClient second = servers.get(1).connect();
        io(0).in(id).disconnectSockets("maintenance");
        deliverAll();
        assertThat(first.messages()).containsExactly("42[\"sockeye:disconnect\",{\"reason\":\"maintenance\"}]", "41");
        assertThat(second.messages()).isEmpty();
        CompletableFuture<List<RemoteSocket>> found = io(0).fetchSockets();
        deliverAll();
        assertThat(found).isCompleted();
        found.join().get(0).disconnect("moved", true);
        deliverAll();
        assertThat(second.messages()).contains("42[\"sockeye:disconnect\",{\"reason\":\"moved\"}]");
        assertThat(second.closed()).isTrue();
    }

    /** The missed events exceed the limit of its connection. */
    @Test
    void aClientThatMissedTooManyBytesIsNotRecovered() {
        List<Boolean> recovered = new ArrayList<>();
        TestServer small = new TestServer(options -> options.adapter(cluster.adapters(ClusterOptions.defaults()))
                .engine(engine -> engine.maxOutboundBytes(100_000))
                .connectionStateRecovery(true));
        servers.add(small);
        small.io.onConnection(socket -> recovered.add(socket.recovered()));
        deliverAll();
        for (int missed : new int[] {5, 50}) {
            FakeClient client = small.open();
            client.text("40");
            String hello = client.next();
            io(1).emit("first");
            deliverAll();
            String offset = offset(client.next());
            client.drop();
            for (int i = 0; i < missed; i++) {
                io(1).emit("missed", "x".repeat(5_000));
            }
            deliverAll();
            FakeClient back = small.open();
            back.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\",\"offset\":\"" + offset + "\"}");
            deliverAll();
            assertThat(back.messages()).hasSize(missed == 5 ? 6 : 1);
            back.drop();
        }
        assertThat(recovered).containsExactly(false, true, false, false);
    }
}
