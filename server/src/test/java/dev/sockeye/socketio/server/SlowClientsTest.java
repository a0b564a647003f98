package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.SlowClientPolicy;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.MemoryCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The events that slow clients receive: events that replace others, and droppable events. */
class SlowClientsTest {
    private static final String FILLER = "x".repeat(20_000);

    private final List<Socket> sockets = new ArrayList<>();

    private TestServer server(java.util.function.UnaryOperator<SocketIoServerOptions.Builder> options) {
        TestServer server = new TestServer(options);
        server.io.onConnection(socket -> {
            sockets.add(socket);
            socket.join("dashboard");
        });
        return server;
    }

    /** A connected client that has stopped reading, with much on its way. */
    private FakeClient slow(TestServer server) {
        FakeClient client = server.connect();
        client.messages();
        client.stick();
        sockets.get(sockets.size() - 1).emit("filler", FILLER);
        return client;
    }

    /** The packets after the filler once the client reads again. */
    private static List<String> rest(FakeClient client) {
        client.unstick();
        List<String> all = client.messages();
        assertThat(all.get(0)).startsWith("42[\"filler\"");
        return all.subList(1, all.size());
    }

    @Test
    void aSlowClientReceivesTheLatestEventOfEachKeyAndAllOtherEvents() {
        TestServer server = server(options -> options);
        FakeClient client = slow(server);
        Socket socket = sockets.get(0);
        socket.latest("price:X").emit("price", "X", 1);
        socket.emit("trade", 7);
        socket.latest("price:Y").emit("price", "Y", 1);
        socket.latest("price:X").emit("price", "X", 2);
        server.io.to("dashboard").latest("price:Y").emit("price", "Y", 2);
        server.io.latest("price:Z").emit("price", "Z", 1);
        assertThat(rest(client))
                .containsExactly(
                        "42[\"trade\",7]", "42[\"price\",\"X\",2]", "42[\"price\",\"Y\",2]", "42[\"price\",\"Z\",1]");
        assertThat(socket.bufferedBytes()).isZero();
    }

    @Test
    void attachmentsAreReplacedWithTheirEvent() {
        TestServer server = server(options -> options);
        FakeClient client = slow(server);
        Socket socket = sockets.get(0);
        socket.latest("picture").emit("picture", new byte[] {1});
        socket.latest("picture").emit("picture", new byte[] {2});
        assertThat(rest(client)).containsExactly("451-[\"picture\",{\"_placeholder\":true,\"num\":0}]", "#02");
    }

    @Test
    void keysAreScopedToTheNamespace() {
        TestServer server = server(options -> options);
        List<Socket> others = new ArrayList<>();
        server.io.of("/other").onConnection(others::add);
        FakeClient client = server.connect();
        client.join("/other");
        client.stick();
        sockets.get(0).emit("filler", FILLER);
        sockets.get(0).latest("key").emit("a");
        others.get(0).latest("key").emit("b");
        assertThat(rest(client)).containsExactly("42[\"a\"]", "42/other,[\"b\"]");
    }

    @Test
    void latestCannotBeCombinedWithAnAcknowledgement() {
        TestServer server = server(options -> options);
        server.connect();
        assertThatThrownBy(() -> sockets.get(0).latest("key").emitWithAck("question"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("latest(\"key\")");
        assertThatThrownBy(() -> server.io.to("dashboard").latest("key").emitWithAck("question"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("latest(\"key\")");
    }

    @Test
    void theOldestEventsAreDroppedButProtocolPacketsAreKept() {
        TestServer server = server(options ->
                options.slowClientPolicy(SlowClientPolicy.DROP_OLDEST).maxOutboundBytes(30_000));
        server.io.of("/late");
        FakeClient client = slow(server);
        Socket socket = sockets.get(0);
        socket.onRequest("ask", String.class, text -> "answer");
        CompletableFuture<?> asked = socket.emitWithAck("question");
        client.text("420[\"ask\",\"\"]");
        client.text("40/late,");
        for (int i = 0; i < 500; i++) {
            socket.emit("e", i, "y".repeat(100));
        }
        socket.emit("last");
        List<String> rest = rest(client);
        assertThat(rest.get(0)).isEqualTo("420[\"question\"]");
        assertThat(rest.get(1)).isEqualTo("430[\"answer\"]");
        assertThat(rest.get(2)).startsWith("40/late,{");
        assertThat(rest).hasSizeBetween(20, 200).last().isEqualTo("42[\"last\"]");
        client.text("430[\"yes\"]");
        assertThat(asked).isCompleted();
        assertThat(socket.connected()).isTrue();
        assertThat(socket.bufferedBytes()).isZero();
    }

    @Test
    void aRecoveredClientReceivesValuesAfterItsLastOffset() {
        TestServer server = server(options -> options.connectionStateRecovery(true));
        FakeClient client = server.open();
        client.text("40");
        String pid = FakeClient.pid(client.next());
        client.stick();
        Socket socket = sockets.get(0);
        socket.emit("filler", FILLER);
        socket.latest("price").emit("price", 1);
        socket.emit("trade", 1);
        socket.latest("price").emit("price", 2);
        List<String> rest = rest(client);
        assertThat(rest).hasSize(2);
        assertThat(rest.get(0)).startsWith("42[\"trade\",1,");
        assertThat(rest.get(1)).as("after the trade, so that offsets increase").startsWith("42[\"price\",2,");
        String offset = rest.get(1).replaceAll("^.*,\"([^\"]+)\"]$", "$1");
        client.drop();
        server.io.latest("price").emit("price", 3);
        FakeClient back = server.open();
        back.text("40{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}");
        assertThat(back.messages())
                .filteredOn(one -> one.startsWith("42"))
                .singleElement()
                .asString()
                .startsWith("42[\"price\",3,");
    }

    @Test
    void keysAreSentToTheOtherServersOfACluster() {
        List<Runnable> underWay = new ArrayList<>();
        MemoryCluster cluster = new MemoryCluster((from, to, delivery) -> underWay.add(delivery));
        TestServer here = server(options -> options.adapter(cluster.adapters(ClusterOptions.defaults())));
        TestServer there = server(options -> options.adapter(cluster.adapters(ClusterOptions.defaults())));
        Runnable deliver = () -> {
            for (int i = 0; i < 5; i++) {
                while (!underWay.isEmpty()) {
                    underWay.remove(0).run();
                }
                here.loop.advance(Duration.ofMillis(1));
                there.loop.advance(Duration.ofMillis(1));
            }
        };
        deliver.run();
        FakeClient client = slow(there);
        here.io.to("dashboard").latest("price").emit("price", 1);
        here.io.to("dashboard").latest("price").emit("price", 2);
        deliver.run();
        assertThat(rest(client)).containsExactly("42[\"price\",2]");
    }
}
