package dev.sockeye.engineio;

import dev.sockeye.engineio.protocol.EnginePacket;
import java.util.List;

/** One way to carry a session's packets. Loop-confined. */
abstract class Transport {

    /** {@code polling}, {@code websocket} or {@code webtransport}. */
    abstract String name();

    /** Whether packets can be taken now. */
    abstract boolean writable();

    /** Takes packets; only when {@link #writable()}. */
    abstract void send(List<EnginePacket> packets, boolean compress);

    /** How many bytes of what waits it is given at once; the rest can still be dropped. */
    long mostAtOnce() {
        return Long.MAX_VALUE;
    }

    /** Bytes taken that the operating system does not have yet. */
    abstract long pendingBytes();

    /** Stops or resumes reading. */
    abstract void pauseReading(boolean pause);

    /**
     * Closes orderly, once; then runs the action.
     *
     * @param discarded whether nobody waits for a last word of this transport any more
     */
    abstract void close(boolean discarded, Runnable closed);

    /** Closes at once; what is queued is lost. */
    void abort() {
        close(true, EngineSocket.NOTHING);
    }
}
