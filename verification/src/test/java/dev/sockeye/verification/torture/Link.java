package dev.sockeye.verification.torture;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The connections of one client to a host. Used by one thread. */
interface Link extends AutoCloseable {

    /** How a client leaves. */
    enum Leave {
        /** It closes its side, and the other one when the server has closed. */
        HALF_CLOSE,
        CLOSE,
        RESET
    }

    /** One request and its answer. */
    final class Call {
        final String what;
        int status;
        byte[] body = {};
        boolean done;
        /** No answer has arrived, or only a part of it. */
        boolean lost;

        Call(String what) {
            this.what = what;
        }

        @Override
        public String toString() {
            return what + " " + (done ? status : lost ? "lost" : "open");
        }
    }

    /** Sends a request. */
    Call call(String method, String path, byte @Nullable [] body) throws IOException;

    /** Whether another request can be sent right behind this one, before its answer. */
    boolean follows(Call behind);

    /** Sends a request right behind the one for which this was just possible. */
    Call pipelined(String method, String path, byte @Nullable [] body) throws IOException;

    /** Opens a WebSocket, or what is like it. */
    Duplex open(String path) throws IOException;

    /** Writes and reads some bytes; returns whether that was possible. */
    boolean step() throws IOException;

    /** Waits for bytes for a short time. */
    void await() throws IOException;

    /** Leaves all connections. */
    void leave(Leave how) throws IOException;

    @Override
    void close() throws IOException;
}
