package dev.sockeye.socketio.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;

/**
 * How a client that reconnects soon gets its id, rooms, data and missed events back. Immutable. Official counterpart: the {@code
 * connectionStateRecovery} option.
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

    /** How long the session of a disconnected client is kept. Default 2 minutes. */
    public Duration maxDisconnectionDuration() {
        return values.maxDisconnectionDuration;
    }

    /** Whether a recovered socket skips the middlewares. Default true. */
    public boolean skipMiddlewares() {
        return values.skipMiddlewares;
    }

    /**
     * How many events are kept for each room; older ones are dropped, and a client that missed them is not recovered. Sockeye's own.
     * Default 1,000.
     */
    public int maxPacketsPerRoom() {
        return values.maxPacketsPerRoom;
    }

    /** How many events are kept for each namespace in total. Sockeye's own. Default 100,000. */
    public int maxPackets() {
        return values.maxPackets;
    }

    /**
     * How many bytes of events are kept for each namespace in total, 256 bytes added for each event; older ones are dropped, and a client
     * that missed them is not recovered. Adapters of a cluster keep events elsewhere. Sockeye's own. Default 32 MiB.
     */
    public long maxBytes() {
        return values.maxBytes;
    }

    /** How many sessions are kept for each namespace. Sockeye's own. Default 100,000. */
    public int maxSessions() {
        return values.maxSessions;
    }

    /** Builds {@link ConnectionStateRecovery}. Not for several threads at once. */
    public static final class Builder {
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

        /** How long the session of a disconnected client is kept. Default 2 minutes. */
        @CanIgnoreReturnValue
        public Builder maxDisconnectionDuration(Duration value) {
            maxDisconnectionDuration = value;
            return this;
        }

        /** Whether a recovered socket skips the middlewares. Default true. */
        @CanIgnoreReturnValue
        public Builder skipMiddlewares(boolean value) {
            skipMiddlewares = value;
            return this;
        }

        /**
         * How many events are kept for each room; older ones are dropped, and a client that missed them is not recovered. Sockeye's own.
         * Default 1,000.
         */
        @CanIgnoreReturnValue
        public Builder maxPacketsPerRoom(int value) {
            maxPacketsPerRoom = value;
            return this;
        }

        /** How many events are kept for each namespace in total. Sockeye's own. Default 100,000. */
        @CanIgnoreReturnValue
        public Builder maxPackets(int value) {
            maxPackets = value;
            return this;
        }

        /**
         * How many bytes of events are kept for each namespace in total, 256 bytes added for each event; older ones are dropped, and a client
         * that missed them is not recovered. Adapters of a cluster keep events elsewhere. Sockeye's own. Default 32 MiB.
         */
        @CanIgnoreReturnValue
        public Builder maxBytes(long value) {
            maxBytes = value;
            return this;
        }

        /** How many sessions are kept for each namespace. Sockeye's own. Default 100,000. */
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
         * @throws IllegalArgumentException a value is out of its range; the message names option, value and range
         */
        public ConnectionStateRecovery build() {
            if (maxDisconnectionDuration.isNegative() || maxDisconnectionDuration.isZero()) {
                throw new IllegalArgumentException(
                        "maxDisconnectionDuration must be positive, was " + maxDisconnectionDuration);
            }
            atLeastOne("maxPacketsPerRoom", maxPacketsPerRoom);
            atLeastOne("maxPackets", maxPackets);
            atLeastOne("maxBytes", maxBytes);
            atLeastOne("maxSessions", maxSessions);
            return new ConnectionStateRecovery(new Builder(this));
        }
    }
}
