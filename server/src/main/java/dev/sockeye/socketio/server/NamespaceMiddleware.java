package dev.sockeye.socketio.server;

/** Decides whether a client may join a namespace. Official counterpart: a function given to {@code io.use}. */
@FunctionalInterface
public interface NamespaceMiddleware {

    /**
     * Checks a socket that wants to join. Runs in the client's mailbox, may block, and may call {@code next} later from
     * any thread.
     *
     * <p>An exception also refuses the client. For a {@link MiddlewareException}, or a {@link
     * dev.sockeye.socketio.protocol.BindingException} because the {@code auth} data does not fit, the client receives
     * its message. For any other exception the client receives {@code internal server error}, and the exception is
     * logged and reported to {@link SocketIoServer#onHandlerError}.
     *
     * @throws Exception to refuse, as above
     */
    void handle(Socket socket, Next next) throws Exception;
}
