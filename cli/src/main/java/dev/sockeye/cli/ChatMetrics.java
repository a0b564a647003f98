package dev.sockeye.cli;

import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.metrics.PrometheusEndpoint;
import dev.sockeye.netty.HttpFallback;
import dev.sockeye.socketio.server.SocketIoServer;
import org.jspecify.annotations.Nullable;

/** Serves the pages of the chat, and {@code /metrics}. */
final class ChatMetrics implements HttpFallback {
    private final HttpFallback page;
    private volatile @Nullable PrometheusEndpoint endpoint;

    ChatMetrics(HttpFallback page) {
        this.page = page;
    }

    /** Serves the metrics of this server from now on. */
    void follow(SocketIoServer io) {
        endpoint = PrometheusEndpoint.of(io);
    }

    @Override
    public void handle(HttpExchange exchange) {
        PrometheusEndpoint now = endpoint;
        if (now != null && exchange.request().uri().equals("/metrics")) {
            now.answer(exchange.request(), exchange::respond);
        } else {
            page.handle(exchange);
        }
    }
}
