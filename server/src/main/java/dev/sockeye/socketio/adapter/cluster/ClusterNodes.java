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
    /** The maximum number of servers tracked, in case of forged messages: then those heard from longest ago are forgotten. */
    private static final int MOST = 10_000;

    private final Map<String, Long> lastSeen = new ConcurrentHashMap<>();

    void seen(String uid, long now) {
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
