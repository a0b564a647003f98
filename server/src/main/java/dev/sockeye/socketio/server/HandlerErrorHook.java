package dev.sockeye.socketio.server;

/** Told of each exception that a handler of the application let go. It never reaches the connection. */
@FunctionalInterface
public interface HandlerErrorHook {

    /**
     * A handler threw. Runs on the thread of that handler.
     *
     * @param socket whose handler it was
     * @param event the event, or {@code connection}, {@code disconnect} and so on
     */
    void onHandlerError(Socket socket, String event, Throwable error);
}
