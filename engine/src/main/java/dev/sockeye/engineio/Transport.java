package dev.sockeye.engineio;

import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.protocol.EnginePacket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transport for the packets of a session. Loop-confined. */
abstract class Transport {

    /** {@code polling}, {@code websocket} or {@code webtransport}. */
    abstract String name();

    /** Whether packets can be sent now. */
    abstract boolean writable();

    /** Sends packets; must only be called if {@link #writable()}. */
    abstract void send(List<EnginePacket> packets, boolean compress);

    /** Where messages can be written to now without the loop, with {@link MessageConnection.DirectWrite#add}; any thread. */
    MessageConnection.@Nullable DirectWrite startDirect(long bytes, int messages, boolean compress) {
        return null;
    }

    /** A direct write has left something; on the loop. */
    void queueRemaining() {}

    /** The number of queued bytes that it gets at a time; the rest can still be dropped. */
    long mostAtOnce() {
        return Long.MAX_VALUE;
    }

    /** Bytes accepted that were not passed to the operating system yet. */
    abstract long pendingBytes();

    /** Whether those are only messages of earlier loop iterations that the host has not tried to write yet. */
    boolean isFlushPending() {
        return false;
    }

    /** Stops or resumes reading. */
    abstract void pauseReading(boolean pause);

    /**
     * Closes in an orderly way, once; then runs the action.
     *
     * @param discarded whether a last packet of this transport is no longer needed
     */
    abstract void close(boolean discarded, Runnable closed);

    /** Closes in an orderly way, or immediately if that fails because no memory is left, for example. */
    final void closeOrAbort() {
        try {
            close(true, EngineSocket.NOTHING);
        } catch (RuntimeException | Error e) {
            abort();
            throw e;
        }
    }

    /** Closes immediately; queued packets are lost. */
    void abort() {
        close(true, EngineSocket.NOTHING);
    }
}
