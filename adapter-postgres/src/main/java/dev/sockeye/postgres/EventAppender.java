package dev.sockeye.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.postgres.Problems.Part;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Adds the events of this process to the events table, in order and exactly once, even if PostgreSQL fails. If a connection is
 * lost and the outcome of an insert is unknown, the event is inserted again; its number is unique in the table, so it is never
 * stored twice. Bounded: events that exceed the limit are counted as lost. So is an event whose content PostgreSQL refuses; it does
 * not stop those behind it.
 */
final class EventAppender {
    private static final Logger LOG = System.getLogger(PostgresDurableAdapter.class.getName());
    private static final int MOST = 50_000;
    private static final long MOST_BYTES = 64L * 1024 * 1024;
    private static final int BATCH = 256;
    private static final long BATCH_BYTES = 4L * 1024 * 1024;
    private static final long PAUSE = 100;
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final long STUCK = TimeUnit.SECONDS.toNanos(3);
    private static final long LAST_TRIES = TimeUnit.SECONDS.toNanos(2);

    /** One event. */
    static final class Entry implements Sender.Message {
        final long number;
        final String namespace;
        final byte[] payload;
        final Consumer<@Nullable String> local;
        final long since = System.nanoTime();

        Entry(long number, String namespace, byte[] payload, Consumer<@Nullable String> local) {
            this.number = number;
            this.namespace = namespace;
            this.payload = payload;
            this.local = local;
        }

        @Override
        public int size() {
            return 200 + payload.length;
        }
    }

    private enum Outcome {
        STORED,
        /** Tried again. */
        FAILED,
        /** PostgreSQL will never accept it. */
        REFUSED
    }

    private final Link link;
    private final String sender = UUID.randomUUID().toString();
    private final EventReader reader;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    @GuardedBy("this")
    private final ArrayDeque<Entry> waiting = new ArrayDeque<>();

    /** Events that this server applies when it reads them back. */
    @GuardedBy("this")
    private final TreeMap<Long, Entry> mine = new TreeMap<>();

    /** Events that this server applies without waiting to read them back. */
    @GuardedBy("this")
    private final ArrayDeque<Entry> overdue = new ArrayDeque<>(0);

    /** Whether a thread is applying one of them. */
    @GuardedBy("this")
    private boolean running;

    @GuardedBy("this")
    private int unconfirmed;

    @GuardedBy("this")
    private long bytes;

    @GuardedBy("this")
    private long last;

    @GuardedBy("this")
    private boolean watching;

    @GuardedBy("this")
    private boolean stopping;

    @GuardedBy("this")
    private long stopSince;

    private volatile boolean away;

    // accessed only by the thread
    private @Nullable Connection connection;

    EventAppender(Link link, ThreadFactory threads) {
        this.link = link;
        this.reader = new EventReader(link, this);
        this.thread = threads.newThread(this::run);
    }

    EventReader reader() {
        return reader;
    }

    String sender() {
        return sender;
    }

    void start() {
        thread.start();
    }

    /** Stops after the pending events are written, or after a few seconds if PostgreSQL is unavailable. */
    synchronized CompletableFuture<Void> stop() {
        stopping = true;
        stopSince = System.nanoTime();
        notifyAll();
        return ended;
    }

    /** The number of events that are not stored yet. */
    synchronized int waiting() {
        return unconfirmed;
    }

    /**
     * Adds an event.
     *
     * @param ordered whether this server applies the event when it reads it back, in the order of the table; otherwise it
     *     applies it immediately
     */
    void add(String namespace, byte[] payload, boolean ordered, Consumer<@Nullable String> local) {
        Entry entry;
        boolean full;
        synchronized (this) {
            entry = new Entry(++last, namespace, payload, local);
            full = stopping || unconfirmed >= MOST || bytes + entry.size() > MOST_BYTES;
            if (!full) {
                unconfirmed++;
                bytes += entry.size();
                waiting.add(entry);
                if (ordered) {
                    mine.put(entry.number, entry);
                    watch();
                }
                if (waiting.size() == 1) {
                    notifyAll();
                }
            }
        }
        if (full) {
            link.countLost(1);
            actOnAll();
            act(entry, null);
            return;
        }
        if (!ordered) {
            act(entry, null);
        } else if (away) {
            actOnAll();
        }
    }

    private static void act(Entry entry, @Nullable String offset) {
        try {
            entry.local.accept(offset);
        } catch (RuntimeException | Error e) { // the next events must still be applied
            LOG.log(Level.WARNING, PostgresLog.LOCAL_EVENT_FAILED.text("an event failed on this server"), e);
        }
    }

