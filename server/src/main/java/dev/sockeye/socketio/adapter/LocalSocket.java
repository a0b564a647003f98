package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.function.Consumer;

/** A socket of this server, as seen by adapters. Thread-safe; no method blocks. Implemented by Sockeye. */
public interface LocalSocket extends SocketDetails {

    /** The connection that carries it. */
    EngineSocket conn();

    /** Whether it is connected to its namespace: only connected sockets receive broadcasts. */
    boolean connected();

    /** Whether it is in the room of its own id, which has no map entry. */
    boolean inOwnRoom();

    /**
     * Adds it to the room of its own id, or removes it.
     *
     * @return whether this changed its membership
     */
    boolean ownRoom(boolean in);

    /** Calls the listeners for outgoing events on the calling thread; their exceptions are logged. */
    void notifyOutgoing(String event, Arguments args);

    /** Whether there are listeners for outgoing events. */
    boolean watchesOutgoing();

    /**
     * Registers a pending acknowledgement. The consumer is called at most once, on the loop of the connection or in its
     * mailbox; it must not block.
     */
    void expectAck(long id, Consumer<Arguments> ack);

    /** Removes a pending acknowledgement. */
    void forgetAck(long id);

    /** Does the same as {@code socket.join} of the application. */
    void join(String... rooms);

    /** Does the same as {@code socket.leave} of the application. */
    void leave(String... rooms);

    /**
     * Its client has recovered its session on another server: the connection is closed without telling the client to leave. A client that
     * still uses this connection, because a request of an earlier one was handled late, reconnects and recovers the session. The default
     * disconnects the socket.
     */
    default void moved() {
        disconnect(true);
    }

    /** As the application's {@code socket.disconnect}. */
    default void disconnect(boolean close) {
        disconnect("", close);
    }

    /** As the application's {@code socket.disconnect} with a reason; empty for none. */
    void disconnect(String reason, boolean close);
}
