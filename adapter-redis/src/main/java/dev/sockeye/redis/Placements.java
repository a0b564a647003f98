package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.redis.RedisConnections.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each topic subscribed at one member of a Redis Cluster, however slots and connections change meanwhile. For each topic it
 * knows at which members it is subscribed, and sends one command at a time until that is where it belongs. A failed command is sent
 * again at the next {@link #settle()}. Commands are sent, and futures completed, without a lock. Thread-safe.
 */
final class Placements {

    /** The members of the Redis Cluster. */
    interface Members {
        /**
         * Returns the member where a topic belongs; {@code null} if there is none at present.
         *
         * @param at where it is subscribed; {@code null} if nowhere, or not for certain
         */
        @Nullable
        String locate(Topic topic, @Nullable String at);

        CompletionStage<Void> subscribe(String member, Topic topic);

        /** Completes immediately if the member no longer has a connection. */
        CompletionStage<Void> unsubscribe(String member, Topic topic);
    }

    private static final class Entry {
        private boolean wanted;
        private final Map<String, Boolean> at = new LinkedHashMap<>(2); // the members, and whether it is certain
        private @Nullable String busyAt; // the member that a command is under way to
        private boolean lost; // what the command under way leads to is not known
        private int missing; // how often it was found missing in succession
        private List<CompletableFuture<Void>> waiting = new ArrayList<>(1);

        private boolean isMissing() {
            return wanted && !at.containsValue(true);
        }
    }

    /** How often a topic is found missing until that is a problem: a command may be under way. */
    private static final int MISSING = 2;

    private final Members members;

    /** Written under the lock of this object. */
    private final Map<Topic, Entry> entries = new ConcurrentHashMap<>();

    @GuardedBy("this")
    private boolean closed;

    Placements(Members members) {
        this.members = members;
    }

    /** Completes when the topic is subscribed; fails with the first command that fails. */
    CompletableFuture<Void> subscribe(Topic topic) {
        return want(topic, true);
    }

    /** Completes when the topic is subscribed nowhere; fails with the first command that fails. */
    CompletableFuture<Void> unsubscribe(Topic topic) {
        return want(topic, false);
    }

    private CompletableFuture<Void> want(Topic topic, boolean wanted) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            Entry entry = entries.get(topic);
            if (entry == null) {
                if (!wanted || closed) {
                    return CompletableFuture.completedFuture(null);
                }
                entry = new Entry();
                entries.put(topic, entry);
            }
            entry.wanted = wanted;
            entry.waiting.add(done);
        }
        settle(topic);
        return done;
    }

    /**
     * Sends what is needed after members or slots have changed, or a command has failed. Called periodically.
     *
     * @return whether all topics are subscribed, or were wanted only recently
     */
    boolean settle() {
        boolean well = true;
        synchronized (this) {
            for (Entry entry : entries.values()) {
                entry.missing = entry.isMissing() ? entry.missing + 1 : 0;
                well &= entry.missing < MISSING;
            }
        }
        entries.keySet().forEach(this::settle);
        return well;
    }

    /**
     * The connection to a member was lost or reopened: whether it still has its subscriptions is not known, so they are sent again. A
     * topic that was subscribed there is missing from now on.
     */
    synchronized void lost(String member) {
        entries.values().forEach(entry -> {
            if (Boolean.TRUE.equals(entry.at.replace(member, false)) && entry.isMissing()) {
                entry.missing = MISSING;
            }
            entry.lost |= member.equals(entry.busyAt);
        });
    }

    /** Whether topics are known not to be subscribed. */
    synchronized boolean isMissing() {
        return entries.values().stream().anyMatch(entry -> entry.missing >= MISSING && entry.isMissing());
    }

    /** A member has removed a subscription. */
    synchronized void removed(String member, Topic topic) {
        Entry entry = entries.get(topic);
        if (entry != null) {
            entry.at.remove(member);
            entry.lost |= member.equals(entry.busyAt);
        }
    }

    /** A member is gone, and all that was subscribed there. */
    synchronized void gone(String member) {
        entries.keySet().forEach(topic -> removed(member, topic));
    }

    void close() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            entries.values().forEach(entry -> all.addAll(entry.waiting));
            entries.clear();
        }
        all.forEach(waiting -> waiting.complete(null));
    }

    private void settle(Topic topic) {
        String at = null;
        synchronized (this) {
            Entry entry = entries.get(topic);
            if (entry == null || entry.busyAt != null) {
                return; // the command under way is followed by the next one
            }
            for (Map.Entry<String, Boolean> one : entry.at.entrySet()) {
                at = one.getValue() ? one.getKey() : at;
            }
        }
        String located = members.locate(topic, at);
        String member = null;
        boolean subscribing;
        boolean nowhere;
        List<CompletableFuture<Void>> done = List.of();
        synchronized (this) {
            Entry entry = entries.get(topic);
            if (entry == null || entry.busyAt != null) {
                return;
            }
            nowhere = entry.wanted && located == null;
            subscribing = entry.wanted && located != null && !entry.at.getOrDefault(located, false);
            if (subscribing) {
                member = located;
            } else if (!nowhere) {
                for (String one : entry.at.keySet()) {
                    member = entry.wanted && one.equals(located) ? member : one;
                }
            }
            if (member != null) {
                entry.busyAt = member;
                entry.lost = false;
            } else {
                done = entry.waiting;
                entry.waiting = new ArrayList<>(1);
                if (!entry.wanted) {
                    entries.remove(topic);
                }
            }
        }
        if (member != null) {
            send(topic, member, subscribing);
        } else if (nowhere) {
            IllegalStateException error = new IllegalStateException("no member has the slot of " + topic.name());
            done.forEach(waiting -> waiting.completeExceptionally(error));
        } else {
            done.forEach(waiting -> waiting.complete(null));
        }
    }

    private void send(Topic topic, String member, boolean subscribing) {
        CompletionStage<Void> command;
        try {
            command = subscribing ? members.subscribe(member, topic) : members.unsubscribe(member, topic);
        } catch (RuntimeException e) {
            command = CompletableFuture.failedFuture(e);
        }
        var unused = command.whenComplete((done, error) -> {
            List<CompletableFuture<Void>> over = List.of();
            boolean failed;
            synchronized (this) {
                Entry entry = entries.get(topic);
                if (entry == null) {
                    return;
                }
                entry.busyAt = null;
                if (error != null) {
                    over = entry.waiting;
                    entry.waiting = new ArrayList<>(1);
                } else if (subscribing) {
                    entry.at.put(member, !entry.lost);
                } else {
                    entry.at.remove(member);
                }
                failed = error != null && (subscribing || !entry.wanted);
            }
            if (error == null) {
                settle(topic);
            } else if (failed) {
                over.forEach(waiting -> waiting.completeExceptionally(error));
            } else {
                over.forEach(waiting -> waiting.complete(null)); // only what is left elsewhere could not be removed
            }
        });
    }
}
