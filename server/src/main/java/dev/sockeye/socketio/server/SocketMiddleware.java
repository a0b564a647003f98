package dev.sockeye.socketio.server;

/** Checks or changes each incoming event of a socket. Official counterpart: a function given to {@code socket.use}. */
@FunctionalInterface
public interface SocketMiddleware {

    /**
     * Checks an event, and may change it. Runs in the client's mailbox, may block, and may call {@code next} later from
     * any thread; later events do not wait for it.
     *
     * @throws Exception has the same effect as {@link Next#fail(Throwable)}; the error is reported to {@link
     *     Socket#onError}
     */
    void handle(SocketEvent event, Next next) throws Exception;
}
