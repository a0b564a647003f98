package dev.sockeye.socketio;

/** Is told of errors. */
@FunctionalInterface
public interface ErrorListener {

    /**
     * An error. On the thread of the handlers; may block.
     *
     * @throws Exception is logged
     */
    void onError(Throwable error) throws Exception;
}
