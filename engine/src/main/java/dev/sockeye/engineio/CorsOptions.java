package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cross-origin access. Official counterpart: the {@code cors} option, with the meaning of the npm package {@code cors}.
 *
 * <p>Immutable; begins with {@link #anyOrigin()}, {@link #origins}, {@link #originPattern} or {@link #originPredicate}.
 */
public final class CorsOptions {
    private final @Nullable BiPredicate<String, HostRequest> origin;
    private final @Nullable String fixedOrigin;
    private final boolean credentials;
    private final List<String> methods;
    private final @Nullable List<String> allowedHeaders;
    private final List<String> exposedHeaders;
    private final @Nullable Duration maxAge;
    private final int optionsSuccessStatus;

    @SuppressWarnings("TooManyParameters")
    private CorsOptions(
            @Nullable BiPredicate<String, HostRequest> origin,
            @Nullable String fixedOrigin,
            boolean credentials,
            List<String> methods,
            @Nullable List<String> allowedHeaders,
            List<String> exposedHeaders,
            @Nullable Duration maxAge,
            int optionsSuccessStatus) {
        this.origin = origin;
        this.fixedOrigin = fixedOrigin;
        this.credentials = credentials;
        this.methods = List.copyOf(methods);
        this.allowedHeaders = allowedHeaders == null ? null : List.copyOf(allowedHeaders);
        this.exposedHeaders = List.copyOf(exposedHeaders);
        this.maxAge = maxAge;
        this.optionsSuccessStatus = optionsSuccessStatus;
        if (credentials && origin == null && fixedOrigin == null) {
            throw new IllegalArgumentException(
                    "cors.credentials cannot be used with any origin (*): name the origins that may send cookies");
        }
    }

    private static CorsOptions of(@Nullable BiPredicate<String, HostRequest> origin, @Nullable String fixed) {
        return new CorsOptions(
                origin,
                fixed,
                false,
                List.of("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"),
                null,
                List.of(),
                null,
                204);
    }

    /** Every origin, answered with {@code *}; never with credentials. */
    public static CorsOptions anyOrigin() {
        return of(null, null);
    }

    /** These origins. A single one is always named in the answer; of several the one that asks is echoed. */
    public static CorsOptions origins(String... origins) {
        if (origins.length == 1) {
            return origins[0].equals("*") ? anyOrigin() : of(null, origins[0]);
        }
        List<String> list = List.of(origins);
        return of((asking, request) -> list.contains(asking), null);
    }

    /** Origins in which this pattern is found. */
    public static CorsOptions originPattern(Pattern pattern) {
        return of((asking, request) -> pattern.matcher(asking).find(), null);
    }

    /** Origins for which this holds; called on an I/O thread. */
    public static CorsOptions originPredicate(BiPredicate<String, HostRequest> predicate) {
        return of(predicate, null);
    }

    /** Whether cookies may be sent; default false. Never together with any origin. */
    public CorsOptions withCredentials(boolean allowed) {
        return new CorsOptions(
                origin, fixedOrigin, allowed, methods, allowedHeaders, exposedHeaders, maxAge, optionsSuccessStatus);
    }

    /** The methods named in the preflight answer; default GET, HEAD, PUT, PATCH, POST, DELETE. */
    public CorsOptions withMethods(String... names) {
        return new CorsOptions(
                origin,
                fixedOrigin,
                credentials,
                List.of(names),
                allowedHeaders,
                exposedHeaders,
                maxAge,
                optionsSuccessStatus);
    }

    /** The request headers allowed; default: those that the preflight asks for. */
    public CorsOptions withAllowedHeaders(String... names) {
        return new CorsOptions(
                origin,
                fixedOrigin,
                credentials,
                methods,
                List.of(names),
                exposedHeaders,
                maxAge,
                optionsSuccessStatus);
    }

    /** The response headers that scripts may read; default none. */
    public CorsOptions withExposedHeaders(String... names) {
        return new CorsOptions(
                origin,
                fixedOrigin,
                credentials,
                methods,
                allowedHeaders,
                List.of(names),
                maxAge,
                optionsSuccessStatus);
    }

    /** How long a preflight answer may be kept; default: not said. */
    public CorsOptions withMaxAge(Duration duration) {
        return new CorsOptions(
                origin,
                fixedOrigin,
                credentials,
                methods,
                allowedHeaders,
                exposedHeaders,
                duration,
                optionsSuccessStatus);
    }

    /** The status of a preflight answer; default 204. */
    public CorsOptions withOptionsSuccessStatus(int status) {
        return new CorsOptions(
                origin, fixedOrigin, credentials, methods, allowedHeaders, exposedHeaders, maxAge, status);
    }

    int optionsSuccessStatus() {
        return optionsSuccessStatus;
    }

    /** Adds the headers of an answer. */
    void apply(HostRequest request, ResponseHeaders headers, boolean preflight) {
        addOrigin(request, headers);
        if (credentials) {
            headers.set("Access-Control-Allow-Credentials", "true");
        }
        if (preflight) {
            headers.set("Access-Control-Allow-Methods", String.join(",", methods));
            List<String> allowed = allowedHeaders;
            String asked = request.header("access-control-request-headers");
            if (allowed == null) {
                vary(headers, "Access-Control-Request-Headers");
                if (asked != null) {
                    headers.set("Access-Control-Allow-Headers", asked);
                }
            } else if (!allowed.isEmpty()) {
                headers.set("Access-Control-Allow-Headers", String.join(",", allowed));
            }
            if (maxAge != null) {
                headers.set("Access-Control-Max-Age", Long.toString(maxAge.toSeconds()));
            }
        }
        if (!exposedHeaders.isEmpty()) {
            headers.set("Access-Control-Expose-Headers", String.join(",", exposedHeaders));
        }
    }

    /** Whether a page of this origin may read answers. */
    boolean allows(String asking, HostRequest request) {
        return fixedOrigin != null ? fixedOrigin.equals(asking) : origin == null || origin.test(asking, request);
    }

    private void addOrigin(HostRequest request, ResponseHeaders headers) {
        if (fixedOrigin != null) {
            headers.set("Access-Control-Allow-Origin", fixedOrigin);
            vary(headers, "Origin");
        } else if (origin == null) {
            headers.set("Access-Control-Allow-Origin", "*");
        } else {
            String asking = request.header("origin");
            if (asking != null && origin.test(asking, request)) {
                headers.set("Access-Control-Allow-Origin", asking);
            }
            vary(headers, "Origin");
        }
    }

    private static void vary(ResponseHeaders headers, String name) {
        headers.add("Vary", name);
    }
}
