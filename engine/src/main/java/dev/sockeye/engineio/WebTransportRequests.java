package dev.sockeye.engineio;

import dev.sockeye.engineio.EngineMiddleware.Chain;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.WebTransportRequest;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Handles requests for a WebTransport session. Middlewares, the enabled transports and the origin are checked here;
 * whether it is a new session or an upgrade candidate is known after the client's first packet, see {@link
 * WebTransportHandshake}.
 *
 * <p>The official server does not check the origin. Browsers send no preflight for WebTransport and leave it to the
 * server to refuse other origins, so the {@code cors} option is applied; without it, pages of other origins are
 * refused.
 */
final class WebTransportRequests {
    private final EngineServer server;
    private final Hooks hooks;
    private final Refusals refusals;
    /** The number of hosts that offer WebTransport. */
    final AtomicInteger offers = new AtomicInteger();

    WebTransportRequests(EngineServer server, Hooks hooks, Refusals refusals) {
        this.server = server;
        this.hooks = hooks;
        this.refusals = refusals;
    }

    void handle(WebTransportRequest asked) {
        HostRequest request = server.see(asked.request());
        ResponseHeaders headers = new ResponseHeaders();
        server.applyCors(request, headers);
        server.applyMiddlewares(request, headers, new Chain() {
            @Override
            public void next() {
                EngineServer.onLoop(asked.loop(), () -> verify(asked, request, headers));
            }

            @Override
            public void fail(Throwable error) {
                refusals.refuse(
                        asked,
                        request,
                        HandshakeError.BAD_REQUEST,
                        Map.of("name", "MIDDLEWARE_FAILURE", "error", error));
            }

            @Override
            public void respond(HostResponse response) {
                asked.reject(EngineServer.withHeaders(response, headers));
            }
        });
    }

    private void verify(WebTransportRequest asked, HostRequest request, ResponseHeaders headers) {
        String refusal = server.refusal();
        if (!server.offers("webtransport")) {
            refusals.refuse(asked, request, HandshakeError.UNKNOWN_TRANSPORT, Map.of("transport", "webtransport"));
        } else if (Refusals.invalidOrigin(request)) {
            refusals.refuse(asked, request, HandshakeError.BAD_REQUEST, Refusals.originContext(request));
        } else if (!originAllowed(request)) {
            refusals.refuse(asked, request, 403, HandshakeError.FORBIDDEN, foreignOrigin(request));
        } else if (refusal != null) {
            Refusals.full(asked, 503, refusal, server.retryAfter());
        } else {
            WebTransportHandshake handshake = new WebTransportHandshake(server, hooks, request);
            try {
                hooks.addHeaders(headers, request, false);
                asked.accept(headers.toList(), server.options().maxHttpBufferSize(), handshake);
            } catch (RuntimeException | Error e) {
                asked.abort();
                throw e;
            }
        }
    }

    private boolean originAllowed(HostRequest request) {
        String origin = request.header("origin");
        if (origin == null) {
            return true; // not a browser
        }
        CorsOptions cors = server.options().cors();
        if (cors == null) {
            return sameOrigin(origin, request.header("host"));
        }
        try {
            return cors.allows(origin, request);
        } catch (RuntimeException | Error e) {
            Hooks.failed("cors", e);
            return false;
        }
    }

    private static Map<String, Object> foreignOrigin(HostRequest request) {
        String origin = request.header("origin");
        return Map.of("name", "ORIGIN_NOT_ALLOWED", "origin", origin == null ? "" : origin);
    }

    /** Whether a page was loaded from this server: the same host and port, over TLS. */
    static boolean sameOrigin(String origin, @Nullable String host) {
        if (host == null || !origin.regionMatches(true, 0, "https://", 0, 8)) {
            return false;
        }
        try {
            return withPort(URI.create(origin)).equals(withPort(URI.create("https://" + host)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String withPort(URI uri) {
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("no host");
        }
        return host.toLowerCase(Locale.ROOT) + ":" + (uri.getPort() < 0 ? 443 : uri.getPort());
    }
}
