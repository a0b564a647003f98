package dev.sockeye.socketio;

/** Observes errors. */
@FunctionalInterface
public interface ErrorListener {

    /**
     * Called for each error, on the thread of the handlers; may block.
     *
     * @throws Exception is logged
     */
    void onError(Throwable error) throws Exception;
}
