package dev.sockeye.engineio;

import dev.sockeye.engineio.host.ConnectRequest;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Responds to requests that are refused. Thread-safe. */
final class Refusals {
    private final Hooks hooks;

    Refusals(Hooks hooks) {
        this.hooks = hooks;
    }

    void refuse(PollingExchange exchange, HandshakeError error, Map<String, Object> context) {
        hooks.refused(exchange.request(), error, context);
        exchange.refuse(error, message(error, context));
    }

    void refuse(ConnectRequest asked, HostRequest request, HandshakeError error, Map<String, Object> context) {
        refuse(asked, request, 400, error, context);
    }

    /**
     * @param request the request as seen through {@link TrustedProxies}
     */
    void refuse(
            ConnectRequest asked, HostRequest request, int status, HandshakeError error, Map<String, Object> context) {
        hooks.refused(request, error, context);
        asked.reject(new HostResponse(
                status,
                List.of(new Header("Content-Type", "text/html")),
                message(error, context).getBytes(StandardCharsets.UTF_8)));
    }

    static String message(HandshakeError error, Map<String, Object> context) {
        return context.get("message") instanceof String message ? message : error.text();
    }

    /** Responds that a limit is reached, with {@code Retry-After} in seconds unless it is 0. */
    static void full(PollingExchange exchange, int status, String message, int retryAfter) {
        if (retryAfter > 0) {
            exchange.headers.set("Retry-After", Integer.toString(retryAfter));
        }
        exchange.respond(status, "application/json", fullBody(message));
    }

    /** Responds that a limit is reached, with {@code Retry-After} in seconds unless it is 0. */
    static void full(ConnectRequest request, int status, String message, int retryAfter) {
        Header type = new Header("Content-Type", "application/json");
        List<Header> headers =
                retryAfter > 0 ? List.of(type, new Header("Retry-After", Integer.toString(retryAfter))) : List.of(type);
        request.reject(new HostResponse(status, headers, fullBody(message)));
    }

    private static byte[] fullBody(String message) {
        return ("{\"code\":4,\"message\":" + Json.quote(message) + "}").getBytes(StandardCharsets.UTF_8);
    }

    static Map<String, Object> context(String name, @Nullable String value) {
        return value == null ? Map.of() : Map.of(name, value);
    }

    static boolean invalidOrigin(HostRequest request) {
        String origin = request.header("origin");
        for (int i = 0; origin != null && i < origin.length(); i++) {
            char c = origin.charAt(i);
            if ((c < 0x20 && c != '\t') || c == 0x7f || c > 0xff) {
                return true;
            }
        }
        return false;
    }

    static Map<String, Object> originContext(HostRequest request) {
        String origin = request.header("origin");
        return Map.of("name", "INVALID_ORIGIN", "origin", origin == null ? "" : origin);
    }
}
