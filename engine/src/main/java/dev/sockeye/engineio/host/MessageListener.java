package dev.sockeye.engineio.host;

import org.jspecify.annotations.Nullable;

/**
 * What the engine does with a {@link MessageConnection}. The host calls all methods on the connection's loop, one after the other;
 * they do not block.
 *
 * <p>Order: {@link #onOpen} at most once and first; then {@link #onText}, {@link #onBinary} and {@link #onDrained}, any number of
 * times; then {@link #onClose} exactly once. Nothing follows it. {@code onClose} may come without {@code onOpen}: when the
 * connection is lost after the engine accepted the request and before the handshake is complete.
 */
public interface MessageListener {

    /** The opening handshake is done. Called at most once, first. */
    void onOpen(MessageConnection connection);

    /**
     * A whole text message (fragments joined). The bytes are valid UTF-8 and belong to the listener from now on; they are a
     * fresh array that the host does not touch again.
     */
    void onText(byte[] utf8);

    /** A whole binary message; the array belongs to the listener. */
    void onBinary(byte[] data);

    /** {@link MessageConnection#pendingBytes()} has become 0 after messages were queued. */
    void onDrained();

    /**
     * The connection is gone. Called exactly once, last. Control frames and protocol violations are the host's business: it answers
     * pings, and closes with 1002, 1007 or 1009 by itself.
     *
     * @param code the close code received or sent; 1006 when there was none
     * @param error why, when the end was not orderly; {@code null} for an orderly close
     */
    void onClose(int code, @Nullable Throwable error);
}
