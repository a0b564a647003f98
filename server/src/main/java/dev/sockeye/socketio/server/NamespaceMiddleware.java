package dev.sockeye.socketio.server;

/** Decides whether a client may join a namespace. Official counterpart: a function given to {@code io.use}. */
@FunctionalInterface
public interface NamespaceMiddleware {

    /**
     * Looks at a socket that wants to join. Runs in the client's mailbox, may block, and may answer later from any thread.
     *
     * @throws Exception as {@link Next#fail(Throwable)}
     */
    void handle(Socket socket, Next next) throws Exception;
}
