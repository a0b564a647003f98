package dev.sockeye.socketio.server;

/** Decides whether a client may join a namespace. Official counterpart: a function given to {@code io.use}. */
@FunctionalInterface
public interface NamespaceMiddleware {

    /**
     * Looks at a socket that wants to join. Runs in the client's mailbox, may block, and may answer later from any thread.
     *
     * <p>What it throws refuses the client too: a {@link MiddlewareException}, or the
     * {@link dev.sockeye.socketio.protocol.BindingException} of an {@code auth} that does not fit, with its own message; anything
     * else as {@code internal server error}, while the log and {@link SocketIoServer#onHandlerError} get the exception.
     *
     * @throws Exception to refuse, as above
     */
    void handle(Socket socket, Next next) throws Exception;
}
