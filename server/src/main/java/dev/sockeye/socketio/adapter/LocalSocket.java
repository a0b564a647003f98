package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.function.Consumer;

/** A socket of this server, as adapters see it. */
public interface LocalSocket extends SocketDetails {

    /** The connection that carries it. */
    EngineSocket conn();

    /** Whether it has joined its namespace; before that it gets no broadcasts. */
    boolean connected();

    /** Whether it is in the room of its own id, which costs no entry in any map. */
    boolean inOwnRoom();

    /**
     * Puts it into the room of its own id or takes it out.
     *
     * @return whether that changed anything
     */
    boolean ownRoom(boolean in);

    /** Calls the catch-all listeners for outgoing events. */
    void notifyOutgoing(String event, Arguments args);

    /** Whether there are any such listeners. */
    boolean watchesOutgoing();

    /** Registers what to do with an acknowledgement; it is called at most once. */
    void expectAck(long id, Consumer<Arguments> ack);

    /** Forgets an expected acknowledgement. */
    void forgetAck(long id);

    /** As the application's {@code socket.join}. */
    void join(String... rooms);

    /** As the application's {@code socket.leave}. */
    void leave(String... rooms);

    /** As the application's {@code socket.disconnect}. */
    void disconnect(boolean close);
}
