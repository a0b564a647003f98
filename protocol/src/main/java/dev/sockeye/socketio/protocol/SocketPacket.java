package dev.sockeye.socketio.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A packet of the Socket.IO protocol, revision 5. Binary is a property of the encoding: an event or acknowledgement with
 * attachments is encoded as BINARY_EVENT or BINARY_ACK. Official counterpart: {@code Packet} of {@code socket.io-parser}.
 */
public sealed interface SocketPacket {

    /** No acknowledgement is requested. */
    long NO_ID = -1;

    /** The namespace, always with its leading slash. */
    String namespace();

    /** CONNECT: a client requests to join (data: auth), or the server accepts (data: sid, pid). */
    record Connect(String namespace, @Nullable Payload data) implements SocketPacket {}

    /** DISCONNECT. */
    record Disconnect(String namespace) implements SocketPacket {}

    /**
     * EVENT or BINARY_EVENT.
     *
     * @param id the acknowledgement id, or {@link #NO_ID}
     * @param name the event name (a numeric name as its decimal text)
     * @param args the arguments after the name
     */
    record Event(String namespace, long id, String name, Arguments args) implements SocketPacket {}

    /** ACK or BINARY_ACK. */
    record Ack(String namespace, long id, Arguments args) implements SocketPacket {}

    /** CONNECT_ERROR: {@code {"message":…,"data":…}}; a plain string in protocol 3. */
    record ConnectError(String namespace, Payload data) implements SocketPacket {}
}
