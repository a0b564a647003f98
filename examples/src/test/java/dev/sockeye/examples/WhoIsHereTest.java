package dev.sockeye.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.MemoryCluster;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two servers of a cluster, a client on each. */
class WhoIsHereTest {
    private final MemoryCluster cluster = new MemoryCluster();
    private SocketIoServer one;
    private SocketIoServer two;
    private Client ada;
    private Client bob;

    private SocketIoServer start() throws Exception {
        return WhoIsHere.start(
                0,
                SocketIoServerOptions.builder()
                        .adapter(cluster.adapters(ClusterOptions.defaults()))
                        .build());
    }

    @BeforeEach
    void connect() throws Exception {
        one = start();
        two = start();
        ada = new Client(one.port(), Map.of("name", "Ada"));
        await().atMost(Duration.ofSeconds(30)).until(() -> has(ada, "here"));
        bob = new Client(two.port(), Map.of("name", "Bob"));
        await().atMost(Duration.ofSeconds(30)).until(() -> has(bob, "here"));
    }

    @AfterEach
    void stop() throws Exception {
        ada.close();
        bob.close();
        one.closeAsync().get(30, TimeUnit.SECONDS);
        two.closeAsync().get(30, TimeUnit.SECONDS);
    }

    private static boolean has(Client client, String text) {
        return client.received.stream().anyMatch(line -> line.contains(text));
    }

    @Test
    void clientsSeeEachOthersPresenceAndStatus() {
        await().atMost(Duration.ofSeconds(30)).until(() -> has(ada, "\"id\":\"Bob\"") && has(bob, "\"id\":\"Ada\""));
        bob.socket.emit("status", "fishing");
        await().atMost(Duration.ofSeconds(30)).until(() -> has(ada, "presence:updated") && has(ada, "fishing"));
        bob.socket.emit("logout");
        await().atMost(Duration.ofSeconds(30)).until(() -> has(ada, "presence:offline [users, Bob]"));
    }

    @Test
    void cursorsAndCountsAreTrackedPerBoard() {
        ada.socket.emit("board", "board:red");
        bob.socket.emit("board", "board:red");
        await().atMost(Duration.ofSeconds(30)).until(() -> ada.ask("counts").equals("[[2,0]]"));
        bob.socket.emit("cursor", 0.25, 0.5);
        await().atMost(Duration.ofSeconds(30)).until(() -> has(ada, "cursor"));
        assertThat(ada.received).anyMatch(line -> line.contains("\"name\":\"Bob\"") && line.contains("0.25"));
        bob.socket.emit("board", "board:blue");
        await().atMost(Duration.ofSeconds(30)).until(() -> ada.ask("counts").equals("[[1,1]]"));
    }

    @Test
    void aMissingNameIsRefused() throws Exception {
        try (Client nobody = new Client(one.port(), Map.of())) {
            assertThat(nobody.refusal.get(30, TimeUnit.SECONDS)).contains("choose a name");
        }
    }
}
