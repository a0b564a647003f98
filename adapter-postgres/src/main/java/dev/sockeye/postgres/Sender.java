package dev.sockeye.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.postgres.Problems.Part;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages in order, on one thread and one connection; all pending messages are sent in one transaction. Bounded:
 * messages that exceed the limit, and those that PostgreSQL rejects, are lost and counted.
 */
final class Sender<M extends Sender.Message> {
    private static final int MOST = 20_000;
    private static final long MOST_BYTES = 64L * 1024 * 1024;
    private static final int BATCH = 512;
    private static final long STALE = TimeUnit.SECONDS.toNanos(5);
    private static final long AWAY_PAUSE = 50;

    /** A message to send. */
    interface Message {
        /** The approximate size in bytes. */
        int size();

        /** Whether its loss is counted. */
        default boolean counts() {
            return true;
        }
    }

    /** Writes messages to PostgreSQL in one transaction. */
    interface Writer<M> {
        void write(Connection connection, List<M> messages) throws SQLException;
    }

    private record Item<M>(List<M> messages, CompletableFuture<Void> sent) {}

    private final Link link;
    private final Writer<M> writer;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    @GuardedBy("this")
    private final ArrayDeque<Item<M>> queue = new ArrayDeque<>();

    @GuardedBy("this")
    private int waiting;

    @GuardedBy("this")
    private long bytes;

    @GuardedBy("this")
    private boolean stopping;

    private volatile boolean connected = true;

    // accessed only by the thread
    private @Nullable Connection connection;
    private long lastUse;

    Sender(Link link, Writer<M> writer, ThreadFactory threads) {
        this.link = link;
        this.writer = writer;
        this.thread = threads.newThread(this::run);
    }

    void start() {
        thread.start();
    }

    /** Stops after the pending messages are sent. */
    synchronized CompletableFuture<Void> stop() {
        stopping = true;
        notifyAll();
        return ended;
    }

    synchronized int waiting() {
        return waiting;
    }

    boolean connected() {
        return connected;
    }

    /** Sends messages in one transaction. If nothing is waiting, only their bytes are limited, not their number. */
    CompletableFuture<Void> send(List<M> messages) {
        long size = 0;
        for (M message : messages) {
            size += message.size();
        }
        Item<M> item = new Item<>(messages, new CompletableFuture<>());
        boolean taken;
        synchronized (this) {
            boolean room = waiting == 0 || waiting + messages.size() <= MOST;
            taken = !stopping && room && bytes + size <= MOST_BYTES;
            if (taken) {
                queue.add(item);
                waiting += messages.size();
                bytes += size;
                if (queue.size() == 1) {
                    notifyAll();
                }
            }
        }
        if (!taken) {
            countLost(messages);
            return CompletableFuture.failedFuture(new RejectedExecutionException("the queue for PostgreSQL is full"));
        }
        return item.sent;
    }

    private void countLost(List<M> messages) {
        link.countLost(messages.stream().filter(Message::counts).count());
    }

    private synchronized List<Item<M>> take() throws InterruptedException {
        while (queue.isEmpty() && !stopping) {
            wait();
        }
        List<Item<M>> batch = new ArrayList<>();
        int number = 0;
        while (!queue.isEmpty() && number < BATCH) {
            Item<M> next = queue.poll();
            batch.add(next);
            number += next.messages.size();
            for (M message : next.messages) {
                bytes -= message.size();
            }
        }
        waiting -= number;
        return batch;
    }

    private void run() {
        try {
            for (List<Item<M>> batch = take(); !batch.isEmpty(); batch = take()) {
                if (!send(batch, true)) {
                    if (isStopping()) {
                        dropAll();
                    }
                    JdbcConnections.pause(AWAY_PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
            ended.complete(null);
        }
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    /** PostgreSQL is unavailable: each further attempt would delay the end of the server. */
    private void dropAll() throws InterruptedException {
        RejectedExecutionException error = new RejectedExecutionException("PostgreSQL is unavailable at the end");
        for (List<Item<M>> batch = take(); !batch.isEmpty(); batch = take()) {
            for (Item<M> item : batch) {
                countLost(item.messages);
                item.sent.completeExceptionally(error);
            }
        }
    }

    /** Sends a batch; returns false if PostgreSQL is unavailable. */
    private boolean send(List<Item<M>> batch, boolean together) {
        try {
            Connection current = connection();
            writer.write(
                    current,
                    batch.stream().flatMap(item -> item.messages.stream()).toList());
            lastUse = System.nanoTime();
            connected = true;
            link.problems().good(Part.SENDER);
            batch.forEach(item -> item.sent.complete(null));
            return true;
        } catch (SQLException | RuntimeException | Error e) { // nobody would start this thread again
            boolean away = PostgresErrors.isDisconnection(e);
            if (!away && together && batch.size() > 1) {
                batch.forEach(item -> send(List.of(item), false)); // one message was rejected; send the others
                return true;
            }
            link.failed(Part.SENDER, "a message cannot be sent through PostgreSQL", e);
            link.tablesUnknown();
            connected = !away;
            disconnect();
            batch.forEach(item -> {
                countLost(item.messages);
                item.sent.completeExceptionally(e);
            });
            return !away;
        }
    }

    private Connection connection() throws SQLException {
        Connection current = connection;
        if (current != null && System.nanoTime() - lastUse > STALE && !current.isValid(2)) {
            disconnect();
            current = null;
        }
        if (current == null) {
            current = link.connect();
            connection = current;
            link.limit(current);
            link.ensureTables(current);
        }
        return current;
    }

    private void disconnect() {
        Connection current = connection;
        connection = null;
        link.giveBack(current);
    }
}