    /** An event of this process was read back. Returns false if it was applied before. */
    boolean returned(long number, String offset) {
        Entry entry;
        synchronized (this) {
            entry = mine.remove(number);
        }
        if (entry == null) {
            return false;
        }
        act(entry, offset);
        return true;
    }

    /** PostgreSQL is unavailable: the sockets of this server do not wait for it. One thread at a time, to keep the order. */
    void actOnAll() {
        synchronized (this) {
            overdue.addAll(mine.values());
            mine.clear();
        }
        for (Entry entry = nextOverdue(); entry != null; entry = nextOverdue()) {
            act(entry, null);
            synchronized (this) {
                running = false;
            }
        }
    }

    private synchronized @Nullable Entry nextOverdue() {
        if (running) {
            return null;
        }
        Entry next = overdue.poll();
        running = next != null;
        return next;
    }

    /** Periodically checks whether the oldest event has been waiting for too long. */
    @GuardedBy("this")
    private void watch() {
        if (!watching) {
            watching = true;
            link.tick(LOOK, this::look);
        }
    }

    private void look() {
        boolean stuck;
        synchronized (this) {
            watching = false;
            stuck = !mine.isEmpty() && System.nanoTime() - mine.firstEntry().getValue().since > STUCK;
            if (!mine.isEmpty() && !stuck) {
                watch();
            }
        }
        if (stuck) {
            away = true;
            actOnAll();
        }
    }

    /** Events are being read again. */
    void readAgain() {
        away = false;
    }

    /** The reading connection was lost. */
    void unread() {
        away = true;
        actOnAll();
    }

    private synchronized List<Entry> take() throws InterruptedException {
        while (waiting.isEmpty() && !stopping) {
            wait();
        }
        List<Entry> batch = new ArrayList<>();
        long size = 0;
        while (!waiting.isEmpty() && batch.size() < BATCH && size < BATCH_BYTES) {
            Entry next = waiting.poll();
            batch.add(next);
            size += next.size();
        }
        return batch;
    }

    private void run() {
        try {
            for (List<Entry> batch = take(); !batch.isEmpty(); batch = take()) {
                store(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.giveBack(connection);
            actOnAll();
            ended.complete(null);
        }
    }

    private void store(List<Entry> batch) {
        Outcome outcome = append(batch);
        while (outcome == Outcome.FAILED && !givesUp()) {
            JdbcConnections.pause(PAUSE);
            outcome = append(batch);
        }
        if (outcome == Outcome.REFUSED && batch.size() > 1) {
            batch.forEach(entry -> store(List.of(entry))); // one of them is refused; store the others
            return;
        }
        forget(batch);
        if (outcome != Outcome.STORED) {
            link.countLost(batch.size());
        }
        if (outcome == Outcome.REFUSED) {
            actHereOnly(batch.get(0));
        }
    }

    /** The event will not be read back. */
    private void actHereOnly(Entry entry) {
        boolean expected;
        synchronized (this) {
            expected = mine.remove(entry.number, entry);
        }
        if (expected) {
            act(entry, null);
        }
    }

    private synchronized boolean givesUp() {
        return stopping && System.nanoTime() - stopSince > LAST_TRIES;
    }

    private synchronized void forget(List<Entry> batch) {
        unconfirmed -= batch.size();
        for (Entry entry : batch) {
            bytes -= entry.size();
        }
    }

    private Outcome append(List<Entry> batch) {
        try {
            Connection current = connection;
            if (current == null) {
                current = link.connect();
                connection = current;
                link.limit(current);
                link.ensureTables(current);
            }
            EventStore.append(current, link.options(), sender, batch);
            link.problems().good(Part.APPENDER);
            return Outcome.STORED;
        } catch (SQLException | RuntimeException | Error e) { // nobody would start this thread again
            if (PostgresErrors.isOfData(e)) {
                if (batch.size() == 1) {
                    LOG.log(
                            Level.WARNING,
                            PostgresLog.REFUSED.text("PostgreSQL refuses an event of the namespace "
                                    + batch.get(0).namespace + ", which does not reach other servers: "
                                    + PostgresErrors.explain(e, link.options())));
                }
                return Outcome.REFUSED;
            }
            link.failed(
                    Part.APPENDER,
                    "an event cannot be added to the table " + link.options().eventsTable(),
                    e);
            link.tablesUnknown();
            link.giveBack(connection);
            connection = null;
            return Outcome.FAILED;
        }
    }
}
