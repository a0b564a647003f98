package dev.sockeye.spring;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.protocol.EnginePacket;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/** Counts bytes and missed heartbeats of all sessions. On their loops. */
final class SessionMeters implements EngineSocketListener.Observer {
    private final Counter received;
    private final Counter sent;
    private final Counter missed;

    SessionMeters(MeterRegistry registry) {
        received = bytes("sockeye.bytes.received", "Messages from clients, before their frames", registry);
        sent = bytes("sockeye.bytes.sent", "Messages to clients, before frames and compression", registry);
        missed = Counter.builder("sockeye.heartbeats.missed")
                .description("Sessions that ended because no answer to a heartbeat came in time")
                .register(registry);
    }

    private static Counter bytes(String name, String description, MeterRegistry registry) {
        return Counter.builder(name).description(description).baseUnit("bytes").register(registry);
    }

    @Override
    public void onPacket(EnginePacket packet) {
        count(packet, received);
    }

    @Override
    public void onPacketCreate(EnginePacket packet) {
        count(packet, sent);
    }

    private static void count(EnginePacket packet, Counter counter) {
        if (packet instanceof EnginePacket.Message message) {
            counter.increment(message.data().length);
        }
    }

    @Override
    public void onClose(CloseReason reason, @Nullable Object description) {
        if (reason == CloseReason.PING_TIMEOUT) {
            missed.increment();
        }
    }
}
