package dev.sockeye.socketio.server;

/** Sees each incoming event of a socket. Official counterpart: a function given to {@code socket.use}. */
@FunctionalInterface
public interface SocketMiddleware {

    /**
     * Looks at an event; may change it. Runs in the client's mailbox, may block, and may answer later from any thread; later
     * events do not wait for it.
     *
     * @throws Exception as {@link Next#fail(Throwable)}; the error goes to {@link Socket#onError}
     */
    void handle(SocketEvent event, Next next) throws Exception;
}
