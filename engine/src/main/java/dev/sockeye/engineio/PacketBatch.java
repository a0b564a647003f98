package dev.sockeye.engineio;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets that go out together.
 *
 * @param size what they count for in the bytes that wait
 * @param sent run once they were handed to the operating system
 * @param retention whether they may be dropped before
 */
record PacketBatch(
        List<? extends EnginePacket> packets,
        boolean compress,
        long size,
        @Nullable Runnable sent,
        Retention retention) {

    /** What a message counts for at least: a queue of tiny ones takes the room of its objects, not of its bytes. */
    static final long LEAST = 64;

    /** What messages count for: their bytes and their type. */
    static long size(List<Message> messages) {
        long size = 0;
        for (int i = 0; i < messages.size(); i++) {
            size += Math.max(LEAST, messages.get(i).data().length + 1L);
        }
        return size;
    }

    /** A packet of the engine's own, which counts for nothing. */
    static PacketBatch control(EnginePacket packet) {
        return new PacketBatch(List.of(packet), false, 0, null, Retention.KEEP);
    }
}
