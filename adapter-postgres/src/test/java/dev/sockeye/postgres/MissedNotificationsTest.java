package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.adapter.tck.TcpProxy;
import dev.sockeye.postgres.Peer.To;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A server whose listening connection is replaced has missed notifications: it counts them and logs it. */
class MissedNotificationsTest {
    private static final PostgresOptions OPTIONS = PostgresOptions.builder()
            .heartbeatInterval(Duration.ofMillis(300))
            .heartbeatTimeout(Duration.ofSeconds(10))
            .requestsTimeout(Duration.ofSeconds(3))
            .build();

    @Test
    void aServerCountsTheMessagesItMissedWhileNotListening() throws Exception {
        try (PostgresProcess postgres = PostgresProcess.begin();
                Cluster cluster = new Cluster();
                Warnings warnings = new Warnings()) {
            String database = postgres.database();
            TcpProxy way = new TcpProxy(postgres.port());
            PostgresOptions listening = OPTIONS.toBuilder()
                    .listenDataSource(PostgresProcess.source(way.port(), database))
                    .build();
            JavaPeer sender = new JavaPeer(PostgresAdapter.create(postgres.source(database), OPTIONS), null);
            JavaPeer receiver = new JavaPeer(PostgresAdapter.create(postgres.source(database), listening), null);
            JavaPeer witness = new JavaPeer(PostgresAdapter.create(postgres.source(database), OPTIONS), null);
            cluster.peers.addAll(List.of(sender, receiver, witness));
            int client = cluster.client(receiver.url(), Map.of());
            int witnessing = cluster.client(witness.url(), Map.of());
            cluster.ready();
            sender.emit(To.ALL, "n", 0);
            assertThat(cluster.received(client, 1)).isEqualTo(List.of(List.of("n", 0)));
            assertThat(receiver.adapter().health().lost()).isZero();

            way.cut();
            way.disconnect();
            Awaiting.until(() -> !receiver.adapter().health().connected());
            String large = "x".repeat(10_000);
            for (int i = 1; i <= 10; i++) {
                sender.emit(To.ALL, "n", i, i == 5 ? large : "");
            }
            assertThat(cluster.received(witnessing, 11))
                    .as("all events are sent")
                    .hasSize(11);
            way.heal();
            Awaiting.until(() -> receiver.adapter().health().connected());
            sender.emit(To.ALL, "n", 11);
            sender.emit(To.ALL, "n", 12);

            assertThat(cluster.received(client, 2)).isEqualTo(List.of(List.of("n", 11), List.of("n", 12)));
            assertThat(receiver.adapter().health().lost()).as("missed messages").isEqualTo(10);
            assertThat(sender.adapter().health().lost())
                    .as("messages lost by the sender")
                    .isZero();
            assertThat(warnings.texts).anyMatch(text -> text.contains("10 messages of other servers were missed"));
            way.close();
        }
    }
}
