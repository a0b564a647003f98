package dev.sockeye.engineio;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.sockeye.engineio.host.HostRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Options for cross-origin access. Immutable. Official counterpart: the {@code cors} option, with the meaning of the
 * npm package {@code cors}.
 *
 * <p>An origin is allowed if one of {@link #origins()}, {@link #originPatterns()} and {@link #originPredicate()} allows it. If none of
 * them is set, every origin is allowed and answered with {@code *}. A single origin without patterns and predicate is
 * always returned in the response; otherwise the response has the origin of the request.
 */
public final class CorsOptions {
    private final Builder values;

    private CorsOptions(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static CorsOptions defaults() {
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

    /** The allowed origins, for example {@code https://example.org}; a single {@code *} allows all. Default none. */
    public List<String> origins() {
        return values.origins;
    }

    /** Patterns for allowed origins; an origin is allowed if it contains a match. Default none. */
    public List<Pattern> originPatterns() {
        return values.originPatterns;
    }

    /**
     * Decides whether an origin is allowed; called on an I/O thread, must not block; {@code null} for none. Default
     * {@code null}.
     */
    public @Nullable BiPredicate<String, HostRequest> originPredicate() {
        return values.originPredicate;
    }

    /** Whether cookies may be sent; not possible if all origins are allowed. Default false. */
    public boolean credentials() {
        return values.credentials;
    }

    /** The allowed methods in the response to a preflight request. Default GET, HEAD, PUT, PATCH, POST, DELETE. */
    public List<String> methods() {
        return values.methods;
    }

    /** The allowed request headers; {@code null} for those requested by the preflight request. Default {@code null}. */
    public @Nullable List<String> allowedHeaders() {
        return values.allowedHeaders;
    }

    /** The response headers that scripts may read. Default none. */
    public List<String> exposedHeaders() {
        return values.exposedHeaders;
    }

    /**
     * How long the browser may cache the response to a preflight request; {@code null} for none. Default {@code null}.
     */
    public @Nullable Duration maxAge() {
        return values.maxAge;
    }

    /**
     * Whether the engine only adds the headers to a preflight request and passes it to the middlewares ({@link
     * EngineServer#use}), one of which must answer it; otherwise the client receives an error. Default false: the
     * engine answers.
     */
    public boolean preflightContinue() {
        return values.preflightContinue;
    }

    /** The status of the response to a preflight request. Default 204. */
    public int optionsSuccessStatus() {
        return values.optionsSuccessStatus;
    }

    /** Adds the headers to the response. Calls the application's predicate. */
    void apply(HostRequest request, ResponseHeaders headers, boolean preflight) {
        addOrigin(request, headers);
        if (values.credentials) {
            headers.set("Access-Control-Allow-Credentials", "true");
        }
        if (preflight) {
            set(headers, "Access-Control-Allow-Methods", String.join(",", values.methods));
            List<String> allowed = values.allowedHeaders;
            if (allowed == null) {
                vary(headers, "Access-Control-Request-Headers");
                String asked = request.joined("access-control-request-headers");
                if (asked != null) {
                    set(headers, "Access-Control-Allow-Headers", asked);
                }
            } else {
                set(headers, "Access-Control-Allow-Headers", String.join(",", allowed));
            }
            if (values.maxAge != null) {
                headers.set("Access-Control-Max-Age", Long.toString(values.maxAge.toSeconds()));
            }
        }
        if (!values.exposedHeaders.isEmpty()) { // for each response: not joined in vain
            set(headers, "Access-Control-Expose-Headers", String.join(",", values.exposedHeaders));
        }
    }

    /** A header without a value, such as the reflection of an empty one, is left out. */
    private static void set(ResponseHeaders headers, String name, String value) {
        if (!value.isEmpty()) {
            headers.set(name, value);
        }
    }

    private void addOrigin(HostRequest request, ResponseHeaders headers) {
        if (values.anyOrigin()) {
            headers.set("Access-Control-Allow-Origin", "*");
            return;
        }
        if (values.origins.size() == 1 && values.originPatterns.isEmpty() && values.originPredicate == null) {
            headers.set("Access-Control-Allow-Origin", values.origins.get(0));
        } else {
            String asking = request.header("origin");
            if (asking != null && allows(asking, request)) {
                set(headers, "Access-Control-Allow-Origin", asking);
            }
        }
        vary(headers, "Origin");
    }

    /** Whether pages of this origin may read responses. */
    boolean allows(String asking, HostRequest request) {
        if (values.anyOrigin() || values.origins.contains(asking)) {
            return true;
        }
        for (Pattern pattern : values.originPatterns) {
            if (pattern.matcher(asking).find()) {
                return true;
            }
        }
        BiPredicate<String, HostRequest> predicate = values.originPredicate;
        return predicate != null && predicate.test(asking, request);
    }

    private static void vary(ResponseHeaders headers, String name) {
        headers.add("Vary", name);
    }

    /** Builds {@link CorsOptions}. Not thread-safe. */
    public static final class Builder {
        private List<String> origins = List.of();
        private List<Pattern> originPatterns = List.of();
        private @Nullable BiPredicate<String, HostRequest> originPredicate = null;
        private boolean credentials = false;
        private List<String> methods = List.of("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE");
        private @Nullable List<String> allowedHeaders = null;
        private List<String> exposedHeaders = List.of();
        private @Nullable Duration maxAge = null;
        private boolean preflightContinue = false;
        private int optionsSuccessStatus = 204;

        private Builder() {}

        private Builder(Builder from) {
            origins = from.origins;
            originPatterns = from.originPatterns;
            originPredicate = from.originPredicate;
            credentials = from.credentials;
            methods = from.methods;
            allowedHeaders = from.allowedHeaders;
            exposedHeaders = from.exposedHeaders;
            maxAge = from.maxAge;
            preflightContinue = from.preflightContinue;
            optionsSuccessStatus = from.optionsSuccessStatus;
        }

        /**
         * Decides whether an origin is allowed; called on an I/O thread, must not block; {@code null} for none. Default
         * {@code null}.
         */
        @CanIgnoreReturnValue
        public Builder originPredicate(@Nullable BiPredicate<String, HostRequest> value) {
            originPredicate = value;
            return this;
        }

        /** Whether cookies may be sent; not possible if all origins are allowed. Default false. */
        @CanIgnoreReturnValue
        public Builder credentials(boolean value) {
            credentials = value;
            return this;
        }

        /**
         * How long the browser may cache the response to a preflight request; {@code null} for none. Default {@code
         * null}.
         */
        @CanIgnoreReturnValue
        public Builder maxAge(@Nullable Duration value) {
            maxAge = value;
            return this;
        }

        /**
         * Whether the engine only adds the headers to a preflight request and passes it to the middlewares ({@link
         * EngineServer#use}), one of which must answer it; otherwise the client receives an error. Default false: the
         * engine answers.
         */
        @CanIgnoreReturnValue
        public Builder preflightContinue(boolean value) {
            preflightContinue = value;
            return this;
        }

        /** The status of the response to a preflight request. Default 204. */
        @CanIgnoreReturnValue
        public Builder optionsSuccessStatus(int value) {
            optionsSuccessStatus = value;
            return this;
        }

        /**
         * The allowed origins, for example {@code https://example.org}; a single {@code *} allows all. Default none.
         */
        @CanIgnoreReturnValue
        public Builder origins(String... value) {
            if (value.length == 0) {
                throw new IllegalArgumentException("cors.origins must have at least one origin");
            }
            origins = List.of(value);
            return this;
        }

        /** Patterns for allowed origins; an origin is allowed if it contains a match. Default none. */
        @CanIgnoreReturnValue
        public Builder originPatterns(Pattern... value) {
            if (value.length == 0) {
                throw new IllegalArgumentException("cors.originPatterns must have at least one pattern");
            }
            originPatterns = List.of(value);
            return this;
        }

        /** The allowed methods in the response to a preflight request. Default GET, HEAD, PUT, PATCH, POST, DELETE. */
        @CanIgnoreReturnValue
        public Builder methods(String... value) {
            methods = List.of(value);
            return this;
        }

        /** The allowed request headers; if not set, those requested by the preflight request. */
        @CanIgnoreReturnValue
        public Builder allowedHeaders(String... value) {
            allowedHeaders = List.of(value);
            return this;
        }

        /** The response headers that scripts may read. Default none. */
        @CanIgnoreReturnValue
        public Builder exposedHeaders(String... value) {
            exposedHeaders = List.of(value);
            return this;
        }

        private boolean anyOrigin() {
            return origins.contains("*") || (origins.isEmpty() && originPatterns.isEmpty() && originPredicate == null);
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names option, value and range
         */
        public CorsOptions build() {
            if (origins.size() > 1 && origins.contains("*")) {
                throw new IllegalArgumentException(
                        "cors.origins must not contain other values besides \"*\", was " + origins);
            }
            if (origins.contains("*") && (!originPatterns.isEmpty() || originPredicate != null)) {
                throw new IllegalArgumentException(
                        "cors.origins must not be \"*\" together with patterns or a predicate");
            }
            if (credentials && anyOrigin()) {
                throw new IllegalArgumentException(
                        "cors.credentials cannot be used with any origin (*): name the origins that may send cookies");
            }
            if (optionsSuccessStatus < 200 || optionsSuccessStatus > 299) {
                throw new IllegalArgumentException(
                        "cors.optionsSuccessStatus must be 200 to 299, was " + optionsSuccessStatus);
            }
            return new CorsOptions(new Builder(this));
        }
    }
}
