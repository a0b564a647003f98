package dev.sockeye.admin;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Counts the failed logins of each address. If there are too many addresses, the least recently used one is removed. Thread-safe. */
final class LoginAttempts {
    private static final int MAX_ADDRESSES = 10_000;

    private static final class Count {
        int wrong;
        long since;
    }

    private final int max;
    private final long nanos;
    private final LongSupplier clock;

    @GuardedBy("this")
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    LoginAttempts(int max, Duration window, LongSupplier clock) {
        this.max = max;
        this.nanos = window.toNanos();
        this.clock = clock;
    }

    /** Counts an attempt as failed until {@link #succeeded} is called; returns false if there were too many. */
    synchronized boolean begin(String address) {
        long now = clock.getAsLong();
        Count count = counts.computeIfAbsent(key(address), key -> new Count());
        if (count.wrong == 0 || now - count.since >= nanos) {
            count.wrong = 0;
            count.since = now;
        }
        if (count.wrong >= max) {
            return false;
        }
        count.wrong++;
        return true;
    }

    /** The login was successful: resets the count of the address. */
    synchronized void succeeded(String address) {
        counts.remove(key(address));
    }

    /** The 64-bit network of an IPv6 address, because one client usually controls all of it. */
    static String key(String address) {
        if (address.indexOf(':') < 0 || address.indexOf('.') >= 0) {
            return address;
        }
        int zone = address.indexOf('%');
        String plain = zone < 0 ? address : address.substring(0, zone);
        int gap = plain.indexOf("::");
        String head = gap < 0 ? plain : plain.substring(0, gap);
        String tail = gap < 0 ? "" : plain.substring(gap + 2);
        String[] before = head.isEmpty() ? new String[0] : head.split(":", -1);
        int after = tail.isEmpty() ? 0 : tail.split(":", -1).length;
        String[] rest = tail.split(":", -1);
        StringBuilder network = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            String group = "0";
            if (i < before.length) {
                group = before[i];
            } else if (i >= 8 - after) {
                group = rest[i - (8 - after)];
            }
            network.append(group.replaceFirst("^0+(?=.)", "")).append(':');
        }
        return network.append(":/64").toString();
    }
}
