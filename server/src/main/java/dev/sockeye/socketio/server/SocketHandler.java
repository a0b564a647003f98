package dev.sockeye.socketio.server;

/** Called for each new socket of a namespace. Official counterpart: a {@code connection} listener. */
@FunctionalInterface
public interface SocketHandler {

    /**
     * A socket has passed the middlewares. Runs in the client's mailbox (see {@link HandlerExecution}); may block.
     *
     * @throws Exception goes to the error hook and the log, not to the connection
     */
    void handle(Socket socket) throws Exception;
}
