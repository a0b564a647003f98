package dev.sockeye.socketio.client.transport;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of one transport. Each option that is set replaces the connection's option of the same name; an option that is not set
 * ({@code null}) leaves it unchanged. Immutable. Official counterpart: the values of {@code transportOptions}.
 */
public final class TransportOptions {
    private static final TransportOptions DEFAULTS = builder().build();

    private final @Nullable Map<String, String> extraHeaders;
    private final Map<String, String> query;
    private final @Nullable String path;
    private final @Nullable Boolean timestampRequests;
    private final @Nullable Boolean forceBase64;
    private final @Nullable Duration requestTimeout;

    private TransportOptions(Builder builder) {
        this.extraHeaders = builder.extraHeaders;
        this.query = builder.query;
        this.path = builder.path;
        this.timestampRequests = builder.timestampRequests;
        this.forceBase64 = builder.forceBase64;
        this.requestTimeout = builder.requestTimeout;
    }

    /** The defaults: nothing is replaced. */
    public static TransportOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with these options. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.extraHeaders = extraHeaders;
        builder.query = query;
        builder.path = path;
        builder.timestampRequests = timestampRequests;
        builder.forceBase64 = forceBase64;
        builder.requestTimeout = requestTimeout;
        return builder;
    }

    /** The headers of each request of this transport, instead of those of the connection. */
    public @Nullable Map<String, String> extraHeaders() {
        return extraHeaders;
    }

    /** Query parameters of each request of this transport, in addition to those of the connection. Default none. */
    public Map<String, String> query() {
        return query;
    }

    /** The path of the server. */
    public @Nullable String path() {
        return path;
    }

    /** Whether requests carry a random parameter that prevents caching. */
    public @Nullable Boolean timestampRequests() {
        return timestampRequests;
    }

    /** Whether binary data is sent as base64 text. */
    public @Nullable Boolean forceBase64() {
        return forceBase64;
    }

    /** How long one HTTP request may take; zero for no limit. Only for polling. */
    public @Nullable Duration requestTimeout() {
        return requestTimeout;
    }

    /** Builds {@link TransportOptions}. Not safe for use by several threads. */
    public static final class Builder {
        /** In nanoseconds, it must not overflow. */
        private static final Duration LONGEST = Duration.ofDays(26_000);

        private @Nullable Map<String, String> extraHeaders;
        private Map<String, String> query = Map.of();
        private @Nullable String path;
        private @Nullable Boolean timestampRequests;
        private @Nullable Boolean forceBase64;
        private @Nullable Duration requestTimeout;

        private Builder() {}

        /** Sets the headers of each request of this transport, instead of those of the connection. */
        public Builder extraHeaders(@Nullable Map<String, String> value) {
            this.extraHeaders = value == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(value));
            return this;
        }

        /** Sets query parameters of each request of this transport, in addition to those of the connection. */
        public Builder query(Map<String, String> value) {
            this.query = Collections.unmodifiableMap(new LinkedHashMap<>(value));
            return this;
        }

        /** Sets the path of the server for this transport. */
        public Builder path(@Nullable String value) {
            this.path = value;
            return this;
        }

        /** Sets whether requests of this transport carry a random parameter that prevents caching. */
        public Builder timestampRequests(@Nullable Boolean value) {
            this.timestampRequests = value;
            return this;
        }

        /** Sets whether this transport sends binary data as base64 text. */
        public Builder forceBase64(@Nullable Boolean value) {
            this.forceBase64 = value;
            return this;
        }

        /** Sets how long one HTTP request of polling may take; zero for no limit. */
        public Builder requestTimeout(@Nullable Duration value) {
            this.requestTimeout = value;
            return this;
        }

        /**
         * Creates the options.
         *
         * @throws IllegalArgumentException if a duration is negative or longer than 26,000 days
         */
        public TransportOptions build() {
            if (requestTimeout != null && requestTimeout.isNegative()) {
                throw new IllegalArgumentException("requestTimeout must not be negative: " + requestTimeout);
            }
            if (requestTimeout != null && requestTimeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "requestTimeout must be at most " + LONGEST.toDays() + " days: " + requestTimeout);
            }
            return new TransportOptions(this);
        }
    }
}
