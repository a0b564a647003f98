package dev.sockeye.metrics;

import dev.sockeye.netty.HttpFallback;
import dev.sockeye.socketio.server.SocketIoServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;

/** The code of docs/observability.md. */
final class ObservabilityExamples {
    private ObservabilityExamples() {}

    static void meters(SocketIoServer io, MeterRegistry registry) {
        SockeyeMetrics metrics = SockeyeMetrics.of(io);
        metrics.bindTo(registry); // any MeterRegistry of Micrometer, OpenTelemetry's too
    }

    static HttpFallback prometheus(SocketIoServer io, HttpFallback own) {
        PrometheusEndpoint endpoint = PrometheusEndpoint.of(io);
        HttpFallback pages = exchange -> {
            if (exchange.request().uri().equals("/metrics")) {
                endpoint.answer(exchange.request(), exchange::respond);
            } else {
                own.handle(exchange);
            }
        };
        return pages;
    }

    static void traces(SocketIoServer io, ObservationRegistry observationRegistry) {
        HandlerObservations.of(observationRegistry).install(io);
    }

    static void flightRecorder(SocketIoServer io) {
        FlightRecorderEvents.install(io);
    }
}
