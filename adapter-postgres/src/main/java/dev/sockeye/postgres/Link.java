package dev.sockeye.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The resources shared by the namespaces of one server: the listening connection, the sending connection, and threads for
 * everything else. JDBC blocks, so no thread of the server ever calls it. Opened with the first namespace and closed with the
 * last.
 */
class Link {
    private static final Logger LOG = System.getLogger(PostgresAdapter.class.getName());
    private static final int WORKERS = 4;
    private static final int MOST_TASKS = 20_000;
    private static final long MISSED_AGAIN = TimeUnit.MINUTES.toNanos(1);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** The resources that exist while there are namespaces. */
    record Running(
            Listener listener,
            Sender<Notice> sender,
            @Nullable EventAppender appender,
            Workers workers,
            ScheduledThreadPoolExecutor timer) {}

    /** Threads that may block. */
    static final class Workers extends ScheduledThreadPoolExecutor {
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        Workers(ThreadFactory threads) {
            super(WORKERS, threads);
        }

        @Override
        protected void terminated() {
            ended.complete(null);
        }
    }

    private final DataSource source;
    private final PostgresOptions options;
    private final boolean durable;
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final Pooler pooler;
    private final Problems problems = new Problems();
    private volatile @Nullable Running running;
    private volatile boolean tablesThere;

    /** The network timeout of the application's connections in milliseconds, which they get back; negative if it is not known. */
    private volatile int usualTimeout = -1;

    @GuardedBy("this")
    private int users;

    // accessed only by the listening thread
    private long missed;
    private long missedLoggedAt;

    Link(DataSource source, PostgresOptions options, boolean durable) {
        this.source = source;
        this.options = options;
        this.durable = durable;
        this.pooler = new Pooler(options.listenDataSource() != null);
    }

    PostgresOptions options() {
        return options;
    }

    DataSource source() {
        return source;
    }

    /** Adds a namespace. */
    Running retain() {
        synchronized (this) {
            Running now = running;
            if (now == null) {
                now = start();
            }
            users++; // not if that has failed
            return now;
        }
    }

    @GuardedBy("this")
    private Running start() {
        ThreadFactory threads = threads();
        Workers workers = new Workers(threads);
        Sender<Notice> sender =
                new Sender<>(this, (connection, notices) -> MessageNumbers.send(connection, notices, options), threads);
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        EventAppender appender = durable ? new EventAppender(this, threads) : null;
        Running made = new Running(new Listener(this, appender, threads), sender, appender, workers, timer);
        running = made; // before its threads use it
        try {
            made.listener().start();
            made.sender().start();
            if (appender != null) {
                appender.start();
            }
            long interval = options.cleanupInterval().toMillis();
            var unused = workers.scheduleWithFixedDelay(this::cleanUp, interval, interval, TimeUnit.MILLISECONDS);
            return made;
        } catch (RuntimeException | Error e) { // no more threads are allowed
            running = null;
            var unused = made.listener().stop(); // the others may not even run
            var unusedEnd = end(made);
            throw e;
        }
    }

    /** Stops all threads; the caller does not wait for them. */
    private static CompletableFuture<Void> end(Running ended) {
        ended.workers().shutdown(); // tasks that have started still complete
        ended.timer().shutdown();
        EventAppender appender = ended.appender();
        CompletableFuture<Void> appended = appender == null ? CompletableFuture.completedFuture(null) : appender.stop();
        return CompletableFuture.allOf(ended.sender().stop(), appended, ended.workers().ended)
                .thenCompose(done -> ended.listener().stop());
    }

    /** Removes a namespace. */
    CompletableFuture<Void> release() {
        Running ended;
        synchronized (this) {
            if (--users > 0) {
                return CompletableFuture.completedFuture(null);
            }
            ended = running;
            running = null;
        }
        if (ended == null) {
            return CompletableFuture.completedFuture(null);
        }
        return end(ended);
    }

    @Nullable
    Running running() {
        return running;
    }

    ThreadFactory threads() {
        return threads("sockeye-postgres-" + NUMBER.incrementAndGet());
    }

