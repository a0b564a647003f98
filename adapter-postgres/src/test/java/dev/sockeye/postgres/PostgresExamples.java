package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** The code of docs/postgres.md and docs/emitter.md, compiled; {@link PostgresDocTest} compares. */
final class PostgresExamples {
    private PostgresExamples() {}

    static SocketIoServer compatible(DataSource dataSource) {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(PostgresAdapter.create(dataSource))
                .build());
        return io;
    }

    static SocketIoServer durable(DataSource dataSource) {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(PostgresDurableAdapter.create(dataSource))
                .connectionStateRecovery(true)
                .build());
        return io;
    }

    static void insertOrder(Connection connection, int id) {}

    static void transaction(DataSource dataSource, PostgresEmitter emitter) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            insertOrder(connection, 4711);
            emitter.in(connection).to("orders").emit("order", 4711);
            connection.commit();
        }
    }

    static AdapterFactory options(DataSource direct, DataSource pool) {
        PostgresOptions options = PostgresOptions.builder()
                .attachmentsTable("realtime.attachments")
                .listenDataSource(direct)
                .retention(Duration.ofHours(1))
                .build();
        AdapterFactory adapter = PostgresDurableAdapter.create(pool, options);
        return adapter;
    }

    static void emit() {
        try (Emitter emitter = PostgresEmitter.connect("jdbc:postgresql://localhost/app?user=app")) {
            emitter.to("orders").emit("order shipped", 4711).join();
        }
    }

    static void batch(Emitter emitter) {
        emitter.batch(batch -> {
                    batch.to("orders").emit("order", 4711);
                    batch.to("stock").emit("stock", 41);
                })
                .join();
    }
}
