package dev.sockeye.socketio.client;

import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.EncodedPacket;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing event, encoded.
 *
 * @param id of the acknowledgement, or -1
 * @param size of the packet in bytes
 */
record Emission(String event, Arguments args, long id, EncodedPacket packet, long size, boolean compress) {

    /** Receives the answer to an event. */
    interface Answer {
        /** The answer, or the reason why there is none. Called once, usually on the loop; must not run foreign code. */
        void done(@Nullable SocketIoException error, Arguments args);

        /** As {@link #done}, when the server answered with a packet of that size in bytes. */
        default void answered(Arguments args, int size) {
            done(null, args);
        }

        /** The event was sent, or will be sent, with this acknowledgement id. */
        default void numbered(long ackId) {}
    }

    /**
     * How an event is sent.
     *
     * @param timeoutMillis for its acknowledgement; negative if not specified
     */
    record Flags(boolean isVolatile, boolean compress, long timeoutMillis) {
        static final Flags NONE = new Flags(false, true, -1);
    }
}
