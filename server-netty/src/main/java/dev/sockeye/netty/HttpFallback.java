package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * Answers HTTP requests for paths outside the engine, on a host with its own port. Official counterpart: the request
 * listener of the HTTP server that Socket.IO is attached to.
 */
@FunctionalInterface
public interface HttpFallback {

    /**
     * Handles one request: {@link HttpExchange#respond} or {@link HttpExchange#abort} must eventually be called, from
     * any thread. Runs on an I/O thread and must not block.
     */
    void handle(HttpExchange exchange);

    /** Answers every request with 404. The default. */
    static HttpFallback notFound() {
        return answering(request -> text(404, "Not Found"));
    }

    /** Answers every request with 501, like the HTTP server that the official engine creates. */
    static HttpFallback notImplemented() {
        return answering(request -> text(501, "Not Implemented"));
    }

    /** Answers with the result of a function, which must not block. An exception results in status 500. */
    static HttpFallback answering(Function<? super HostRequest, HostResponse> function) {
        return exchange -> {
            HostResponse response;
            try {
                response = function.apply(exchange.request());
            } catch (RuntimeException e) {
                System.getLogger(HttpFallback.class.getName())
                        .log(System.Logger.Level.WARNING, NettyLog.FALLBACK_FAILED.text("an HTTP fallback threw"), e);
                response = text(500, "Internal Server Error");
            }
            exchange.respond(response);
        };
    }

    /**
     * Serves files from the class path: {@code /} is {@code index.html}, other files are found by their path. The
     * response is 404 for files that do not exist and for paths with a segment {@code ..}. Only {@code GET} and {@code
     * HEAD} are supported; files are cached in memory.
     *
     * @param anchor a class whose class loader finds the files
     * @param folder the folder on the class path, for example {@code /chat}; only files inside it are served
     */
    static HttpFallback resources(Class<?> anchor, String folder) {
        return answering(new ResourceFiles(anchor, folder));
    }

    private static HostResponse text(int status, String body) {
        return new HostResponse(
                status, List.of(new Header("Content-Type", "text/plain")), body.getBytes(StandardCharsets.UTF_8));
    }
}
