package dev.sockeye.engineio.host;

/**
 * One HTTP request that the host hands to the engine, and the way to answer it. The engine may call the methods from any thread;
 * the host hops to its own.
 *
 * <p>The engine calls {@link #readBody} at most once, and {@link #respond} or {@link #abort} once; the first of the two takes
 * effect, a later call does nothing. The action of {@link #onConnectionLost} runs at most once, and not after {@link #respond}.
 * It and a listener of the body may both be called when the connection is lost while the body is read.
 */
public interface HttpExchange {

    /** The request's facts. */
    HostRequest request();

    /** The loop of the connection that carries this request; a new session takes it as its own. */
    EngineLoop loop();

    /**
     * Reads the request's body. Exactly one method of the listener is called, once, on this exchange's loop.
     *
     * @param limit the greatest accepted length in bytes
     */
    void readBody(int limit, BodyListener listener);

    /**
     * Answers the request. The rest of an unread body is discarded, or the connection closed, as the host sees fit. For a
     * {@code HEAD} request the host leaves the body out.
     */
    void respond(HostResponse response);

    /** Closes the connection without an answer. */
    void abort();

    /**
     * Registers what to do when the connection is lost before {@link #respond} was called. Runs on this exchange's loop, at
     * once if it is lost already. The last one registered counts.
     */
    void onConnectionLost(Runnable action);

    /**
     * Sends this request to another server and passes the answer on, instead of {@link #readBody} and {@link #respond}. Called on this
     * exchange's loop. The default gives false: the engine does it with {@link java.net.http.HttpClient}.
     *
     * @return whether this host does it
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

        /** There is no room for the body now: {@link HostedEngine#receiving} has said so. The rest is not read. */
        default void onBusy() {
            onTooLarge();
        }

        /** The connection was lost before the body ended. */
        void onAborted();
    }
}
