package dev.sockeye.socketio.server.internal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.runtime.AnswerFuture;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The acknowledgements that a socket waits for. Any thread. Results are completed on the handler executor. */
final class PendingAcks {

    /** A pending acknowledgement: a future of {@code emitWithAck}, or the collector of a broadcast. */
    private static final class Entry {
        final @Nullable AnswerFuture<Arguments> future;
        final @Nullable Consumer<Arguments> collector;
        EngineLoop.@Nullable Timer timer;

        Entry(@Nullable AnswerFuture<Arguments> future, @Nullable Consumer<Arguments> collector) {
            this.future = future;
            this.collector = collector;
        }

        void cancelTimer() {
            if (timer != null) {
                timer.cancel();
            }
        }
    }

    private final SocketCore socket;

    @GuardedBy("this")
    private final Map<Long, Entry> entries = new HashMap<>(4);

    @GuardedBy("this")
    private boolean closed;

    PendingAcks(SocketCore socket) {
        this.socket = socket;
    }

    /** Adds a future that waits for an answer; returns false when it was refused, and has failed. */
    boolean add(long id, AnswerFuture<Arguments> future, @Nullable Duration timeout) {
        Entry entry = new Entry(future, null);
        int most = socket.namespace().context().options().maxPendingAcks();
        Throwable refusal = null;
        synchronized (this) {
            if (closed) {
                refusal = new SocketDisconnectedException();
            } else if (entries.size() >= most) {
                refusal = new IllegalStateException(
                        "too many pending acknowledgements: " + most + " (option maxPendingAcks)");
            } else {
                entries.put(id, entry);
                try {
                    if (timeout != null) {
                        entry.timer = socket.conn().loop().schedule(() -> expire(id), timeout);
                    }
                } catch (RuntimeException | Error e) { // the loop has ended: it would wait forever
                    entries.remove(id);
                    refusal = e;
                }
            }
        }
        if (refusal != null) {
            future.fail(refusal);
        }
        return refusal == null;
    }

    /** Adds the collector of a broadcast. */
    void add(long id, Consumer<Arguments> collector) {
        synchronized (this) {
            if (!closed) {
                entries.put(id, new Entry(null, collector));
            }
        }
    }

    void forget(long id) {
        Entry entry = take(id);
        if (entry != null) {
            entry.cancelTimer();
        }
    }

    /** Completes an entry with its answer. */
    void complete(long id, Arguments args) {
        Entry entry = take(id);
        if (entry == null) {
            return;
        }
        entry.cancelTimer();
        AnswerFuture<Arguments> future = entry.future;
        if (future != null) {
            execute(() -> future.answer(args));
        } else if (entry.collector != null) {
            entry.collector.accept(args);
        }
    }

    /** Fails all entries: answers can no longer arrive. */
    void fail() {
        List<Entry> lost;
        synchronized (this) {
            closed = true;
            lost = List.copyOf(entries.values());
            entries.clear();
        }
        for (Entry entry : lost) {
            entry.cancelTimer();
            AnswerFuture<Arguments> future = entry.future;
            if (future != null) {
                execute(() -> future.fail(new SocketDisconnectedException()));
            }
        }
    }

    synchronized int size() {
        return entries.size();
    }

    private void expire(long id) {
        Entry entry = take(id);
        AnswerFuture<Arguments> future = entry == null ? null : entry.future;
        if (future != null) {
            execute(() -> future.fail(new AckTimeoutException()));
        }
    }

    private void execute(Runnable task) {
        try {
            socket.namespace().context().executorFor(socket.conn().loop()).execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    private synchronized @Nullable Entry take(long id) {
        return entries.remove(id);
    }
}
