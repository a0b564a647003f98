package dev.sockeye.socketio.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;

/**
 * Options of connection state recovery: a client that reconnects in time gets back its id, rooms, data and the events
 * that it missed. Immutable. Official counterpart: the {@code connectionStateRecovery} option.
 */
public final class ConnectionStateRecovery {
    private final Builder values;

    private ConnectionStateRecovery(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static ConnectionStateRecovery defaults() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** How long the session of a disconnected client is kept. Default: 2 minutes. */
    public Duration maxDisconnectionDuration() {
        return values.maxDisconnectionDuration;
    }

    /** Whether a recovered socket skips the middlewares. Default: true. */
    public boolean skipMiddlewares() {
        return values.skipMiddlewares;
    }

    /**
     * The maximum number of events that are kept for each room. Older events are dropped, and clients that missed them
     * are not recovered. Default: 1,000. Sockeye's own.
     */
    public int maxPacketsPerRoom() {
        return values.maxPacketsPerRoom;
    }

    /** The maximum number of events that are kept for each namespace. Default: 100,000. Sockeye's own. */
    public int maxPackets() {
        return values.maxPackets;
    }

    /**
     * The maximum size in bytes of the events that are kept for each namespace, including 256 bytes of overhead for
     * each event. Older events are dropped, and clients that missed them are not recovered. Not used by cluster
     * adapters, which store events elsewhere. Default: 32 MiB. Sockeye's own.
     */
    public long maxBytes() {
        return values.maxBytes;
    }

    /** The maximum number of sessions that are kept for each namespace. Default: 100,000. Sockeye's own. */
    public int maxSessions() {
        return values.maxSessions;
    }

    /** Builds {@link ConnectionStateRecovery}. Not thread-safe. */
    public static final class Builder {
        /** In nanoseconds, it must not overflow. */
        private static final Duration LONGEST = Duration.ofDays(26_000);

        private Duration maxDisconnectionDuration = Duration.ofMinutes(2);
        private boolean skipMiddlewares = true;
        private int maxPacketsPerRoom = 1_000;
        private int maxPackets = 100_000;
        private long maxBytes = 32L * 1024 * 1024;
        private int maxSessions = 100_000;

        private Builder() {}

        private Builder(Builder from) {
            maxDisconnectionDuration = from.maxDisconnectionDuration;
            skipMiddlewares = from.skipMiddlewares;
            maxPacketsPerRoom = from.maxPacketsPerRoom;
            maxPackets = from.maxPackets;
            maxBytes = from.maxBytes;
            maxSessions = from.maxSessions;
        }

        /** How long the session of a disconnected client is kept. Default: 2 minutes. */
        @CanIgnoreReturnValue
        public Builder maxDisconnectionDuration(Duration value) {
            maxDisconnectionDuration = value;
            return this;
        }

        /** Whether a recovered socket skips the middlewares. Default: true. */
        @CanIgnoreReturnValue
        public Builder skipMiddlewares(boolean value) {
            skipMiddlewares = value;
            return this;
        }

        /**
         * The maximum number of events that are kept for each room. Older events are dropped, and clients that missed
         * them are not recovered. Default: 1,000. Sockeye's own.
         */
        @CanIgnoreReturnValue
        public Builder maxPacketsPerRoom(int value) {
            maxPacketsPerRoom = value;
            return this;
        }

        /** The maximum number of events that are kept for each namespace. Default: 100,000. Sockeye's own. */
        @CanIgnoreReturnValue
        public Builder maxPackets(int value) {
            maxPackets = value;
            return this;
        }

        /**
         * The maximum size in bytes of the events that are kept for each namespace, including 256 bytes of overhead for
         * each event. Older events are dropped, and clients that missed them are not recovered. Not used by cluster
         * adapters, which store events elsewhere. Default: 32 MiB. Sockeye's own.
         */
        @CanIgnoreReturnValue
        public Builder maxBytes(long value) {
            maxBytes = value;
            return this;
        }

        /** The maximum number of sessions that are kept for each namespace. Default: 100,000. Sockeye's own. */
        @CanIgnoreReturnValue
        public Builder maxSessions(int value) {
            maxSessions = value;
            return this;
        }

        private static void atLeastOne(String name, long value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be 1 or more, was " + value);
            }
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names option, value and range
         */
        public ConnectionStateRecovery build() {
            if (maxDisconnectionDuration.isNegative() || maxDisconnectionDuration.isZero()) {
                throw new IllegalArgumentException(
                        "maxDisconnectionDuration must be positive, was " + maxDisconnectionDuration);
            }
            if (maxDisconnectionDuration.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("maxDisconnectionDuration must be at most " + LONGEST.toDays()
                        + " days, was " + maxDisconnectionDuration);
            }
            atLeastOne("maxPacketsPerRoom", maxPacketsPerRoom);
            atLeastOne("maxPackets", maxPackets);
            atLeastOne("maxBytes", maxBytes);
            atLeastOne("maxSessions", maxSessions);
            return new ConnectionStateRecovery(new Builder(this));
        }
    }
}
