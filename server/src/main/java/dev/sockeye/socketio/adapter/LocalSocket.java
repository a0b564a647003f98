package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.function.Consumer;

/** A socket of this server, as adapters see it. Any thread; no method blocks. Implemented by Sockeye. */
public interface LocalSocket extends SocketDetails {

    /** The connection that carries it. */
    EngineSocket conn();

    /** Whether it has joined its namespace and not left it: only then it receives broadcasts. */
    boolean connected();

    /** Whether it is in the room of its own id, which needs no entry in a map. */
    boolean inOwnRoom();

    /**
     * Adds it to the room of its own id, or removes it.
     *
     * @return whether that was a change
     */
    boolean ownRoom(boolean in);

    /** Calls the listeners for outgoing events, in this thread; their exceptions are logged. */
    void notifyOutgoing(String event, Arguments args);

    /** Whether there are any such listeners. */
    boolean watchesOutgoing();

    /** Expects an acknowledgement. The consumer is called at most once, on the loop of the connection or in its mailbox; it must not block. */
    void expectAck(long id, Consumer<Arguments> ack);

    /** Forgets an expected acknowledgement. */
    void forgetAck(long id);

    /** As the application's {@code socket.join}. */
    void join(String... rooms);

    /** As the application's {@code socket.leave}. */
    void leave(String... rooms);

    /** As the application's {@code socket.disconnect}. */
    default void disconnect(boolean close) {
        disconnect("", close);
    }

    /** As the application's {@code socket.disconnect} with a reason; empty for none. */
    void disconnect(String reason, boolean close);
}
