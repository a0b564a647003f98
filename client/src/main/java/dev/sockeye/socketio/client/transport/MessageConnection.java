package dev.sockeye.socketio.client.transport;

import java.util.List;
import java.util.Map;

/** One WebSocket, or one WebTransport session with its stream of messages. Used on the loop only. */
public interface MessageConnection {
    /** No prefix byte before the payload. */
    int NO_PREFIX = -1;

    /**
     * Called on the loop. Order: {@link #onOpen} at most once, then messages, then exactly one of {@link #onFailed}, {@link
     * #onRefused} (instead of {@code onOpen}) and {@link #onClosed}. Nothing is called after that, or after {@link
     * MessageConnection#close}. {@code onFailed} may be called without {@code onOpen}.
     */
    interface Listener {
        /**
         * The server accepted the connection: a WebSocket with 101, a WebTransport session with 200.
         *
         * @param cookies the values of {@code Set-Cookie}
         */
        void onOpen(List<String> cookies);

        /** A text message, as UTF-8. */
        void onText(byte[] data);

        /** A binary message. */
        void onBinary(byte[] data);

        /** The network accepted all data sent before the last {@link MessageConnection#flush()}. */
        void onFlushed();

        /** The server answered with another status. */
        void onRefused(int status, String body, List<String> cookies);

        /**
         * The connection could not be opened, or failed.
         *
         * @param cause a {@link NetworkException} if its message is meant for users
         */
        void onFailed(Throwable cause);

        /**
         * The connection ended. Codes of a WebSocket: 1006 without a close frame, 1005 with a close frame without a code. Codes of a
         * WebTransport session: those of the server, 0 if it sent none; 1006 if the connection was lost.
         */
        void onClosed(int code, String reason);
    }

    /**
     * Opens the connection. Called once.
     *
     * @param uri path and query
     * @param headers a later header replaces an earlier one of the same name, ignoring case
     */
    void open(String uri, Map<String, String> headers);

    /**
     * Writes one message; it is sent at the next {@link #flush()}.
     *
     * @param prefix a byte before the payload, or {@link #NO_PREFIX}
     * @param compress whether the message may be compressed, if compression was negotiated
     */
    void send(boolean binary, int prefix, byte[] payload, boolean compress);

    /** Sends the written messages. {@link Listener#onFlushed()} follows. */
    void flush();

    /** Starts or stops reading from the network. While stopped, data stays in the network. */
    void reading(boolean on);

    /**
     * Closes the connection. Calling it again has no effect.
     *
     * @param graceful whether the server is notified, and its answer awaited for a short time
     */
    void close(boolean graceful);
}
