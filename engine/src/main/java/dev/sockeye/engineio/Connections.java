package dev.sockeye.engineio;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts sessions, in all and for each address, where there are limits. Any thread. */
final class Connections {
    private final int max;
    private final int maxPerAddress;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<String, Integer> perAddress = new ConcurrentHashMap<>();

    Connections(int max, int maxPerAddress) {
        this.max = max;
        this.maxPerAddress = maxPerAddress;
    }

    /** Counts one more; or says why not. */
    @Nullable
    String entered(String address) {
        if (max > 0 && count.incrementAndGet() > max) {
            count.decrementAndGet();
            return "too many connections: the server takes " + max;
        }
        if (maxPerAddress > 0 && perAddress.merge(address, 1, Integer::sum) > maxPerAddress) {
            left(address);
            return "too many connections from one address: the server takes " + maxPerAddress;
        }
        return null;
    }

    void left(String address) {
        if (max > 0) {
            count.decrementAndGet();
        }
        if (maxPerAddress > 0) {
            perAddress.computeIfPresent(address, (key, number) -> number == 1 ? null : number - 1);
        }
    }
}
