package dev.sockeye.engineio;

import java.time.Duration;
import java.util.Set;

/** Checks the values of {@link EngineOptions}; a message names option, value and range. */
final class OptionChecks {
    /** In nanoseconds, the sum of two must not overflow. */
    private static final Duration LONGEST = Duration.ofDays(26_000);
    /** Browsers treat a longer timer as one that is due immediately. */
    private static final Duration LONGEST_HEARTBEAT = Duration.ofMillis(Integer.MAX_VALUE);

    private static final Set<String> KNOWN_TRANSPORTS = Set.of("polling", "websocket", "webtransport");

    private OptionChecks() {}

    static void path(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path must start with \"/\", was \"" + path + "\"");
        }
    }

    static void transports(Set<String> transports) {
        for (String transport : transports) {
            if (!KNOWN_TRANSPORTS.contains(transport)) {
                throw new IllegalArgumentException(
                        "transports must be \"polling\", \"websocket\" or \"webtransport\", was \"" + transport + "\"");
            }
        }
        if (transports.isEmpty()) {
            throw new IllegalArgumentException("transports must contain at least one transport");
        }
    }

    static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be longer than 0, was " + value);
        }
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be at most " + LONGEST.toDays() + " days, was " + value);
        }
    }

    /** A client waits for both together. */
    static void heartbeat(Duration pingInterval, Duration pingTimeout) {
        positive("pingInterval", pingInterval);
        positive("pingTimeout", pingTimeout);
        if (pingInterval.plus(pingTimeout).compareTo(LONGEST_HEARTBEAT) > 0) {
            throw new IllegalArgumentException("pingInterval and pingTimeout must be at most "
                    + LONGEST_HEARTBEAT.toMillis() + " ms together, were " + pingInterval + " and " + pingTimeout);
        }
    }

    static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be " + least + " or more, was " + value);
        }
    }
}
