package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.postgres.Peer.To;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** {@link PostgresEmitter#connect} and {@code @socket.io/postgres-emitter}. */
class PostgresEmitterTest extends EmitterContract {
    private PostgresEmitter emitter;

    @Override
    Peer java() throws Exception {
        return new JavaPeer(PostgresAdapter.create(postgres.source(database)), null);
    }

    @Override
    Peer node() {
        return new NodePeer(cluster.node, postgres.url(database), Map.of());
    }

    @Override
    void settle() {
        emitter = PostgresEmitter.connect(postgres.jdbcUrl(database));
    }

    @Override
    List<Sender> senders() {
        return List.of(ours(emitter));
    }

    @AfterAll
    void closeEmitter() {
        if (emitter != null) {
            emitter.close();
        }
    }

    @Test
    void broadcastsReachClients() throws Exception {
        each(this::broadcasts);
    }

    @Test
    void broadcastsStayInTheirNamespace() throws Exception {
        each(this::namespaces);
    }

    @Test
    void socketsJoinAndLeave() throws Exception {
        each(this::moves);
    }

    @Test
    void serverSideEmitReachesAllServers() throws Exception {
        each(this::tells);
    }

    @Test
    void socketsAreDisconnected() throws Exception {
        each(this::disconnects);
    }

    /** Its messages do not name their namespace, for which servers of the official adapter 0.5 drop them. */
    @Test
    void theOfficialEmitterReachesClientsOfJavaServers() {
        Object official = cluster.node.ask("emitter", "url", postgres.url(database));
        for (Object argument : List.of("text", new byte[] {1, 2}, "x".repeat(10_000))) {
            cluster.node.ask("emitCall", "emitter", official, "method", "emit", "args", List.of("official", argument));
            Object expected = argument instanceof byte[] ? "bin:0102" : argument;
            for (int java = 0; java < 2; java++) {
                assertThat(cluster.received(java, 1)).isEqualTo(List.of(List.of("official", expected)));
            }
        }
        emitter.emit("end");
        for (int i = 0; i < 4; i++) {
            assertThat(cluster.received(i, 1)).isEqualTo(List.of(List.of("end")));
        }
    }

    @Test
    void aBatchWithIdenticalEventsArrivesCompleteAndInOrder() {
        emitter.batch(batch -> {
                    for (int i = 0; i < 20; i++) {
                        batch.emit("batched", i / 2);
                    }
                })
                .join();
        for (int client = 0; client < 4; client++) {
            assertThat(cluster.received(client, 20))
                    .isEqualTo(IntStream.range(0, 20)
                            .mapToObj(i -> List.of("batched", i / 2))
                            .toList());
        }
    }

    /** Also equal ones and long ones; a rollback discards all of them. */
    @Test
    void eventsOfATransactionAreSentOnCommit() throws Exception {
        try (Connection connection = postgres.source(database).getConnection()) {
            connection.setAutoCommit(false);
            Emitter inTransaction = emitter.in(connection);
            inTransaction.emit("never");
            connection.rollback();
            String text = "x".repeat(20_000);
            inTransaction.emit("first", 1);
            inTransaction.emit("first", 1);
            inTransaction.emit("long", text, new byte[] {7});
            inTransaction.to(cluster.ids.get(2)).emit("one");
            emitter.emit("meanwhile").join();
            for (int i = 0; i < 4; i++) {
                assertThat(cluster.received(i, 1)).isEqualTo(List.of(List.of("meanwhile")));
            }
            connection.commit();
            emitter.emit("end");
            for (int i = 0; i < 4; i++) {
                List<Object> received = cluster.received(i, i == 2 ? 5 : 4);
                assertThat(received)
                        .contains(List.of("first", 1), List.of("long", text, "bin:07"), List.of("end"))
                        .hasSize(i == 2 ? 5 : 4);
                assertThat(received.stream().filter(List.of("first", 1)::equals))
                        .hasSize(2);
                assertThat(received.contains(List.of("one"))).isEqualTo(i == 2);
            }
        }
        peers().get(0).emit(To.ALL, "end");
        for (int i = 0; i < 4; i++) {
            assertThat(cluster.received(i, 1)).isEqualTo(List.of(List.of("end")));
        }
    }
}
