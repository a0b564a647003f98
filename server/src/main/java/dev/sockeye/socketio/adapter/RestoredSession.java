package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.protocol.EncodedPacket;
import java.util.List;
import java.util.function.Consumer;

/** A session that can go on. */
public interface RestoredSession {

    /** What was kept. */
    Session session();

    /**
     * Takes the session. Once.
     *
     * <p>First {@code admit} runs, then, on the loop, {@code write} with the events that the client has missed, in order. Events
     * that are sent to the namespace before {@code admit} are among them; what is sent later is written behind them. So none is
     * lost or doubled.
     *
     * @param loop where the socket's session lives
     * @param admit makes the socket a receiver of broadcasts; it is called in this method, with a lock of the adapter: it must
     *     only change state
     * @param write sends the encoded events
     * @throws IllegalStateException the session is not valid any more; {@code admit} was not called
     */
    void resume(EngineLoop loop, Runnable admit, Consumer<List<EncodedPacket>> write);
}
