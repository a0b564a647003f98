package dev.sockeye.socketio.client;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.EncodedPacket;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way out, encoded.
 *
 * @param id of the acknowledgement, or -1
 */
record Emission(String event, Arguments args, long id, EncodedPacket packet, boolean compress) {

    /** What waits for an answer; told once, on the loop. */
    interface Answer {
        void done(@Nullable SocketIoException error, Arguments args);
    }

    /**
     * How an event is sent.
     *
     * @param timeoutMillis for its acknowledgement; negative: not said
     */
    record Flags(boolean isVolatile, boolean compress, long timeoutMillis) {
        static final Flags NONE = new Flags(false, true, -1);
    }
}
