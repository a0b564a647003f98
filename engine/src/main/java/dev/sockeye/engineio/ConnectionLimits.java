package dev.sockeye.engineio;

import dev.sockeye.runtime.AddressKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts sessions, in total and per address or IPv6 network, if there are limits. Thread-safe. */
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
        String key = maxPerAddress > 0 ? AddressKey.of(address) : address;
        if (maxPerAddress > 0 && perAddress.merge(key, 1, Integer::sum) > maxPerAddress) {
            left(key);
            throw new Full("too many connections from one address: the server takes " + maxPerAddress);
        }
        return new Permit.Counted(this, key);
    }

    /** For {@link Permit} only. */
    void left(String key) {
        if (max > 0) {
            count.decrementAndGet();
        }
        if (maxPerAddress > 0) {
            perAddress.computeIfPresent(key, (k, number) -> number == 1 ? null : number - 1);
        }
    }
}
