package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.protocol.EncodedPacket;
import java.util.List;
import java.util.function.Consumer;

/** A session that can be resumed. */
public interface RestoredSession {

    /** The stored session. */
    Session session();

    /**
     * Resumes the session. May be called once.
     *
     * <p>{@code admit} is called first; then {@code write} is called on the loop with the events that the client has
     * missed, in order. These include the events sent to the namespace before {@code admit}; later events are written
     * after them. So no event is lost or duplicated.
     *
     * @param loop the loop of the socket's session
     * @param admit makes the socket a receiver of broadcasts; called by this method while a lock of the adapter is
     *     held, so it must only change state
     * @param write sends the encoded events
     * @throws IllegalStateException if the session is no longer valid; {@code admit} was not called
     */
    void resume(EngineLoop loop, Runnable admit, Consumer<List<EncodedPacket>> write);

    /**
     * Gives the session back: its client has left, or was refused, before it was resumed, and may recover it at its next
     * attempt, on any server. Does nothing by default, for adapters that keep a session until it is resumed.
     */
    default void release() {}
}
