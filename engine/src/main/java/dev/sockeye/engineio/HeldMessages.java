package dev.sockeye.engineio;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The messages that were received while reading of a session is paused, and the limit for more. Usually the transport
 * is not read at all. If the answer to a ping is overdue, reading continues in steps, because the answer may be behind
 * unread messages: a peer that still sends data is alive. Loop-confined.
 */
final class HeldMessages {
    /** The number of bytes that are read each time an answer is overdue. */
    static final long PIECE = 1024 * 1024;
    /**
     * The maximum number of held bytes, about the size of a system's receive buffer. Above that, the peer's state is
     * unknown.
     */
    static final long MOST = 8 * PIECE;

    private final LoopHeartbeats state;
    private final ArrayDeque<byte[]> messages = new ArrayDeque<>(0);
    private final ArrayDeque<Boolean> kinds = new ArrayDeque<>(0);
    private long bytes;
    private long until;
    private boolean heard;
    private boolean reading;
    private boolean delivering;

    HeldMessages(LoopHeartbeats state) {
        this.state = state;
    }

    /**
     * Holds a message.
     *
     * @return whether reading must stop now
     */
    boolean addText(byte[] buffer, int offset, int length) {
        return add(false, Arrays.copyOfRange(buffer, offset, offset + length));
    }

    /** Holds a message; see {@link #addText}. */
    boolean addBinary(byte[] data) {
        return add(true, data);
    }

    private boolean add(boolean binary, byte[] data) {
        messages.add(data);
        kinds.add(binary);
        count(data.length + PacketBatch.LEAST);
        heard = true;
        if (reading && bytes >= until) {
            reading = false;
            return true;
        }
        return false;
    }

    /**
     * Whether more is held than a host can have read before it stopped: messages that are very well compressed, or a host that does
     * not stop.
     */
    boolean overflows(int maxMessage) {
        return bytes > 2 * MOST + 2L * maxMessage;
    }

    private void count(long change) {
        bytes += change;
        state.server.receiving(change);
    }

    /**
     * Passes the messages to the listener in order, until reading is paused again. Must not be called by the listener.
     */
    void deliver(EngineSocketListener listener, java.util.function.BooleanSupplier wanted) {
        delivering = true;
        try {
            while (!messages.isEmpty() && wanted.getAsBoolean()) {
                byte[] data = messages.remove();
                boolean binary = kinds.remove();
                count(-(data.length + PacketBatch.LEAST));
                if (binary) {
                    listener.onBinary(data);
                } else {
                    listener.onText(data, 0, data.length);
                }
            }
        } finally {
            delivering = false;
        }
    }

    /** Whether {@link #deliver} is running. */
    boolean delivering() {
        return delivering;
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    void clear() {
        messages.clear();
        kinds.clear();
        count(-bytes);
    }

    /** The meaning of an overdue answer. */
    enum Overdue {
        /** Unknown: the answer may be behind unread data, but no more data may be held. */
        UNKNOWN,
        /** Not known yet: reading must continue. */
        READ_ON,
        /** The peer is silent. */
        DEAD
    }

    Overdue overdue() {
        if (reading) {
            boolean alive = heard;
            heard = false;
            return alive ? Overdue.UNKNOWN : Overdue.DEAD;
        }
        if (bytes >= MOST || state.server.receivesTooMuch()) {
            return Overdue.UNKNOWN;
        }
        until = bytes + PIECE;
        heard = false;
        reading = true;
        return Overdue.READ_ON;
    }

    /** The answer was received; returns whether reading must stop now. */
    boolean answered() {
        boolean stop = reading;
        reading = false;
        return stop;
    }
}
