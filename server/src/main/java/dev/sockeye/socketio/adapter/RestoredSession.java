package dev.sockeye.socketio.adapter;

import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.List;
import java.util.function.Consumer;

/** A session that can go on. */
public interface RestoredSession {

    /** What was kept. */
    Session session();

    /**
     * Takes the session: hands over the events that the client has missed, in order. No event is sent to the namespace by this
     * adapter while {@code deliver} runs, so that none is lost or doubled if it puts the socket into the namespace. Once.
     *
     * @param deliver short and not blocking
     */
    void resume(Consumer<List<SocketPacket.Event>> deliver);
}
