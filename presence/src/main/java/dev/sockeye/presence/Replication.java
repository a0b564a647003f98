package dev.sockeye.presence;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.engineio.SessionIds;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.ServerTimer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Replica} with its lock, timer and messages. Messages are server-side events of a namespace, which every adapter
 * supports and servers without a listener ignore. Thread-safe.
 */
final class Replication {
    private static final Logger LOG = System.getLogger(Presence.class.getName());

    /** What is replicated. All methods except {@link #afterwards} are called under the lock. */
    interface Part {
        /** An entry has changed; see {@link EntryListener#changed}. */
        void changed(
                Replica replica, long now, String server, String key, @Nullable String before, @Nullable String value);

        /** When {@link #run} must be called next; {@link Replica#NEVER} for never. */
        long next();

        void run(Replica replica, long now);

        /** Called after it was closed; all entries were already removed. */
        void closed();

        /** Called without the lock, after something may have changed. */
        void afterwards();
    }

    private final Namespace namespace;
    private final String event;
    private final ServerTimer timer;
    private final long startedAt;
    private final Part part;
    private final boolean alone;
    private final AtomicBoolean malformed = new AtomicBoolean();

    @GuardedBy("this")
    private final Replica replica;

    @GuardedBy("this")
    private final ArrayDeque<List<@Nullable String>> outbox = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean sending;

    @GuardedBy("this")
    private long wakesAt = Replica.NEVER;

    @GuardedBy("this")
    private EngineLoop.@Nullable Timer wake;

    private volatile @Nullable Registration listening;

    Replication(Namespace namespace, String event, Replica.Terms terms, Part part) {
        this.namespace = namespace;
        this.event = event;
        this.timer = namespace.server().options().timer();
        this.startedAt = timer.nanoTime();
        this.part = part;
        this.alone = isAlone(namespace);
        this.replica = new Replica(terms, SessionIds.RandomIds::next, this::changed, this::enqueue);
    }

    /** Without a cluster there is no other server to send to. */
    private static boolean isAlone(Namespace namespace) {
        return namespace.server().options().adapter() == null || namespace.adapter() instanceof InMemoryAdapter;
    }

    private synchronized void changed(String server, String key, @Nullable String before, @Nullable String value) {
        part.changed(replica, now(), server, key, before, value);
    }

    private synchronized void enqueue(List<@Nullable String> message) {
        if (!alone) {
            outbox.add(message);
        }
    }

    void start() {
        listening = namespace.onServerSideEvent(event, (args, ack) -> receive(args));
        with((state, now) -> {
            state.start(now);
            return true;
        });
    }

    private long now() {
        return timer.nanoTime() - startedAt;
    }

    /** A task that uses the entries, under the lock. */
    interface Step<T> {
        T with(Replica replica, long now);
    }

    /** Runs a task under the lock, and the resulting actions afterwards. */
    <T> T with(Step<T> step) {
        T result;
        synchronized (this) {
            result = step.with(replica, now());
            scheduleNext();
        }
        sendAll();
        part.afterwards();
        return result;
    }

    /** Reads something under the lock. */
    synchronized <T> T read(Function<Replica, T> reader) {
        return reader.apply(replica);
    }

    @GuardedBy("this")
    private void scheduleNext() {
        long next = Math.min(replica.next(), part.next());
        if (replica.closed() || next >= wakesAt) {
            return;
        }
        if (wake != null) {
            wake.cancel();
        }
        wakesAt = next;
        Duration delay = Duration.ofNanos(Math.max(0, next - now()));
        wake = timer.schedule(() -> namespace.server().handlerExecutor().execute(this::run), delay);
    }

    private void run() {
        synchronized (this) {
            wakesAt = Replica.NEVER;
            wake = null;
            long now = now();
            replica.run(now);
            part.run(replica, now);
            scheduleNext();
        }
        sendAll();
        part.afterwards();
    }

    private void receive(Arguments args) {
        List<@Nullable String> message = new ArrayList<>(args.size());
        try {
            for (int i = 0; i < args.size(); i++) {
                message.add((String) args.get(i));
            }
            with((state, now) -> {
                state.receive(message, now);
                return true;
            });
        } catch (RuntimeException e) {
            if (malformed.compareAndSet(false, true)) {
                LOG.log(
                        Level.WARNING,
                        PresenceLog.MESSAGE_REFUSED.text(
                                "a message of \"" + event + "\" is refused; later ones are not logged: " + e));
            }
        }
    }

    /** Sends the queued messages in order, on one thread at a time. */
    private void sendAll() {
        for (List<@Nullable String> next = take(); next != null; next = take()) {
            try {
                namespace.serverSideEmit(event, next.toArray());
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "a message of presence was not sent; the others will ask for it", e);
            } finally {
                synchronized (this) {
                    sending = false;
                }
            }
        }
    }

    private synchronized @Nullable List<@Nullable String> take() {
        if (sending || outbox.isEmpty()) {
            return null;
        }
        sending = true;
        return outbox.remove();
    }

    /** Stops replication; the other servers keep the entries of this server for some time. */
    void close(Duration grace) {
        Registration registration = listening;
        if (registration != null) {
            registration.close();
        }
        synchronized (this) {
            replica.close(grace);
            part.closed();
            if (wake != null) {
                wake.cancel();
                wake = null;
            }
            wakesAt = Replica.NEVER;
        }
        sendAll();
        part.afterwards();
    }
}
