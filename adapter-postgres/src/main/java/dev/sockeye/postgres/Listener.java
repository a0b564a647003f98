package dev.sockeye.postgres;

import dev.sockeye.postgres.Problems.Part;
import dev.sockeye.socketio.protocol.DecodeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Receives notifications in order, on its own thread and connection. After a lost connection it reconnects and listens to all
 * channels again.
 *
 * <p>States: connecting, listening, ended.
 */
final class Listener {
    private static final Logger LOG = System.getLogger(PostgresAdapter.class.getName());
    private static final int POLL_MILLIS = 100;
    private static final long PING = TimeUnit.SECONDS.toNanos(3);
    private static final long PROBE = TimeUnit.SECONDS.toNanos(5);
    private static final long LEAST_PAUSE = 100;
    private static final long MOST_PAUSE = 2_000;

    private final Link link;
    private final @Nullable EventReader events;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Map<String, Followed> namespaces = new ConcurrentHashMap<>();
    private final String probeChannel;
    private volatile boolean stopping;
    private volatile boolean connected;
    private volatile boolean deaf;
    private volatile boolean probeFailed;

    /** @param listened completes when the channel is listened to */
    private record Followed(NotifyTransport namespace, CompletableFuture<Void> listened) {}

    // accessed only by the thread
    private long heard;
    private long probed;
    private String wakeUpChannel = "";

    Listener(Link link, @Nullable EventAppender appender, ThreadFactory threads) {
        this.link = link;
        this.events = appender == null ? null : appender.reader();
        this.thread = threads.newThread(this::run);
        this.probeChannel = link.options().channelPrefix() + "!" + Integer.toHexString(System.identityHashCode(this))
                + "-" + Long.toHexString(System.nanoTime() & 0xffff_ffffL);
    }

    void start() {
        thread.start();
    }

    CompletableFuture<Void> stop() {
        stopping = true;
        return ended;
    }

    /** Whether notifications are being received. */
    boolean connected() {
        return connected && !deaf;
    }

    @Nullable
    EventReader events() {
        return events;
    }

