package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.redis.RedisConnections.Topic;
import dev.sockeye.redis.RedisLink.Listener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps topics subscribed. For each topic it stores the wanted and the confirmed state, and sends one command at a time
 * until both are equal. A topic has one owner, the last one that subscribed; calls of former owners have no effect.
 * Commands are sent, and futures completed, without a lock. Thread-safe.
 *
 * <p>A failed command is sent again after a pause, if it is still needed.
 */
final class Subscriptions {
    private static final Duration RETRY = Duration.ofMillis(500);

    /** Sends the commands. */
    interface Driver {
        CompletionStage<Void> subscribe(Topic topic);

        CompletionStage<Void> unsubscribe(Topic topic);
    }

    private enum State {
        SUBSCRIBED,
        UNSUBSCRIBED,
        /** The connection was reopened. Lettuce subscribes what was subscribed when the last one was lost, also what is not wanted any more. */
        UNKNOWN
    }

    private static final class Entry {
        private volatile @Nullable Listener listener;
        private @Nullable Object owner; // null if it is not wanted
        private State state = State.UNSUBSCRIBED;
        private boolean busy; // a command is under way, or waits to be sent again
        private boolean lost; // what the command under way leads to is not known
        private List<CompletableFuture<Void>> waiting = new ArrayList<>(1);
    }

    private final Driver driver;
    private final BiConsumer<Duration, Runnable> later;

    /** Written under the lock of this object, read without it. */
    private final Map<Topic, Entry> entries = new ConcurrentHashMap<>();

    @GuardedBy("this")
    private boolean closed;

    /** @param later runs a task after a pause */
    Subscriptions(Driver driver, BiConsumer<Duration, Runnable> later) {
        this.driver = driver;
        this.later = later;
    }

    /** Subscribes for an owner; completes when Redis has confirmed it, or the first attempt has failed. */
    CompletableFuture<Void> subscribe(Topic topic, Object owner, Listener listener) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            Entry entry = entries.computeIfAbsent(topic, name -> new Entry());
            entry.owner = owner;
            entry.listener = listener;
            entry.waiting.add(done);
        }
        reconcile(topic);
        return done;
    }

    /** Removes a subscription if the owner is still the current one; completes when Redis has confirmed it. */
    CompletableFuture<Void> unsubscribe(Topic topic, Object owner) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            Entry entry = entries.get(topic);
            if (entry == null || entry.owner != owner) {
                return CompletableFuture.completedFuture(null);
            }
            entry.owner = null;
            entry.listener = null;
            entry.waiting.add(done);
        }
        reconcile(topic);
        return done;
    }

    /** Removes all subscriptions of an owner. */
    CompletableFuture<Void> unsubscribeAll(Object owner) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Topic topic : entries.keySet()) {
            all.add(unsubscribe(topic, owner));
        }
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }

    @Nullable
    Listener listener(Topic topic) {
        Entry entry = entries.get(topic);
        return entry == null ? null : entry.listener;
    }

    /** Whether Redis has confirmed that a topic is subscribed. */
    synchronized boolean isConfirmed(Topic topic) {
        Entry entry = entries.get(topic);
        return entry != null && entry.state == State.SUBSCRIBED && entry.owner != null;
    }

    /** The connection was reopened: subscribes all topics again, and unsubscribes those that are not wanted any more. */
    void lost() {
        unconfirm();
        entries.keySet().forEach(this::reconcile);
    }

    /** What Redis has confirmed is void. */
    synchronized void unconfirm() {
        for (Entry entry : entries.values()) {
            entry.state = State.UNKNOWN;
            entry.lost = entry.busy;
        }
    }

    /** Stops sending commands. */
    void close() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            entries.values().forEach(entry -> all.addAll(entry.waiting));
            entries.clear();
        }
        all.forEach(waiting -> waiting.complete(null));
    }

    /** For tests: what Redis has confirmed and what is wanted. */
    synchronized Map<String, Boolean> confirmed() {
        Map<String, Boolean> all = new HashMap<>();
        entries.forEach(
                (topic, entry) -> all.put(topic.name(), entry.state == State.SUBSCRIBED && entry.owner != null));
        return all;
    }

    private void reconcile(Topic topic) {
        boolean wanted;
        @Nullable List<CompletableFuture<Void>> done;
        synchronized (this) {
            Entry entry = entries.get(topic);
            if (entry == null || entry.busy) {
                return;
            }
            wanted = entry.owner != null;
            if (entry.state == (wanted ? State.SUBSCRIBED : State.UNSUBSCRIBED) || closed) {
                done = entry.waiting;
                entry.waiting = new ArrayList<>(1);
                if (!wanted) {
                    entries.remove(topic);
                }
            } else {
                done = null;
                entry.busy = true;
                entry.lost = false;
            }
        }
        if (done == null) {
            send(topic, wanted);
        } else {
            done.forEach(waiting -> waiting.complete(null));
        }
    }

    private void send(Topic topic, boolean subscribe) {
        CompletionStage<Void> command;
        try {
            command = subscribe ? driver.subscribe(topic) : driver.unsubscribe(topic);
        } catch (RuntimeException e) {
            command = CompletableFuture.failedFuture(e);
        }
        var unused = command.whenComplete((done, error) -> {
            if (error == null) {
                answered(topic, subscribe);
            } else {
                failed(topic);
            }
        });
    }

    private void answered(Topic topic, boolean subscribed) {
        synchronized (this) {
            Entry entry = entries.get(topic);
            if (entry == null) {
                return;
            }
            entry.busy = false;
            entry.state = entry.lost ? State.UNKNOWN : subscribed ? State.SUBSCRIBED : State.UNSUBSCRIBED;
        }
        reconcile(topic);
    }

    /** Futures complete after one attempt; the next one follows after a pause. */
    private void failed(Topic topic) {
        List<CompletableFuture<Void>> done;
        synchronized (this) {
            Entry entry = entries.get(topic);
            if (entry == null) {
                return;
            }
            done = entry.waiting;
            entry.waiting = new ArrayList<>(1);
        }
        done.forEach(waiting -> waiting.complete(null));
        later.accept(RETRY, () -> {
            synchronized (this) {
                Entry entry = entries.get(topic);
                if (entry == null) {
                    return;
                }
                entry.busy = false;
            }
            reconcile(topic);
        });
    }
}
