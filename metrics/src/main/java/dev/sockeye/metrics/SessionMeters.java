package dev.sockeye.metrics;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineListener;
import dev.sockeye.engineio.EngineSocket;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/** Counts bytes and missed heartbeats of all sessions. Called on their loops. */
final class SessionMeters implements EngineListener {
    private final Counter received;
    private final Counter sent;
    private final Counter missed;
    private final Counter replaced;
    private final Counter oldest;

    SessionMeters(MeterRegistry registry) {
        received = bytes("sockeye.bytes.received", "Bytes of messages from clients, without frame headers", registry);
        sent = bytes(
                "sockeye.bytes.sent",
                "Bytes of messages to clients, without frame headers and before compression",
                registry);
        replaced = dropped("replaced", registry);
        oldest = dropped("oldest", registry);
        missed = Counter.builder("sockeye.heartbeats.missed")
                .description("Sessions that ended because a heartbeat was not answered in time")
                .register(registry);
    }

    private static Counter bytes(String name, String description, MeterRegistry registry) {
        return Counter.builder(name).description(description).baseUnit("bytes").register(registry);
    }

    private static Counter dropped(String cause, MeterRegistry registry) {
        return Counter.builder("sockeye.outbound.dropped")
                .description("Queued events of slow clients that were dropped")
                .tag("cause", cause)
                .register(registry);
    }

    @Override
    public void onDropped(EngineSocket session, boolean byNewer) {
        (byNewer ? replaced : oldest).increment();
    }

    @Override
    public void onReceived(EngineSocket session, int bytes) {
        received.increment(bytes);
    }

    @Override
    public void onSent(EngineSocket session, int bytes) {
        sent.increment(bytes);
    }

    @Override
    public void onClose(EngineSocket session, CloseReason reason, @Nullable Object description) {
        if (reason == CloseReason.PING_TIMEOUT) {
            missed.increment();
        }
    }
}
