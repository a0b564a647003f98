package dev.sockeye.presence;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.sockeye.socketio.protocol.PayloadBinding;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Options of {@link Presence} and {@link RoomCounts}. They must be the same on all servers of a cluster. Immutable. */
public final class PresenceOptions {
    private static final PresenceOptions DEFAULTS = builder().build();

    private final Builder values;

    private PresenceOptions(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static PresenceOptions defaults() {
        return DEFAULTS;
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /**
     * How long a user without a socket stays online, so that a reconnection is not reported. Zero for no grace time.
     * Default 10 seconds. Presence only.
     */
    public Duration graceTime() {
        return values.graceTime;
    }

    /** The interval at which a server with entries reports that it is alive. Default 5 seconds. */
    public Duration heartbeatInterval() {
        return values.heartbeatInterval;
    }

    /**
     * How long a server may be silent before its users and rooms are removed; at least twice the interval. Default 15
     * seconds.
     */
    public Duration nodeTimeout() {
        return values.nodeTimeout;
    }

    /** The maximum number of users in the cluster. Default 1,000,000. Presence only. */
    public int maxUsers() {
        return values.maxUsers;
    }

    /** The maximum size in bytes of the metadata of a user, as JSON. Default 4,096. Presence only. */
    public int maxMetadataBytes() {
        return values.maxMetadataBytes;
    }

    /**
     * The maximum number of rooms counted on one server; ten times as many in the cluster. Default 100,000. Room counts
     * only.
     */
    public int maxRooms() {
        return values.maxRooms;
    }

    /** Which rooms are counted. Default all; rooms of single sockets are never counted. Room counts only. */
    public Predicate<String> rooms() {
        return values.rooms;
    }

    /** The clock of {@link PresenceUser#since()}. Default the system's. Timeouts follow the timer of the server. Presence only. */
    public Clock clock() {
        return values.clock;
    }

    /**
     * Converts metadata to JSON and back; {@code null}, the default, for {@link PayloadBinding#defaultBinding()}.
     * Presence only.
     */
    public @Nullable PayloadBinding binding() {
        return values.binding;
    }

    /** Builds {@link PresenceOptions}. Not thread-safe. */
    public static final class Builder {
        /** The longest duration: sums of two of them, in nanoseconds, must not overflow. */
        private static final Duration LONGEST = Duration.ofDays(26_000);

        private Duration graceTime = Duration.ofSeconds(10);
        private Duration heartbeatInterval = Duration.ofSeconds(5);
        private Duration nodeTimeout = Duration.ofSeconds(15);
        private int maxUsers = 1_000_000;
        private int maxMetadataBytes = 4_096;
        private int maxRooms = 100_000;
        private Predicate<String> rooms = room -> true;
        private Clock clock = Clock.systemUTC();
        private @Nullable PayloadBinding binding;

        private Builder() {}

        private Builder(Builder from) {
            graceTime = from.graceTime;
            heartbeatInterval = from.heartbeatInterval;
            nodeTimeout = from.nodeTimeout;
            maxUsers = from.maxUsers;
            maxMetadataBytes = from.maxMetadataBytes;
            maxRooms = from.maxRooms;
            rooms = from.rooms;
            clock = from.clock;
            binding = from.binding;
        }

        /**
         * How long a user without a socket stays online, so that a reconnection is not reported. Zero for no grace
         * time. Default 10 seconds.
         */
        @CanIgnoreReturnValue
        public Builder graceTime(Duration value) {
            graceTime = value;
            return this;
        }

        /** The interval at which a server with entries reports that it is alive. Default 5 seconds. */
        @CanIgnoreReturnValue
        public Builder heartbeatInterval(Duration value) {
            heartbeatInterval = value;
            return this;
        }

        /**
         * How long a server may be silent before its users and rooms are removed; at least twice the interval. Default
         * 15 seconds.
         */
        @CanIgnoreReturnValue
        public Builder nodeTimeout(Duration value) {
            nodeTimeout = value;
            return this;
        }

        /** The maximum number of users in the cluster. Default 1,000,000. */
        @CanIgnoreReturnValue
        public Builder maxUsers(int value) {
            maxUsers = value;
            return this;
        }

        /** The maximum size in bytes of the metadata of a user, as JSON. Default 4,096. */
        @CanIgnoreReturnValue
        public Builder maxMetadataBytes(int value) {
            maxMetadataBytes = value;
            return this;
        }

        /** The maximum number of rooms counted on one server; ten times as many in the cluster. Default 100,000. */
        @CanIgnoreReturnValue
        public Builder maxRooms(int value) {
            maxRooms = value;
            return this;
        }

        /**
         * Which rooms are counted; must be fast and must not block. Default all; rooms of single sockets are never
         * counted.
         */
        @CanIgnoreReturnValue
        public Builder rooms(Predicate<String> value) {
            rooms = value;
            return this;
        }

        /** The clock of {@link PresenceUser#since()}. Default the system's. */
        @CanIgnoreReturnValue
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /**
         * Converts metadata to JSON and back; {@code null}, the default, for {@link PayloadBinding#defaultBinding()}.
         */
        @CanIgnoreReturnValue
        public Builder binding(@Nullable PayloadBinding value) {
            binding = value;
            return this;
        }

        private static void notTooLong(String name, Duration value) {
            if (value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        name + " must be at most " + LONGEST.toDays() + " days, was " + value);
            }
        }

        private static void atLeastOne(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be 1 or more, was " + value);
            }
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names option, value and range
         */
        public PresenceOptions build() {
            notTooLong("graceTime", graceTime);
            notTooLong("heartbeatInterval", heartbeatInterval);
            notTooLong("nodeTimeout", nodeTimeout);
            if (graceTime.isNegative()) {
                throw new IllegalArgumentException("graceTime must not be negative, was " + graceTime);
            }
            if (heartbeatInterval.isNegative() || heartbeatInterval.isZero()) {
                throw new IllegalArgumentException("heartbeatInterval must be positive, was " + heartbeatInterval);
            }
            if (nodeTimeout.compareTo(heartbeatInterval.multipliedBy(2)) < 0) {
                throw new IllegalArgumentException("nodeTimeout must be at least twice heartbeatInterval ("
                        + heartbeatInterval + "), was " + nodeTimeout);
            }
            atLeastOne("maxUsers", maxUsers);
            atLeastOne("maxMetadataBytes", maxMetadataBytes);
            atLeastOne("maxRooms", maxRooms);
            return new PresenceOptions(new Builder(this));
        }
    }
}
