package dev.sockeye.engineio.host;

import org.jspecify.annotations.Nullable;

/**
 * What the engine does with a {@link MessageConnection}. All methods are called on the connection's loop, in order, and do not
 * block.
 */
public interface MessageListener {

    /** The opening handshake is done. Called once, first. */
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
     * The connection is gone. Called once, last. Control frames and protocol violations are the host's business: it answers
     * pings, and closes with 1002, 1007 or 1009 by itself.
     *
     * @param code the close code received or sent; 1006 when there was none
     * @param error why, when the end was not orderly; {@code null} for an orderly close
     */
    void onClose(int code, @Nullable Throwable error);
}
