package dev.sockeye.metrics;

import dev.sockeye.engineio.EngineMiddleware;
import dev.sockeye.engineio.ResponseHeaders;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.socketio.server.SocketIoServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The metrics of a server in the text format of Prometheus. Requires {@code io.micrometer:micrometer-registry-prometheus},
 * which is not a transitive dependency of this module. Thread-safe.
 *
 * <pre>{@code
 * PrometheusEndpoint.serve(io); // http://localhost:3000/socket.io/metrics, on every host
 * }</pre>
 *
 * <p>The metrics are not protected: do not expose the path to the public.
 */
public final class PrometheusEndpoint implements AutoCloseable {
    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Logger LOG = System.getLogger(PrometheusEndpoint.class.getName());

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final SockeyeMetrics metrics;
    private final ExecutorService scrapes =
            new ThreadPoolExecutor(0, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(16), task -> {
                Thread thread = new Thread(task, "sockeye-prometheus");
                thread.setDaemon(true);
                return thread;
            });

    private PrometheusEndpoint(SocketIoServer io) {
        metrics = SockeyeMetrics.of(io);
        metrics.bindTo(registry);
    }

    /** Collects the metrics of a server; the application serves them on its own path. */
    public static PrometheusEndpoint of(SocketIoServer io) {
        return new PrometheusEndpoint(io);
    }

    /** Collects the metrics of a server and serves them below its path, at {@code /socket.io/metrics}. */
    public static PrometheusEndpoint serve(SocketIoServer io) {
        PrometheusEndpoint endpoint = new PrometheusEndpoint(io);
        io.engine().use(endpoint.at(io.path() + "/metrics"));
        return endpoint;
    }

    /** The registry, to which more meters can be added, such as those of the JVM or the application. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    private EngineMiddleware at(String path) {
        return new EngineMiddleware() {
            @Override
            public void handle(HostRequest request, ResponseHeaders headers, Chain chain) {
                String uri = request.uri();
                int mark = uri.indexOf('?');
                if ((mark < 0 ? uri : uri.substring(0, mark)).equals(path)) {
                    answer(request, chain::respond);
                } else {
                    chain.next();
                }
            }
        };
    }

    /**
     * Answers a request asynchronously, on a separate thread; at most 16 requests wait, others are answered with 503. For a
     * host that serves paths of the application; on Netty: {@code exchange -> endpoint.answer(exchange.request(),
     * exchange::respond)}.
     */
    public void answer(HostRequest request, Consumer<HostResponse> response) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            response.accept(text(405, "Method Not Allowed"));
            return;
        }
        try {
            scrapes.execute(() -> response.accept(page()));
        } catch (RejectedExecutionException e) {
            response.accept(text(503, "Service Unavailable"));
        }
    }

    private HostResponse page() {
        try {
            return text(200, registry.scrape());
        } catch (RuntimeException e) { // a meter that the application has added
            LOG.log(Level.DEBUG, "the metrics could not be collected", e);
            return text(500, "Internal Server Error");
        }
    }

    private static HostResponse text(int status, String body) {
        return new HostResponse(
                status,
                List.of(
                        new HostResponse.Header("Content-Type", status == 200 ? TYPE : "text/plain"),
                        new HostResponse.Header("Cache-Control", "no-store")),
                body.getBytes(StandardCharsets.UTF_8));
    }

    /** Stops the endpoint: requests are answered with 503. */
    @Override
    public void close() {
        metrics.close();
        scrapes.shutdown();
        registry.close();
    }
}
