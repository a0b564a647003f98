package dev.sockeye.socketio.adapter.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The other servers of the cluster and when each was last heard from. Thread-safe. */
final class ClusterNodes {
    /** The maximum number of servers tracked, in case of forged messages. */
    private static final int MOST = 10_000;

    private final Map<String, Long> lastSeen = new ConcurrentHashMap<>();

    void seen(String uid, long now) {
        if (lastSeen.size() < MOST || lastSeen.containsKey(uid)) {
            lastSeen.put(uid, now);
        }
    }

    void gone(String uid) {
        lastSeen.remove(uid);
    }

    void clear() {
        lastSeen.clear();
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

    /** No server could be heard for some nanoseconds before now. */
    void forgive(long nanos, long now) {
        lastSeen.replaceAll((uid, seen) -> seen + nanos - now > 0 ? now : seen + nanos);
    }

    /** Removes the servers that have been silent since the given time. */
    List<String> expire(long before) {
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
