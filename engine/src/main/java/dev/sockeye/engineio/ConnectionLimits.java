package dev.sockeye.engineio;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts sessions, in total and per address, if there are limits. Thread-safe. */
final class ConnectionLimits {
    private final int max;
    private final int maxPerAddress;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<String, Integer> perAddress = new ConcurrentHashMap<>();

    ConnectionLimits(int max, int maxPerAddress) {
        this.max = max;
        this.maxPerAddress = maxPerAddress;
    }

    /** A limit is reached; the message names the limit. */
    static final class Full extends Exception {
        private static final long serialVersionUID = 1;

        Full(String message) {
            super(message, null, false, false);
        }
    }

    /** Takes a permit, which counts until it is released. */
    Permit enter(String address) throws Full {
        if (max <= 0 && maxPerAddress <= 0) {
            return Permit.UNLIMITED;
        }
        if (max > 0 && count.incrementAndGet() > max) {
            count.decrementAndGet();
            throw new Full("too many connections: the server takes " + max);
        }
        if (maxPerAddress > 0 && perAddress.merge(address, 1, Integer::sum) > maxPerAddress) {
            left(address);
            throw new Full("too many connections from one address: the server takes " + maxPerAddress);
        }
        return new Permit.Counted(this, address);
    }

    /** For {@link Permit} only. */
    void left(String address) {
        if (max > 0) {
            count.decrementAndGet();
        }
        if (maxPerAddress > 0) {
            perAddress.computeIfPresent(address, (key, number) -> number == 1 ? null : number - 1);
        }
    }
}
