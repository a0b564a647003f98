package dev.sockeye.verification.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sockeye.admin.AdminAuth;
import dev.sockeye.admin.AdminUi;
import dev.sockeye.admin.AdminUiOptions;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.cluster.Broker;
import dev.sockeye.verification.cluster.BrokerServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Sockeye server and an official server with its Admin UI, in one cluster. The scenario is in src/test/admin. */
@DisplayName("The Admin UI in a cluster with a Node server")
class AdminUiWithNodeTest {
    private static final Path SCRIPTS = Path.of("src/test/admin").toAbsolutePath();

    @Test
    @Timeout(value = 300, unit = TimeUnit.SECONDS)
    void bothServersReportTheSameStateToAdmins() throws Exception {
        assertThat(Files.isDirectory(SCRIPTS.resolve("node_modules")))
                .as("packages of %s (./test installs them: npm ci)", SCRIPTS)
                .isTrue();
        try (BrokerServer redis = Broker.PUBSUB.start(false)) {
            if (redis == null) {
                System.out.println("SKIPPED, the Admin UI with a Node server: " + Broker.PUBSUB.missing());
                abort(Broker.PUBSUB.missing());
                return;
            }
            SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                    .adapter(Broker.PUBSUB.adapter(redis.uri()))
                    .build());
            io.onConnection(socket -> {
                socket.data().put("name", "Ada");
                socket.join("lobby");
            });
            try (AdminUi unused = AdminUi.instrument(
                    io,
                    AdminUiOptions.builder()
                            .auth(AdminAuth.none())
                            .mode(AdminUiOptions.Mode.DEVELOPMENT)
                            .servePage(false)
                            .serverId("sockeye")
                            .build())) {
                io.listen(0);
                Process node = new ProcessBuilder(
                                "node",
                                "admin-cluster.mjs",
                                String.valueOf(URI.create(redis.uri()).getPort()),
                                "http://127.0.0.1:" + io.port())
                        .directory(SCRIPTS.toFile())
                        .redirectErrorStream(true)
                        .start();
                try {
                    String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    System.out.print(output);
                    assertThat(node.waitFor()).as(output).isZero();
                } finally {
                    node.destroyForcibly();
                }
            } finally {
                io.close();
            }
        }
    }
}
