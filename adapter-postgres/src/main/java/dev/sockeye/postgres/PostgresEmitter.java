package dev.sockeye.postgres;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.socketio.adapter.cluster.EmitterTransport;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * An emitter over PostgreSQL, which can send in the transaction of its caller. Official counterpart: npm {@code
 * @socket.io/postgres-emitter}.
 *
 * <pre>{@code
 * try (Connection connection = dataSource.getConnection()) {
 *     connection.setAutoCommit(false);
 *     // ... INSERT INTO orders ...
 *     emitter.in(connection).to("orders").emit("order", 4711);
 *     connection.commit(); // clients receive the event now; after a rollback they never do
 * }
 * }</pre>
 *
 * <p>The emitter itself sends immediately, on a dedicated connection that is opened for the first message: keep one emitter for
 * the lifetime of the process. While PostgreSQL is unavailable, the returned futures fail.
 */
public final class PostgresEmitter implements Emitter {
    private final Emitter direct;
    private final TransactionalTransport transactional;

    private PostgresEmitter(EmitterTransport transport, Link link, boolean durable) {
        this.direct = Emitter.over(transport);
        this.transactional = new TransactionalTransport(link, durable);
    }

    /** Sends to servers with {@link PostgresAdapter} or the official adapter. */
    public static PostgresEmitter connect(DataSource source) {
        return connect(source, PostgresOptions.defaults());
    }

    /** Sends to servers with these options; only the prefix, the attachments table and the threshold are used. */
    public static PostgresEmitter connect(DataSource source, PostgresOptions options) {
        Link link = new Link(source, options, false);
        return new PostgresEmitter(new QueueingTransport.Notices(link), link, false);
    }

    /** Sends to servers with {@link PostgresAdapter} or the official adapter, at a URL such as {@code jdbc:postgresql://host/database}. */
    public static PostgresEmitter connect(String jdbcUrl) {
        return connect(source(jdbcUrl));
    }

    /** Sends to servers with {@link PostgresDurableAdapter}. */
    public static PostgresEmitter connectDurable(DataSource source) {
        return connectDurable(source, PostgresOptions.defaults());
    }

    /** Sends to servers with {@link PostgresDurableAdapter} and these options; only the prefix and the tables are used. */
    public static PostgresEmitter connectDurable(DataSource source, PostgresOptions options) {
        Link link = new Link(source, options, true);
        return new PostgresEmitter(new QueueingTransport.Events(link), link, true);
    }

    /** Sends to servers with {@link PostgresDurableAdapter}, at a URL such as {@code jdbc:postgresql://host/database}. */
    public static PostgresEmitter connectDurable(String jdbcUrl) {
        return connectDurable(source(jdbcUrl));
    }

    private static DataSource source(String jdbcUrl) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setURL(jdbcUrl);
        } catch (IllegalArgumentException e) { // whose message contains the password
            throw new IllegalArgumentException(
                    "not a URL such as jdbc:postgresql://host/database: " + jdbcUrl.replaceAll("[?].*|//.*@", "..."));
        }
        return source;
    }

    /**
     * Returns an emitter whose messages are sent when the transaction of a connection commits, in the order in which they were
     * emitted. If the transaction rolls back, they are not sent. In auto-commit mode they are sent immediately. Without the durable
     * mode, a message with binary data or above the threshold must be committed within 10 minutes.
     *
     * <p>Its methods use the connection on the calling thread before they return, like any statement. The returned futures are
     * already complete: the message is part of the transaction. Specific to Sockeye.
     *
     * @param connection a connection to PostgreSQL, pooled or not; it is not closed
     * @return an emitter that can be used while the connection is open; it throws {@link IllegalStateException} if PostgreSQL
     *     rejects a message, in which case the transaction must be rolled back
     */
    public Emitter in(Connection connection) {
        return Emitter.over(transactional.on(() -> connection, false));
    }

    /**
     * Returns an emitter that borrows a connection from a data source for each message. With Spring's {@code
     * TransactionAwareDataSourceProxy}, each message is part of the caller's current transaction, as with {@link
     * #in(Connection)}; without a transaction it is sent immediately. Specific to Sockeye.
     *
     * <pre>{@code
     * @Bean
     * Emitter emitter(DataSource dataSource) {
     *     PostgresEmitter emitter = PostgresEmitter.connect(dataSource);
     *     return emitter.in(new TransactionAwareDataSourceProxy(dataSource));
     * }
     * }</pre>
     */
    public Emitter in(DataSource transactionAware) {
        return Emitter.over(transactional.on(transactionAware::getConnection, true));
    }

    @Override
    public Emitter of(String namespace) {
        return direct.of(namespace);
    }

    @Override
    public Emitter to(String... rooms) {
        return direct.to(rooms);
    }

    @Override
    public Emitter except(String... rooms) {
        return direct.except(rooms);
    }

    @Override
    public Emitter asVolatile() {
        return direct.asVolatile();
    }

    @Override
    public Emitter compress(boolean compress) {
        return direct.compress(compress);
    }

    @Override
    public Emitter latest(String key) {
        return direct.latest(key);
    }

    @Override
    @CanIgnoreReturnValue
    public CompletableFuture<Void> emit(String event, @Nullable Object... args) {
        return direct.emit(event, args);
    }

    @Override
    @CanIgnoreReturnValue
    public CompletableFuture<Void> socketsJoin(String... rooms) {
        return direct.socketsJoin(rooms);
    }

    @Override
    @CanIgnoreReturnValue
    public CompletableFuture<Void> socketsLeave(String... rooms) {
        return direct.socketsLeave(rooms);
    }

    @Override
    @CanIgnoreReturnValue
    public CompletableFuture<Void> disconnectSockets(boolean close) {
        return direct.disconnectSockets(close);
    }

    @Override
    @CanIgnoreReturnValue
    public CompletableFuture<Void> disconnectSockets(String reason, boolean close) {
        return direct.disconnectSockets(reason, close);
    }

    @Override
    @CanIgnoreReturnValue
    public CompletableFuture<Void> serverSideEmit(String event, @Nullable Object... args) {
        return direct.serverSideEmit(event, args);
    }

    @Override
    @CanIgnoreReturnValue
    public CompletableFuture<Void> batch(Consumer<Emitter> messages) {
        return direct.batch(messages);
    }

    /** Closes the connection after the pending messages were sent. Blocks for at most 3 seconds. */
    @Override
    public void close() {
        direct.close();
    }
}
