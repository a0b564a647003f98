package dev.sockeye.engineio.host;

import org.jspecify.annotations.Nullable;

/**
 * Receives the events of a {@link MessageConnection}; implemented by the engine. The host calls all methods on the
 * connection's loop, one at a time; they do not block.
 *
 * <p>Order: {@link #onOpen} at most once and first; then {@link #onText}, {@link #onBinary} and {@link #onDrained}, any number of
 * times; then {@link #onClose} exactly once. No method is called after it. {@code onClose} may be called without {@code
 * onOpen} if the connection is lost after the engine has accepted the request and before the handshake is complete.
 */
public interface MessageListener {

    /** The opening handshake is complete. Called at most once, first. */
    void onOpen(MessageConnection connection);

    /**
     * A complete text message was received. The bytes are valid UTF-8, in a new array that belongs to the listener from
     * now on.
     */
    void onText(byte[] utf8);

    /** A complete binary message was received; the array belongs to the listener. */
    void onBinary(byte[] data);

    /** {@link MessageConnection#pendingBytes()} has become 0 after messages were queued. */
    void onDrained();

    /**
     * The connection has ended. Called exactly once, last. The host handles control frames and protocol violations: it
     * answers pings, and closes with 1002, 1007 or 1009.
     *
     * @param code the close code received or sent; 1006 if there was none
     * @param error the cause if the connection was not closed in an orderly way; otherwise {@code null}
     */
    void onClose(int code, @Nullable Throwable error);
}
