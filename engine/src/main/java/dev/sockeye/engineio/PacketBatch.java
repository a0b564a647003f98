package dev.sockeye.engineio;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets that are sent together.
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

    /** The minimum size that a message counts for, because tiny messages need memory mainly for their objects. */
    static final long LEAST = 64;

    /** The counted size of messages: their bytes and their type. */
    static long size(List<Message> messages) {
        long size = 0;
        for (int i = 0; i < messages.size(); i++) {
            size += Math.max(LEAST, messages.get(i).data().length + 1L);
        }
        return size;
    }

    /** A packet of the engine itself, which is not counted. */
    static PacketBatch control(EnginePacket packet) {
        return new PacketBatch(List.of(packet), false, 0, null, Retention.KEEP);
    }
}
