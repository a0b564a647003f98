package dev.sockeye.socketio.adapter.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The other servers of the cluster and when each was last heard from. Thread-safe. */
final class ClusterNodes {
    /** The maximum number of servers tracked, in case of forged messages: then those heard from longest ago are forgotten. */
    private static final int MOST = 10_000;

    /** How long late messages of a closed server are expected. */
    private static final long LATE = Duration.ofSeconds(30).toNanos();

    private final Map<String, Long> lastSeen = new ConcurrentHashMap<>();

    /** When servers have announced their end: messages that they have sent before may arrive later, as brokers transport them separately. */
    private final Map<String, Long> closed = new ConcurrentHashMap<>();

    private volatile long swept;

    /** @param started whether the server announces that it has started, perhaps again */
    void seen(String uid, long now, boolean started) {
        if (started) {
            closed.remove(uid);
        } else if (!closed.isEmpty()) {
            closed.values().removeIf(since -> now - since > LATE);
            if (closed.containsKey(uid)) {
                return;
            }
        }
        if (lastSeen.put(uid, now) == null && lastSeen.size() > MOST) {
            lastSeen.entrySet().stream()
                    .min(Map.Entry.comparingByValue((one, other) -> Long.signum(one - other)))
                    .ifPresent(longest -> lastSeen.remove(longest.getKey(), longest.getValue()));
        }
    }

    /** All servers have answered a request: those that did not, and were silent since it was sent, are gone. */
    void keepOnly(Set<String> answered, long sent) {
        lastSeen.entrySet().removeIf(entry -> entry.getValue() - sent < 0 && !answered.contains(entry.getKey()));
    }

    /** A server has announced its end. */
    void closed(String uid, long now) {
        if (closed.size() < MOST) {
            closed.put(uid, now);
        }
        lastSeen.remove(uid);
    }

    void clear() {
        lastSeen.clear();
        closed.clear();
    }

    boolean isKnown(String uid) {
        return lastSeen.containsKey(uid);
    }

    int size() {
        return lastSeen.size();
    }

    Set<String> names() {
        return new LinkedHashSet<>(lastSeen.keySet());
    }

    /** The periodic calls of {@link #sweep} begin. */
    void begin(long now) {
        swept = now;
    }

    /** Removes the servers that have been silent for too long, and returns them. */
    List<String> sweep(long now, Duration period, Duration timeout) {
        long late = now - swept - period.toNanos();
        swept = now;
        if (late > period.toNanos()) {
            // this server was suspended, and the heartbeats of the others wait in its connection
            lastSeen.replaceAll((uid, seen) -> seen + late - now > 0 ? now : seen + late);
        }
        long before = now - timeout.toNanos();
        List<String> dead = new ArrayList<>();
        lastSeen.forEach((uid, seen) -> {
            if (seen - before < 0 && lastSeen.remove(uid, seen)) {
                dead.add(uid);
            }
        });
        return dead;
    }

    /** The servers that have not answered, most recently heard from first, up to a maximum number. */
    Set<String> missing(Set<String> answered, int most) {
        Set<String> missing = new LinkedHashSet<>();
        lastSeen.entrySet().stream()
                .filter(entry -> !answered.contains(entry.getKey()))
                .sorted(Comparator.comparing((Map.Entry<String, Long> entry) -> entry.getValue())
                        .reversed())
                .limit(most)
                .forEach(entry -> missing.add(entry.getKey()));
        return missing;
    }
}
