package dev.sockeye.engineio;

import java.time.Duration;
import java.util.Set;

/** Checks the values of {@link EngineOptions}; a message names option, value and range. */
final class OptionChecks {
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
    }

    static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be " + least + " or more, was " + value);
        }
    }
}
