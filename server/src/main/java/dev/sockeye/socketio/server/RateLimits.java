package dev.sockeye.socketio.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Limits for what clients send; each server of a cluster counts for itself. Immutable. All limits are off by default, and one that is off costs nothing.
 * No official counterpart.
 *
 * <pre>{@code
 * .rateLimits(limits -> limits.eventsPerSocket(RateLimit.perSecond(50))
 *         .event("chat message", RateLimit.perSecond(2).burst(10))
 *         .connectsPerAddress(RateLimit.perMinute(60)))
 * }</pre>
 */
public final class RateLimits {
    private final Builder values;

    private RateLimits(Builder values) {
        this.values = new Builder(values);
    }

    /** A builder without limits. */
    public static Builder builder() {
        return new Builder(null);
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** Events of one socket; {@code null}, the default, for no limit. */
    public @Nullable RateLimit eventsPerSocket() {
        return values.eventsPerSocket;
    }

    /** Bytes of the events of one socket, as they were received, attachments included; {@code null}, the default, for no limit. */
    public @Nullable RateLimit bytesPerSocket() {
        return values.bytesPerSocket;
    }

    /** Events of one socket, by name; default none. Unmodifiable. */
    public Map<String, RateLimit> events() {
        return Map.copyOf(values.events);
    }

    /** Events of all sockets with the same {@link #userKey()}; {@code null}, the default, for no limit. */
    public @Nullable RateLimit eventsPerUser() {
        return values.eventsPerUser;
    }

    /** Bytes of the events of all sockets with the same {@link #userKey()}; {@code null}, the default, for no limit. */
    public @Nullable RateLimit bytesPerUser() {
        return values.bytesPerUser;
    }

    /** Events of all sockets of one address; {@code null}, the default, for no limit. */
    public @Nullable RateLimit eventsPerAddress() {
        return values.eventsPerAddress;
    }

    /** Bytes of the events of all sockets of one address; {@code null}, the default, for no limit. */
    public @Nullable RateLimit bytesPerAddress() {
        return values.bytesPerAddress;
    }

    /** Connections of one address; {@code null}, the default, for no limit. */
    public @Nullable RateLimit connectsPerAddress() {
        return values.connectsPerAddress;
    }

    /** Who the user of a socket is; {@code null} if no limit needs it. */
    public @Nullable Function<Socket, @Nullable String> userKey() {
        return values.userKey;
    }

    /** What happens to an event that exceeds a limit; default {@link RateLimitAction#ERROR}. */
    public Function<RateLimitExceeded, RateLimitAction> action() {
        return values.action;
    }

    /** How many users, and how many addresses, are counted at once; default 100,000. */
    public int maxKeys() {
        return values.maxKeys;
    }

    /** Builds limits. Not for use by several threads. */
    public static final class Builder {
        private @Nullable RateLimit eventsPerSocket;
        private @Nullable RateLimit bytesPerSocket;
        private final Map<String, RateLimit> events = new LinkedHashMap<>();
        private @Nullable RateLimit eventsPerUser;
        private @Nullable RateLimit bytesPerUser;
        private @Nullable RateLimit eventsPerAddress;
        private @Nullable RateLimit bytesPerAddress;
        private @Nullable RateLimit connectsPerAddress;
        private @Nullable Function<Socket, @Nullable String> userKey;
        private Function<RateLimitExceeded, RateLimitAction> action = exceeded -> RateLimitAction.ERROR;
        private int maxKeys = 100_000;

        private Builder(@Nullable Builder from) {
            if (from != null) {
                eventsPerSocket = from.eventsPerSocket;
                bytesPerSocket = from.bytesPerSocket;
                events.putAll(from.events);
                eventsPerUser = from.eventsPerUser;
                bytesPerUser = from.bytesPerUser;
                eventsPerAddress = from.eventsPerAddress;
                bytesPerAddress = from.bytesPerAddress;
                connectsPerAddress = from.connectsPerAddress;
                userKey = from.userKey;
                action = from.action;
                maxKeys = from.maxKeys;
            }
        }

        /** Limits the events of each socket, that is of one client in one namespace. */
        public Builder eventsPerSocket(@Nullable RateLimit limit) {
            eventsPerSocket = limit;
            return this;
        }

        /** Limits the bytes of the events of each socket. An event counts with its attachments. */
        public Builder bytesPerSocket(@Nullable RateLimit limit) {
            bytesPerSocket = limit;
            return this;
        }

        /** Limits the events with this name of each socket, besides the other limits. */
        public Builder event(String name, RateLimit limit) {
            events.put(name, limit);
            return this;
        }

        /** Limits the events of each user; needs {@link #userKey}. */
        public Builder eventsPerUser(@Nullable RateLimit limit) {
            eventsPerUser = limit;
            return this;
        }

        /** Limits the bytes of the events of each user; needs {@link #userKey}. */
        public Builder bytesPerUser(@Nullable RateLimit limit) {
            bytesPerUser = limit;
            return this;
        }

        /** Limits the events of each address. The addresses of an IPv6 network of 64 bits are one. */
        public Builder eventsPerAddress(@Nullable RateLimit limit) {
            eventsPerAddress = limit;
            return this;
        }

        /** Limits the bytes of the events of each address. */
        public Builder bytesPerAddress(@Nullable RateLimit limit) {
            bytesPerAddress = limit;
            return this;
        }

        /**
         * Limits how often each address may connect. A new session counts 1; one more is refused with status 429 and {@code Retry-After}. So does
         * each further namespace that a session joins; one more is refused with {@code connect_error} "rate limit exceeded" and
         * <code>{"retryAfter": ms}</code>. Upgrades do not count.
         */
        public Builder connectsPerAddress(@Nullable RateLimit limit) {
            connectsPerAddress = limit;
            return this;
        }

        /**
         * Says who the user of a socket is: a text such as {@code socket -> (String) socket.data().get("user")}; {@code null} for nobody, who
         * has no limit per user. Called for each event, in the client's mailbox, when there is a limit per user.
         */
        public Builder userKey(Function<Socket, @Nullable String> key) {
            userKey = Objects.requireNonNull(key);
            return this;
        }

        /** What happens to each event that exceeds a limit. */
        public Builder action(RateLimitAction always) {
            Objects.requireNonNull(always);
            return action(exceeded -> always);
        }

        /**
         * Decides what happens to an event that exceeds a limit, for example {@code exceeded -> exceeded.refused() > 100 ? DISCONNECT : ERROR}.
         * Called in the client's mailbox; one that throws is logged and means {@link RateLimitAction#ERROR}.
         */
        public Builder action(Function<RateLimitExceeded, RateLimitAction> decision) {
            action = Objects.requireNonNull(decision);
            return this;
        }

        /**
         * How many users, and how many addresses, are counted at once. Beyond that those who have not sent for the longest time are forgotten:
         * they start anew with a full bucket.
         */
        public Builder maxKeys(int value) {
            maxKeys = value;
            return this;
        }

        /**
         * The limits.
         *
         * @throws IllegalArgumentException a value is out of range, or {@code userKey} is missing
         */
        public RateLimits build() {
            if (maxKeys < 1) {
                throw new IllegalArgumentException("maxKeys must be 1 or more, was " + maxKeys);
            }
            if (userKey == null && (eventsPerUser != null || bytesPerUser != null)) {
                throw new IllegalArgumentException("userKey is needed for eventsPerUser and bytesPerUser");
            }
            return new RateLimits(this);
        }
    }
}
