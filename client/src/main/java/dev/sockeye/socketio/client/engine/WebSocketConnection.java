package dev.sockeye.socketio.client.engine;

import java.util.List;
import java.util.Map;

/** One WebSocket. Used on the loop only. */
public interface WebSocketConnection {
    /** No byte before the payload. */
    int NO_PREFIX = -1;

    /** Called on the loop; nothing follows {@link #onFailed}, {@link #onRefused} and {@link #onClosed}. */
    interface Listener {
        /**
         * The server answered with 101.
         *
         * @param cookies the values of {@code Set-Cookie}
         */
        void onOpen(List<String> cookies);

        void onText(byte[] data);

        void onBinary(byte[] data);

        /** The network took all that was sent before the last {@link WebSocketConnection#flush()}. */
        void onFlushed();

        /** The server answered with another status than 101. */
        void onRefused(int status, String body, List<String> cookies);

        /** The connection could not be opened, or broke. */
        void onFailed(Throwable cause);

        /** The connection ended; code 1006 without a close frame, 1005 with one without a code. */
        void onClosed(int code, String reason);
    }

    /**
     * Opens the connection.
     *
     * @param uri path and query
     * @param headers later ones win over earlier ones of the same name, without regard to case
     */
    void open(String uri, Map<String, String> headers);

    /**
     * Writes one message; it leaves at the next {@link #flush()}.
     *
     * @param prefix a byte before the payload, or {@link #NO_PREFIX}
     * @param compress whether it may be compressed, when that was negotiated
     */
    void send(boolean binary, int prefix, byte[] payload, boolean compress);

    /** Sends what was written. {@link Listener#onFlushed()} follows. */
    void flush();

    /** Takes data from the network, or leaves it there. */
    void reading(boolean on);

    /**
     * Ends the connection. Again does nothing.
     *
     * @param farewell whether a close frame is sent and the server's answer awaited for a short time
     */
    void close(boolean farewell);
}
