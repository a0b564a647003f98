package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.redis.Peer.To;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients that reconnect to another server: Java to Java, Java to Node and Node to Java. */
class StreamsRecoveryTest {
    private RedisProcess redis;
    private Cluster cluster;

    @BeforeEach
    void start() throws Exception {
        redis = RedisProcess.embedded();
        cluster = new Cluster();
        cluster.peers.add(java());
        cluster.peers.add(java());
        Object recovery = Map.of("maxDisconnectionDuration", 60_000);
        cluster.peers.add(new NodePeer(cluster.node, "streams", redis.port(), Map.of("blockTimeInMs", 500), recovery));
        cluster.clientOfEach();
        cluster.ready();
        cluster.primeStream();
    }

    private JavaPeer java() throws Exception {
        return new JavaPeer(RedisStreamsAdapter.create(redis.uri()), ConnectionStateRecovery.defaults());
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
        redis.close();
    }

    /** The names of events, without the offset that each has for its last argument. */
    private List<String> names(List<Object> events) {
        List<String> names = new ArrayList<>();
        events.forEach(event -> names.add(String.valueOf(((List<?>) event).get(0))));
        return names;
    }

    private void reconnects(int from, int to) {
        int client = cluster.client(cluster.peers.get(from).url(), Map.of("reconnection", false));
        String id = cluster.ids.get(client);
        cluster.send(client, "join", "room");
        cluster.send(client, "data", Map.of("name", "joe"));
        cluster.peers.get(from).emit(To.ALL, "first");
        assertThat(names(cluster.received(client, 1))).containsExactly("first");
        cluster.drop(client, cluster.peers.get(to).url());
        assertThat(names(cluster.received(client, 1))).containsExactly("(disconnect)");
        sessionIsKept(client, from);
        for (Peer peer : cluster.peers) {
            peer.emit(To.ALL, "to all");
            peer.emit(To.room("room"), "to the room");
            peer.emit(To.room("elsewhere"), "not for it");
            peer.emit(To.except("room"), "except");
        }
        allHaveRead("from " + from + " to " + to);
        cluster.comeBack(client);
        List<Object> seen = cluster.received(client, 7);
        assertThat(seen).as("from " + from + " to " + to).contains(List.of("(connect)", true));
        assertThat(names(seen))
                .filteredOn(name -> !name.equals("(connect)"))
                .containsExactlyInAnyOrder("to all", "to all", "to all", "to the room", "to the room", "to the room");
        assertThat(cluster.status(client)).containsEntry("id", id);
        List<Map<String, Object>> found = cluster.peers.get(to).fetchSockets(To.room("room"));
        assertThat(found).hasSize(1);
        assertThat(found.get(0).get("data")).isEqualTo(Map.of("name", "joe"));
        cluster.leave(client);
        Awaiting.until(() -> cluster.peers.get(to).fetchSockets(To.room("room")).isEmpty());
    }

    /** The server has noticed that the client is away. */
    private void sessionIsKept(int client, int server) {
        Awaiting.until(() -> {
            String session = cluster.session(redis, client);
            return server == 2 ? !session.isEmpty() : session.contains("0".repeat(16));
        });
    }

    /**
     * A Node server sends events again that it reads from the stream after it restored them to a reconnecting client: so the client returns when
     * all has been read by all.
     */
    private void allHaveRead(String room) {
        cluster.peers.get(0).join(To.except("room"), room);
        Awaiting.until(() -> cluster.peers.get(0).fetchSockets(To.room(room)).size() == 3);
    }

    @Test
    @Tag("streams.connection-state-recovery.01")
    @Tag("streams.connection-state-recovery.02")
    void aClientReconnectingToAnotherServerReceivesItsMissedEvents() {
        reconnects(0, 1);
        reconnects(0, 2);
        reconnects(2, 1);
    }

    @Test
    @Tag("streams.connection-state-recovery.03")
    @Tag("streams.connection-state-recovery.04")
    void aClientWithAnUnknownSessionOrOffsetGetsANewSession() {
        for (Map<String, String> auth :
                List.of(Map.of("pid", "unknown", "offset", "1-1"), Map.of("pid", "unknown", "offset", "abc"))) {
            int client = cluster.client(cluster.peers.get(0).url(), Map.of("auth", auth));
            assertThat(cluster.status(client)).containsEntry("recovered", false).containsEntry("connected", true);
        }
    }

    @Test
    void aClientRecoversOnANewServerAfterTheOldJavaServersAreClosed() throws Exception {
        int client = cluster.client(cluster.peers.get(0).url(), Map.of("reconnection", false));
        String id = cluster.ids.get(client);
        cluster.peers.get(0).emit(To.ALL, "first");
        assertThat(names(cluster.received(client, 1))).containsExactly("first");
        JavaPeer fresh = java();
        cluster.drop(client, fresh.url());
        cluster.received(client, 1);
        sessionIsKept(client, 0);
        cluster.peers.get(1).emit(To.ALL, "second");
        cluster.peers.get(0).close();
        cluster.peers.get(1).close();
        cluster.peers.add(fresh);
        cluster.comeBack(client);
        List<Object> seen = cluster.received(client, 2);
        assertThat(seen).contains(List.of("(connect)", true));
        assertThat(names(seen)).contains("second");
        assertThat(cluster.status(client)).containsEntry("id", id);
    }
}
