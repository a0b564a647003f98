package dev.sockeye.socketio.server;

/** Called for each new socket of a namespace. Official counterpart: a {@code connection} listener. */
@FunctionalInterface
public interface SocketHandler {

    /**
     * Called when a socket has passed the middlewares. Runs in the client's mailbox (see {@link HandlerExecution}); may
     * block.
     *
     * @throws Exception is reported to {@link SocketIoServer#onHandlerError} and the log; the connection stays open
     */
    void handle(Socket socket) throws Exception;
}
