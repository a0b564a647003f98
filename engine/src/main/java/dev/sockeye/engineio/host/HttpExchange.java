package dev.sockeye.engineio.host;

/**
 * One HTTP request that the host passes to the engine, and its response. The engine may call the methods from any
 * thread; the host switches to its own thread.
 *
 * <p>The engine calls {@link #readBody} at most once. Only the first call of {@link #respond} or {@link #abort} has an
 * effect. The action of {@link #onConnectionLost} runs at most once, and not after {@link #respond}. If the connection
 * is lost while the body is read, both the action and the body listener may be called.
 */
public interface HttpExchange {

    /** The HTTP request. */
    HostRequest request();

    /** The loop of the connection of this request; a new session uses it as its own loop. */
    EngineLoop loop();

    /**
     * Reads the request's body. Exactly one method of the listener is called, once, on this exchange's loop.
     *
     * @param limit the maximum length in bytes
     */
    void readBody(int limit, BodyListener listener);

    /**
     * Responds to the request. The host discards the rest of an unread body or closes the connection. For a {@code
     * HEAD} request the host omits the body.
     */
    void respond(HostResponse response);

    /** Closes the connection without an answer. */
    void abort();

    /**
     * Registers an action for the case that the connection is lost before {@link #respond} is called. It runs on this
     * exchange's loop, immediately if the connection is already lost. Replaces the previous action.
     */
    void onConnectionLost(Runnable action);

    /**
     * Forwards this request to another server and returns its response to the client, instead of {@link #readBody} and
     * {@link #respond}. Called on this exchange's loop. The default implementation returns false: then the engine
     * forwards the request with {@link java.net.http.HttpClient}.
     *
     * @return whether this host forwards the request
     */
    default boolean forward(NodeForward forward) {
        return false;
    }

    /** Receives a request body. */
    interface BodyListener {
        /** The whole body, owned by the listener; empty if there was none. */
        void onBody(byte[] body);

        /** The body is longer than the limit; the rest is not read. */
        void onTooLarge();

        /**
         * There is no memory for the body at the moment: {@link HostedEngine#receiving} has returned false. The rest is
         * not read.
         */
        default void onBusy() {
            onTooLarge();
        }

        /** The connection was lost, or the exchange was answered or aborted, before the body ended. */
        void onAborted();
    }
}
