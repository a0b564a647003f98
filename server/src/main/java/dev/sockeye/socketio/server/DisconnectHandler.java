package dev.sockeye.socketio.server;

import dev.sockeye.socketio.DisconnectDetails;

/** Called when a socket disconnects. Official counterpart: a {@code disconnecting} or {@code disconnect} listener. */
@FunctionalInterface
public interface DisconnectHandler {

    /**
     * A socket is disconnecting or has disconnected. Runs in the client's mailbox; may block.
     *
     * @param details what is known about the cause: the failure, the text given by the side that ended the connection,
     *     and the close code if the client closed its WebSocket (1006 if the connection ended without a close frame)
     * @throws Exception is reported to {@link SocketIoServer#onHandlerError} and the log
     */
    void handle(DisconnectReason reason, DisconnectDetails details) throws Exception;
}