    /** Listens for an additional namespace; completes when no notification that is sent afterwards can be missed. */
    CompletableFuture<Void> add(String channel, NotifyTransport namespace) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        namespaces.put(channel, new Followed(namespace, done));
        return done;
    }

    /** Stops listening for a namespace, unless another instance has replaced it. */
    void remove(String channel, NotifyTransport namespace) {
        namespaces.computeIfPresent(channel, (name, followed) -> followed.namespace == namespace ? null : followed);
    }

    private void run() {
        long pause = LEAST_PAUSE;
        DataSource own = link.options().listenDataSource();
        DataSource source = own == null ? link.source() : own;
        try {
            while (!stopping) {
                try (Connection connection = Link.connect(source)) {
                    int usual = connection.getNetworkTimeout();
                    JdbcConnections.limit(connection);
                    try {
                        listen(connection);
                    } catch (SQLException e) {
                        if (!PostgresErrors.isDisconnection(e)) {
                            unlisten(connection, usual);
                        }
                        throw e;
                    }
                    unlisten(connection, usual);
                } catch (SQLException | RuntimeException | Error e) { // nobody would start this thread again
                    if (!stopping) {
                        link.failed(Part.LISTENER, "PostgreSQL cannot be listened to", e);
                    }
                }
                pause = connected ? LEAST_PAUSE : Math.min(MOST_PAUSE, pause * 2);
                connected = false;
                link.tablesUnknown();
                if (events != null) {
                    events.away();
                }
                if (!stopping) {
                    JdbcConnections.pause(
                            pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2));
                }
            }
        } finally {
            connected = false;
            ended.complete(null);
        }
    }

    private void listen(Connection connection) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        Set<String> channels = new HashSet<>();
        Set<String> refused = new HashSet<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + quoted(probeChannel));
            if (events != null) {
                link.ensureTables(connection);
                wakeUpChannel = PostgresSchema.wakeUpChannel(connection, link.options());
                statement.execute("LISTEN " + quoted(wakeUpChannel));
                events.begin(connection);
            }
            heard = System.nanoTime();
            probe();
            while (!stopping) {
                follow(statement, channels, refused);
                if (!connected) {
                    connected = true;
                    link.problems().good(Part.LISTENER);
                }
                boolean woken = receive(connection, postgres.getNotifications(POLL_MILLIS));
                if (events != null) {
                    events.read(connection, woken);
                }
                check(connection);
            }
        }
    }

    /** The connection goes back to a pool, where nobody would take its notifications; errors of a broken connection are ignored. */
    private static void unlisten(Connection connection, int timeout) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("UNLISTEN *");
            connection.setNetworkTimeout(Runnable::run, timeout);
        } catch (SQLException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the listening connection is broken", e);
        }
    }

    /** Listens to the channels of the current namespaces, and to no others. */
    private void follow(Statement statement, Set<String> channels, Set<String> refused) throws SQLException {
        refused.retainAll(namespaces.keySet());
        for (String channel : namespaces.keySet()) {
            if (!channels.contains(channel) && !refused.contains(channel)) {
                try {
                    statement.execute("LISTEN " + quoted(channel));
                    channels.add(channel);
                } catch (SQLException e) {
                    if (!PostgresErrors.isOfData(e)) {
                        throw e;
                    }
                    refused.add(channel);
                    refuse(channel, e);
                }
            }
        }
        for (String channel : Set.copyOf(channels)) {
            Followed followed = namespaces.get(channel);
            if (followed != null) {
                followed.listened.complete(null);
            } else {
                channels.remove(channel);
                statement.execute("UNLISTEN " + quoted(channel));
            }
        }
    }

    /** The others are served: clients may choose the names of dynamic namespaces. */
    private void refuse(String channel, SQLException error) {
        LOG.log(
                Level.WARNING,
                PostgresLog.REFUSED.text("PostgreSQL refuses to listen to the channel " + channel
                        + "; this server receives no messages of its namespace: "
                        + PostgresErrors.explain(error, link.options())));
        Followed followed = namespaces.get(channel);
        if (followed != null) {
            followed.listened.completeExceptionally(error);
        }
    }

    private static String quoted(String channel) {
        return '"' + channel.replace("\"", "\"\"") + '"';
    }

    /** Whether there are new events. */
    private boolean receive(Connection connection, PGNotification @Nullable [] all) throws SQLException {
        boolean woken = false;
        if (all == null || all.length == 0) {
            return false;
        }
        heard = System.nanoTime();
        for (PGNotification one : all) {
            String channel = one.getName();
            if (channel.equals(probeChannel)) {
                probed = 0;
                if (deaf) {
                    deaf = false;
                    link.problems().good(Part.LISTENER);
                }
            } else if (channel.equals(wakeUpChannel)) {
                woken = true;
            } else {
                deliver(connection, channel, one.getParameter());
            }
        }
        return woken;
    }

    private void deliver(Connection connection, String channel, String text) throws SQLException {
        Followed followed = namespaces.get(channel);
        if (followed == null) {
            return;
        }
        NotifyTransport namespace = followed.namespace;
        try {
            Notice.Received received = Notice.received(text);
            if (namespace.isOwn(received.uid())) {
                return;
            }
            String uid = received.uid();
            Long number = received.number();
            if (uid != null && number != null) {
                namespace.onNumber(uid, number);
            }
            Long id = received.attachmentId();
            if (id == null) {
                namespace.onMessage(Notice.message(received.fields(), namespace.name()));
                return;
            }
            byte[] attachment;
            try {
                attachment = attachment(connection, id);
                link.problems().good(Part.ATTACHMENTS);
            } catch (SQLException e) {
                if (PostgresErrors.isDisconnection(e)) {
                    throw e;
                }
                // only this message: a new connection would miss others, and would not help
                link.countLost(1);
                link.failed(Part.ATTACHMENTS, "an attachment cannot be read", e);
                return;
            }
            if (attachment == null) {
                link.countLost(1);
                LOG.log(
                        Level.WARNING,
                        PostgresLog.ATTACHMENT_GONE.text(
                                "attachment " + id + " was deleted before it was read: cleanupInterval is too short"));
            } else {
                namespace.onMessage(Notice.message(attachment, namespace.name()));
            }
        } catch (DecodeException e) {
            link.countRefused(channel + ": " + e.getMessage());
        } catch (RuntimeException | Error e) { // an error of one message must not end the thread
            LOG.log(Level.WARNING, PostgresLog.MESSAGE_FAILED.text("failed to handle a message of another server"), e);
        }
    }

    private byte @Nullable [] attachment(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT payload FROM " + link.options().attachmentsTable() + " WHERE id = ?")) {
            select.setLong(1, id);
            try (ResultSet found = select.executeQuery()) {
                return found.next() ? found.getBytes(1) : null;
            }
        }
    }

    /** Detects a dead connection, and one that receives no notifications. */
    private void check(Connection connection) throws SQLException {
        long now = System.nanoTime();
        if (probeFailed) {
            probe(); // it was not sent, which says nothing about notifications
        } else if (probed != 0 && now - probed > PROBE && deaf) {
            probe();
        } else if (probed != 0 && now - probed > PROBE) {
            deaf = true;
            link.pooler().suspect();
            link.problems()
                    .failed(
                            Part.LISTENER,
                            "no notification arrives from PostgreSQL: is PgBouncer in transaction mode in between? Set"
                                    + " a direct connection as listenDataSource",
                            false);
        }
        if (now - heard > PING) {
            heard = now;
            if (!connection.isValid(5)) {
                throw new SQLException("the connection is dead", "08006");
            }
        }
    }

    private void probe() {
        probed = System.nanoTime();
        probeFailed = false;
        Link.Running running = link.running();
        if (running != null) {
            var unused = running.sender()
                    .send(List.of(new Notice(probeChannel, "{}", null, false)))
                    .whenComplete((done, error) -> {
                        if (error != null) {
                            probeFailed = true;
                        }
                    });
        }
    }
}
