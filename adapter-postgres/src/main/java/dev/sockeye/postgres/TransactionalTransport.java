package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.EmitterTransport;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes messages in the transaction of a caller. PostgreSQL sends a notification when the transaction commits; an event of the
 * durable mode gets its position at that time.
 */
final class TransactionalTransport {
    private final Link link;
    private final boolean durable;
    private final String name = UUID.randomUUID().toString();
    /** Begins at random: the messages of several emitters in one transaction must differ. */
    private final AtomicLong last = new AtomicLong(ThreadLocalRandom.current().nextLong(1L << 50));

    /** The source of a connection. */
    interface Source {
        Connection get() throws SQLException;
    }

    TransactionalTransport(Link link, boolean durable) {
        this.link = link;
        this.durable = durable;
    }

    /** @param closes whether the connection is closed after each message */
    EmitterTransport on(Source source, boolean closes) {
        return new EmitterTransport() {
            @Override
            public CompletableFuture<Void> send(List<ClusterMessage> messages) {
                try {
                    Connection connection = source.get();
                    try {
                        write(connection, messages);
                    } finally {
                        if (closes) {
                            connection.close();
                        }
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(
                            "the message was not written: " + PostgresErrors.explain(e, link.options()), e);
                }
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void close() {
                // the connection belongs to the caller
            }
        };
    }

    private void write(Connection connection, List<ClusterMessage> messages) throws SQLException {
        if (durable) {
            for (ClusterMessage message : messages) {
                EventStore.insert(
                        connection,
                        link.options(),
                        name,
                        last.incrementAndGet(),
                        message.namespace(),
                        ClusterCodec.encode(message));
            }
            return;
        }
        List<Notice> notices = new ArrayList<>(messages.size());
        for (ClusterMessage message : messages) {
            // the transaction may contain equal notifications, which PostgreSQL would deliver once
            notices.add(Notice.of(message, link.options()).again(last.incrementAndGet()));
        }
        NotifySql.put(connection, notices, link.options(), !connection.getAutoCommit());
    }
}
