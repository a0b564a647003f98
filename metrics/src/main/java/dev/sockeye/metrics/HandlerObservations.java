package dev.sockeye.metrics;

import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Next;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An observation {@code sockeye.handler} for each call of the handlers of an event: a timer, and with a tracing bridge of
 * Micrometer (OpenTelemetry, Brave) a span. It continues the trace from the client's handshake, given as {@code traceparent} in
 * {@code auth} or as a header.
 *
 * <pre>{@code
 * HandlerObservations.of(observationRegistry).install(io);
 * }</pre>
 *
 * <p>Thread-safe. Keys: {@code namespace}, {@code event}. Namespaces after the first hundred share the value {@code other}.
 */
public final class HandlerObservations {
    private final ObservationRegistry registry;
    private final TraceCarrier carrier;
    private final Set<String> namespaces = ConcurrentHashMap.newKeySet();

    private HandlerObservations(ObservationRegistry registry, TraceCarrier carrier) {
        this.registry = registry;
        this.carrier = carrier;
    }

    /** Creates observations that continue the trace of the handshake. */
    public static HandlerObservations of(ObservationRegistry registry) {
        return of(registry, TraceCarrier.ofHandshake());
    }

    /** Creates observations that continue the trace that the carrier finds. */
    public static HandlerObservations of(ObservationRegistry registry, TraceCarrier carrier) {
        return new HandlerObservations(registry, carrier);
    }

    /**
     * Observes the handlers of all sockets that connect from now on. Events without a handler are not observed, so that clients
     * cannot create arbitrary values of {@code event}. An exception of a handler becomes the error of its observation. Handlers
     * run as usual, after the socket's own middlewares.
     *
     * @return when closed, sockets that connect later are not observed
     */
    public Registration install(SocketIoServer io) {
        Registration hooks = NamespaceHooks.install(io, this::install);
        Registration errors = io.onHandlerError((socket, event, error) -> {
            Observation current = registry.getCurrentObservation();
            if (current != null && "sockeye.handler".equals(current.getContext().getName())) {
                current.error(error);
            }
        });
        return () -> {
            hooks.close();
            errors.close();
        };
    }

    private Registration install(Namespace namespace) {
        return namespace.prependConnection(socket -> socket.use((event, next) -> observe(socket, event.name(), next)));
    }

    /** Handlers run inside {@code next}, like later middlewares, unless one of those continues asynchronously. */
    @SuppressWarnings("try") // the scope only has to be closed
    private void observe(Socket socket, String event, Next next) {
        if (socket.listeners(event).isEmpty()) {
            next.next();
            return;
        }
        Observation observation = start(socket, event);
        try (Observation.Scope scope = observation.openScope()) {
            next.next();
        } finally {
            observation.stop();
        }
    }

    /**
     * Observes a call, for frameworks that call handlers themselves.
     *
     * @return the result of the call; if it is a {@link CompletionStage}, the observation ends when the stage completes
     * @throws Exception any exception that the call throws
     */
    @SuppressWarnings("try") // the scope only has to be closed
    public @Nullable Object observe(Socket socket, String event, Callable<@Nullable Object> call) throws Exception {
        Observation observation = start(socket, event);
        Object result;
        try (Observation.Scope scope = observation.openScope()) {
            result = call.call();
        } catch (Exception | Error e) {
            end(observation, e);
            throw e;
        }
        if (result instanceof CompletionStage<?> later) {
            var unused = later.whenComplete((value, error) -> end(observation, error));
        } else {
            end(observation, null);
        }
        return result;
    }

    private Observation start(Socket socket, String event) {
        return Observation.createNotStarted(
                        "sockeye.handler",
                        () -> {
                            ReceiverContext<Socket> context = new ReceiverContext<>(
                                    (from, name) -> carrier.header(from, event, name), Kind.CONSUMER);
                            context.setCarrier(socket);
                            return context;
                        },
                        registry)
                .contextualName("socket.io " + event)
                .lowCardinalityKeyValue("namespace", tag(socket.namespace().name()))
                .lowCardinalityKeyValue("event", event)
                .start();
    }

    /** Clients can create any number of dynamic namespaces. */
    private String tag(String namespace) {
        if (namespaces.contains(namespace)) {
            return namespace;
        }
        if (namespaces.size() >= SockeyeMetrics.MAX_NAMESPACES) {
            return SockeyeMetrics.OTHER;
        }
        namespaces.add(namespace);
        return namespace;
    }

    private static void end(Observation observation, @Nullable Throwable error) {
        if (error != null) {
            observation.error(error);
        }
        observation.stop();
    }
}
