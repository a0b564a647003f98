package dev.sockeye.socketio.server;

/** Is told of each exception that a handler of the application threw. It never reaches the connection. */
@FunctionalInterface
public interface HandlerErrorListener {

    /**
     * A handler threw. Runs on the thread of that handler.
     *
     * @param socket whose handler it was
     * @param event the event, or {@code connection}, {@code disconnect} and so on
     */
    void onHandlerError(Socket socket, String event, Throwable error);
}
