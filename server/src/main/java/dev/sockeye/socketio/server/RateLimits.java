package dev.sockeye.socketio.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rate limits for clients. Each server of a cluster counts separately. Immutable. All limits are off by default and
 * cost nothing unless they are set. No official counterpart.
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

    /** The defaults: no limits. */
    public static RateLimits defaults() {
        return builder().build();
    }

    /** A builder without limits. */
    public static Builder builder() {
        return new Builder(null);
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** The limit of the events of one socket; {@code null} (the default) for no limit. */
    public @Nullable RateLimit eventsPerSocket() {
        return values.eventsPerSocket;
    }

    /**
     * The limit of the received bytes of the events of one socket, including attachments; {@code null} (the default)
     * for no limit.
     */
    public @Nullable RateLimit bytesPerSocket() {
        return values.bytesPerSocket;
    }

    /** The limits of the events of one socket by event name; empty by default. Unmodifiable. */
    public Map<String, RateLimit> events() {
        return Map.copyOf(values.events);
    }

    /**
     * The limit of the events of all sockets with the same {@link #userKey()}; {@code null} (the default) for no limit.
     */
    public @Nullable RateLimit eventsPerUser() {
        return values.eventsPerUser;
    }

    /**
     * The limit of the bytes of the events of all sockets with the same {@link #userKey()}; {@code null} (the default)
     * for no limit.
     */
    public @Nullable RateLimit bytesPerUser() {
        return values.bytesPerUser;
    }

    /** The limit of the events of all sockets of one address; {@code null} (the default) for no limit. */
    public @Nullable RateLimit eventsPerAddress() {
        return values.eventsPerAddress;
    }

    /** The limit of the bytes of the events of all sockets of one address; {@code null} (the default) for no limit. */
    public @Nullable RateLimit bytesPerAddress() {
        return values.bytesPerAddress;
    }

    /** The limit of the connections of one address; {@code null} (the default) for no limit. */
    public @Nullable RateLimit connectsPerAddress() {
        return values.connectsPerAddress;
    }

    /** The function that returns the user of a socket; {@code null} if no limit needs it. */
    public @Nullable Function<Socket, @Nullable String> userKey() {
        return values.userKey;
    }

    /** What happens to an event that exceeds a limit. Default: {@link RateLimitAction#ERROR}. */
    public Function<RateLimitExceeded, RateLimitAction> action() {
        return values.action;
    }

    /** The maximum number of users, and of addresses, that are tracked at the same time. Default: 100,000. */
    public int maxKeys() {
        return values.maxKeys;
    }

    /** Builds {@link RateLimits}. Not thread-safe. */
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

        /** Limits the events of each socket, that is, of one client in one namespace. */
        public Builder eventsPerSocket(@Nullable RateLimit limit) {
            eventsPerSocket = limit;
            return this;
        }

        /** Limits the bytes of the events of each socket. An event counts with its attachments. */
        public Builder bytesPerSocket(@Nullable RateLimit limit) {
            bytesPerSocket = limit;
            return this;
        }

        /** Limits the events with this name of each socket, in addition to the other limits. */
        public Builder event(String name, RateLimit limit) {
            Objects.requireNonNull(name, "the name of an event");
            events.put(name, Objects.requireNonNull(limit, () -> "the limit of event \"" + name + "\""));
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

        /** Limits the events of each address. All addresses of a /64 IPv6 network count as one address. */
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
         * Limits how often each address may connect. Each new session uses one permit; without a permit it is refused
         * with status 429 and {@code Retry-After}. Each additional namespace that a session joins also uses one permit;
         * without a permit it is refused with {@code connect_error} "rate limit exceeded" and <code>{"retryAfter":
         * ms}</code>. Upgrades do not count.
         */
        public Builder connectsPerAddress(@Nullable RateLimit limit) {
            connectsPerAddress = limit;
            return this;
        }

        /**
         * Sets the function that returns the user of a socket, for example {@code socket -> (String)
         * socket.data().get("user")}. If it returns {@code null}, the limits per user do not apply. Called for each
         * event, in the client's mailbox, if there is a limit per user.
         */
        public Builder userKey(Function<Socket, @Nullable String> key) {
            userKey = Objects.requireNonNull(key);
            return this;
        }

        /** Sets what happens to each event that exceeds a limit. */
        public Builder action(RateLimitAction always) {
            Objects.requireNonNull(always);
            return action(exceeded -> always);
        }

        /**
         * Decides what happens to an event that exceeds a limit, for example {@code exceeded -> exceeded.refused() > 100 ? DISCONNECT : ERROR}.
         * Called in the client's mailbox. If it throws, the exception is logged and {@link RateLimitAction#ERROR} is
         * used.
         */
        public Builder action(Function<RateLimitExceeded, RateLimitAction> decision) {
            action = Objects.requireNonNull(decision);
            return this;
        }

        /**
         * Sets the maximum number of users, and of addresses, that are tracked at the same time. Above that, the least
         * recently active ones are removed; they start again with a full bucket.
         */
        public Builder maxKeys(int value) {
            maxKeys = value;
            return this;
        }

        /**
         * Builds the limits.
         *
         * @throws IllegalArgumentException if a value is out of range, or {@code userKey} is missing
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
