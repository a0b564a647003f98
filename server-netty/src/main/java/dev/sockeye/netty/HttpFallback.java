package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * Answers HTTP requests whose path does not belong to the engine, on a host with a port of its own. Official counterpart: the
 * request listener of the HTTP server that Socket.IO is attached to.
 */
@FunctionalInterface
public interface HttpFallback {

    /**
     * Handles one request: {@link HttpExchange#respond} or {@link HttpExchange#abort} must be called in the end, from any
     * thread. Runs on an I/O thread and must not block.
     */
    void handle(HttpExchange exchange);

    /** Answers every request with 404. The default. */
    static HttpFallback notFound() {
        return answering(request -> text(404, "Not Found"));
    }

    /** Answers every request with 501, as a listener that the engine makes for itself does. */
    static HttpFallback notImplemented() {
        return answering(request -> text(501, "Not Implemented"));
    }

    /** Answers from a function that does not block. An exception it throws becomes 500. */
    static HttpFallback answering(Function<? super HostRequest, HostResponse> function) {
        return exchange -> {
            HostResponse response;
            try {
                response = function.apply(exchange.request());
            } catch (RuntimeException e) {
                System.getLogger(HttpFallback.class.getName())
                        .log(System.Logger.Level.WARNING, "an HTTP fallback threw", e);
                response = text(500, "Internal Server Error");
            }
            exchange.respond(response);
        };
    }

    /**
     * Serves files from the class path: {@code /} is {@code index.html}, all else by its path; anything that is not there,
     * or whose path has a segment {@code ..}, is 404. Only {@code GET} and {@code HEAD}; files are read once and kept.
     *
     * @param anchor a class whose loader finds the files
     * @param folder the folder on the class path, for example {@code /chat}; only what is in it is served
     */
    static HttpFallback resources(Class<?> anchor, String folder) {
        return answering(new ResourceFiles(anchor, folder));
    }

    private static HostResponse text(int status, String body) {
        return new HostResponse(
                status, List.of(new Header("Content-Type", "text/plain")), body.getBytes(StandardCharsets.UTF_8));
    }
}
