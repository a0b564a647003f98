package dev.sockeye.engineio;

import dev.sockeye.engineio.protocol.EnginePacket;
import java.util.List;

/** The transport of a session before its first real transport is set. */
final class NoTransport extends Transport {
    static final NoTransport INSTANCE = new NoTransport();

    private NoTransport() {}

    @Override
    String name() {
        return "";
    }

    @Override
    boolean writable() {
        return false;
    }

    @Override
    void send(List<EnginePacket> packets, boolean compress) {}

    @Override
    long pendingBytes() {
        return 0;
    }

    @Override
    void pauseReading(boolean pause) {}

    @Override
    void close(boolean discarded, Runnable closed) {
        closed.run();
    }
}
