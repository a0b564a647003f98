package dev.sockeye.verification.browser;

import dev.sockeye.admin.AdminAuth;
import dev.sockeye.admin.AdminUi;
import dev.sockeye.admin.AdminUiOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.MemoryCluster;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The official page in headless Chromium, from one of two servers of a cluster, with clients on the other one. */
@DisplayName("The Admin UI in a browser")
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class AdminUiInBrowserTest {
    /** Of "changeit", made by bcryptjs. */
    private static final String HASH = "$2a$10$zQyTruBO/QdOg94BsjefIuTiGLwg0fnBzb0hSMO1YzCHByhJ25beK";

    @Test
    void everyPageAndCommandWorksInACluster() throws Exception {
        run(AdminUiOptions.Mode.DEVELOPMENT, "development");
    }

    @Test
    void theDashboardWorksInProductionMode() throws Exception {
        run(AdminUiOptions.Mode.PRODUCTION, "production");
    }

    private static void run(AdminUiOptions.Mode mode, String scenario) throws Exception {
        String chromium = Chromium.find("the Admin UI in a browser");
        if (chromium == null) {
            return;
        }
        MemoryCluster cluster = new MemoryCluster();
        SocketIoServer one = server(cluster);
        SocketIoServer two = server(cluster);
        try (AdminUi first = AdminUi.instrument(one, options(mode, "server one"));
                AdminUi second = AdminUi.instrument(two, options(mode, "server two"))) {
            one.listen(0);
            two.listen(0);
            Chromium.run(
                    List.of(
                            "node",
                            "admin.mjs",
                            scenario,
                            chromium,
                            Chromium.SCREENSHOTS.toString(),
                            "http://localhost:" + one.port() + first.pagePath(),
                            "http://localhost:" + two.port()),
                    Map.of());
        } finally {
            one.close();
            two.close();
        }
    }

    private static AdminUiOptions options(AdminUiOptions.Mode mode, String serverId) {
        return AdminUiOptions.builder()
                .auth(AdminAuth.basic("admin", HASH))
                .mode(mode)
                .serverId(serverId)
                .build();
    }

    private static SocketIoServer server(MemoryCluster cluster) {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(cluster.adapters(ClusterOptions.defaults()))
                .build());
        io.onConnection(socket -> {
            socket.data().put("name", "Ada");
            socket.join("lobby");
            socket.on("ping me", (args, ack) -> socket.emit("pong", args.get(0), Map.of("deep", List.of(1, 2))));
        });
        return io;
    }
}
