package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.adapter.cluster.Emitter;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What emitters do while PostgreSQL is away. */
class EmitterWithoutPostgresTest {

    private static void emit(Emitter emitter) throws Exception {
        emitter.to("room").emit("event", 1).get(20, TimeUnit.SECONDS);
    }

    /** In one time without PostgreSQL, compatible and durable. */
    @Test
    void emittersFailDuringAnOutageAndRecoverAfterwards() throws Exception {
        try (PostgresProcess postgres = PostgresProcess.begin()) {
            DataSource source = postgres.source(postgres.database());
            try (PostgresEmitter notices = PostgresEmitter.connect(source);
                    PostgresEmitter durable = PostgresEmitter.connectDurable(source)) {
                List<PostgresEmitter> both = List.of(notices, durable);
                for (Emitter emitter : both) {
                    emit(emitter);
                }
                try (Connection connection = source.getConnection()) {
                    postgres.kill();
                    for (PostgresEmitter emitter : both) {
                        assertThatThrownBy(() -> emit(emitter)).isInstanceOf(ExecutionException.class);
                        Emitter transactional = emitter.in(connection);
                        assertThatThrownBy(() -> transactional.emit("event", 1))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("was not written");
                    }
                }
                postgres.startAgain();
                for (Emitter emitter : both) {
                    Awaiting.until(() -> {
                        emit(emitter);
                        return true;
                    });
                }
            }
        }
    }
}
