package dev.sockeye.spring;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** An observation {@code sockeye.handler}, so a timer and a span, from each call of a handler to its result. */
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

    private static void end(Observation observation, @Nullable Throwable error) {
        if (error != null) {
            observation.error(error);
        }
        observation.stop();
    }
}
