package dev.sockeye.socketio.server;

/** Observes the exceptions that handlers of the application throw. Such an exception does not affect the connection. */
@FunctionalInterface
public interface HandlerErrorListener {

    /**
     * Called when a handler has thrown an exception, on the thread of that handler.
     *
     * @param socket the socket of the handler
     * @param event the event, or {@code connection}, {@code disconnect} and so on
     */
    void onHandlerError(Socket socket, String event, Throwable error);
}
