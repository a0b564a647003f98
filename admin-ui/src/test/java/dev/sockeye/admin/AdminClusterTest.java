package dev.sockeye.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.MemoryCluster;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An admin at one server of a cluster, a client at the other one. */
@DisplayName("The Admin UI in a cluster")
class AdminClusterTest {
    private final MemoryCluster cluster = new MemoryCluster();
    private final SocketIoServer one = server();
    private final SocketIoServer two = server();
    private final List<AutoCloseable> open = new ArrayList<>();

    private SocketIoServer server() {
        return SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(cluster.adapters(ClusterOptions.defaults()))
                .build());
    }

    @BeforeEach
    void start() throws Exception {
        for (SocketIoServer io : List.of(one, two)) {
            open.add(AdminUi.instrument(
                    io,
                    AdminUiOptions.builder()
                            .auth(AdminAuth.none())
                            .serverId(io == one ? "one" : "two")
                            .build()));
            io.listen(0);
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        one.close();
        two.close();
    }

    private RawClient later(RawClient client) {
        open.add(0, client);
        return client;
    }

    @Test
    void showsSocketsEventsAndStatsOfAllServersAndSendsThemCommands() throws Exception {
        RawClient before = later(RawClient.open(two));
        String sid = RawClient.sid(before.join("/", ""));
        RawClient admin = later(RawClient.admin(one));
        JsonNode all = admin.event("all_sockets").get(0);
        assertThat(all).hasSize(2);
        JsonNode remote = all.get(0);
        assertThat(remote.get("id").asString()).isEqualTo(sid);
        assertThat(remote.get("clientId").asString())
                .isEqualTo(two.sockets()
                        .sockets()
                        .values()
                        .iterator()
                        .next()
                        .conn()
                        .id()
                        .substring(0, 12));
        assertThat(remote.get("transport").asString()).isEqualTo("websocket");
        assertThat(remote.get("data").toString()).isEqualTo("{}");

        admin.event(
                "server_stats", args -> args.get(0).get("serverId").asString().equals("one"));
        admin.event(
                "server_stats", args -> args.get(0).get("serverId").asString().equals("two"));
        later(RawClient.connect(two));
        admin.event(
                "socket_connected", args -> args.get(0).get("nsp").asString().equals("/"));
        // the other server has noticed within two seconds that an admin is there
        admin.event(
                "server_stats", args -> args.get(0).get("serverId").asString().equals("two"));
        admin.event(
                "server_stats", args -> args.get(0).get("serverId").asString().equals("two"));
        before.send("42[\"hello\"]");
        assertThat(admin.event("event_received").get(1).asString()).isEqualTo(sid);

        admin.send("42/admin,[\"join\",\"/\",\"room\",\"" + sid + "\"]");
        admin.event("room_joined", args -> args.get(1).asString().equals("room"));
        admin.send("42/admin,[\"_disconnect\",\"/\",false,\"" + sid + "\"]");
        before.take(text -> text.equals("41"), "DISCONNECT");
        admin.event("socket_disconnected", args -> args.get(1).asString().equals(sid));
    }
}