    static ThreadFactory threads(String name) {
        ThreadFactory plain = Executors.defaultThreadFactory();
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = plain.newThread(task);
            thread.setName(name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    /** Runs a task with a connection on a thread that may block. */
    <T> CompletableFuture<T> work(Work<T> work) {
        Running now = running;
        if (now == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("closed"));
        }
        if (now.workers().getQueue().size() > MOST_TASKS) {
            return CompletableFuture.failedFuture(new RejectedExecutionException("the queue for PostgreSQL is full"));
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            now.workers().execute(() -> {
                T value;
                Connection connection = null;
                try {
                    connection = connect();
                    limit(connection); // otherwise a PostgreSQL that does not answer keeps these threads
                    value = work.with(connection);
                } catch (SQLException | RuntimeException | Error e) { // otherwise the result would never complete
                    giveBack(connection);
                    result.completeExceptionally(e);
                    return;
                }
                giveBack(connection);
                result.complete(value);
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    Pooler pooler() {
        return pooler;
    }

    /** Opens a connection for anything except listening. */
    Connection connect() throws SQLException {
        Connection connection = connect(source);
        try {
            pooler.borrowed(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            JdbcConnections.close(connection, usualTimeout);
            throw e;
        }
    }

    /** Returns a cached connection to the data source; errors of a broken connection are ignored. */
    void giveBack(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            pooler.givenBack(connection);
        } catch (SQLException | RuntimeException e) {
            // the connection is broken
        }
        JdbcConnections.close(connection, usualTimeout);
    }

    /** Limits how long a connection waits for a response. */
    void limit(Connection connection) throws SQLException {
        if (usualTimeout < 0) {
            usualTimeout = connection.getNetworkTimeout();
        }
        JdbcConnections.limit(connection);
    }

    /** Opens a connection in auto-commit mode. */
    static Connection connect(DataSource source) throws SQLException {
        Connection connection = source.getConnection();
        try {
            if (!connection.getAutoCommit()) {
                connection.setAutoCommit(true);
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Schedules a task that does not block. */
    void tick(Duration delay, Runnable task) {
        Running now = running;
        if (now != null) {
            try {
                var unused = now.timer().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "closed meanwhile");
            }
        }
    }

    /** Creates missing tables, once. */
    void ensureTables(Connection connection) throws SQLException {
        if (tablesThere || !options.createTables()) {
            return;
        }
        new Tables(options, durable).create(connection);
        tablesThere = true;
    }

    /** The tables may have been dropped: checks for them again. */
    void tablesUnknown() {
        tablesThere = false;
    }

    private void cleanUp() {
        Connection connection = null;
        try {
            connection = connect();
            limit(connection);
            cleanUp(connection);
        } catch (SQLException | RuntimeException e) {
            LOG.log(Level.DEBUG, "old rows cannot be deleted", e);
        } finally {
            giveBack(connection);
        }
    }

    private void cleanUp(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "DELETE FROM " + options.attachmentsTable() + " WHERE created_at < now() - interval '"
                            + options.cleanupInterval().toMillis() + " milliseconds'");
            if (durable) {
                EventStore.cleanUp(statement, options);
            }
        }
    }

    /** Reports what a part failed to do. */
    void failed(Problems.Part part, String doing, Throwable error) {
        problems.failed(
                part, doing + ": " + PostgresErrors.explain(error, options), PostgresErrors.isDisconnection(error));
    }

    Problems problems() {
        return problems;
    }

    void countLost(long messages) {
        lost.addAndGet(messages);
    }

    /** Counts messages of other servers that were sent while this one did not listen; called on the listening thread. */
    void countMissed(long messages) {
        lost.addAndGet(messages);
        missed += messages;
        long now = System.nanoTime();
        if (missedLoggedAt == 0 || now - missedLoggedAt > MISSED_AGAIN) {
            LOG.log(
                    Level.WARNING,
                    PostgresLog.MESSAGES_MISSED.text(missed
                            + " messages of other servers were missed while the connection to PostgreSQL was replaced;"
                            + " PostgresDurableAdapter would read them now"));
            missedLoggedAt = now;
            missed = 0;
        }
    }

    void countRefused(String what) {
        if (refused.getAndIncrement() == 0) {
            LOG.log(
                    Level.WARNING,
                    PostgresLog.MALFORMED_MESSAGE.text(
                            "a malformed message of another server was ignored; further ones are only counted: "
                                    + what));
        }
    }

    ClusterHealth health() {
        Running now = running;
        EventAppender appender = now == null ? null : now.appender();
        int waiting = now == null ? 0 : now.sender().waiting() + (appender == null ? 0 : appender.waiting());
        boolean connected =
                now != null && now.listener().connected() && now.sender().connected();
        return new ClusterHealth(connected, problems.first(), waiting, lost.get(), refused.get());
    }
}
