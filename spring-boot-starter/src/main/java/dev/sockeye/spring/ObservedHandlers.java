package dev.sockeye.spring;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** An observation {@code sockeye.handler}, so a timer and a span, around each call of a handler. */
final class ObservedHandlers implements HandlerObserver {
    private final ObservationRegistry registry;

    ObservedHandlers(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    @SuppressWarnings("try") // the scope is only to be closed
    public @Nullable Object around(String namespace, String event, Callable<@Nullable Object> call) throws Exception {
        Observation observation = Observation.createNotStarted("sockeye.handler", registry)
                .contextualName("socket.io " + event)
                .lowCardinalityKeyValue("namespace", namespace)
                .lowCardinalityKeyValue("event", event)
                .start();
        try (Observation.Scope scope = observation.openScope()) {
            return call.call();
        } catch (Exception | Error e) {
            observation.error(e);
            throw e;
        } finally {
            observation.stop();
        }
    }
}
