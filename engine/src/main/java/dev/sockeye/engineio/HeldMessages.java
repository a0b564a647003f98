package dev.sockeye.engineio;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Messages of a session that came while its reading is paused, and how much more of them may come. Usually the transport is not
 * read at all. When the answer to a ping is overdue it is read on, piece by piece, because that answer may be behind unread
 * messages: a peer of which something comes is alive, one of which nothing comes is not. Loop-confined.
 */
final class HeldMessages {
    /** How many bytes are read on each time that an answer is overdue. */
    static final long PIECE = 1024 * 1024;
    /** How many bytes are held at most; about what a system's receive buffer has. Above, nothing is known of the peer. */
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
     * Keeps a message.
     *
     * @return whether reading has to stop now
     */
    boolean addText(byte[] buffer, int offset, int length) {
        return add(false, Arrays.copyOfRange(buffer, offset, offset + length));
    }

    /** As {@link #addText}. */
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

    private void count(long change) {
        bytes += change;
        state.server.receiving(change);
    }

    /** Gives the messages to the listener, in order, while it wants them. Not to be called by the listener. */
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

    /** Whether {@link #deliver} is under way. */
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

    /** What an overdue answer means. */
    enum Overdue {
        /** Nothing: it may be behind what is unread, and no more may be held. */
        UNKNOWN,
        /** Nothing yet: the transport is to be read on. */
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

    /** The answer came; says whether reading has to stop now. */
    boolean answered() {
        boolean stop = reading;
        reading = false;
        return stop;
    }
}
