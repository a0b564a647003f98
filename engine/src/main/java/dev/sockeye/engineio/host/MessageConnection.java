package dev.sockeye.engineio.host;

/**
 * An open connection that carries messages, as the host gives it to the engine: a WebSocket, or a WebTransport session with its
 * stream. All methods are called on {@link #loop()} only.
 *
 * <p>What {@link #send} is given is written together: the host flushes by itself at the end of the current loop turn (or of
 * the current batch of incoming frames), one system call for all messages of one connection.
 */
public interface MessageConnection {

    /** No close code. */
    int NO_STATUS = 1005;

    /** No prefix byte in {@link #send}. */
    int NO_PREFIX = -1;

    /** The loop that this connection belongs to. */
    EngineLoop loop();

    /**
     * Queues one message as one frame.
     *
     * <p>The host may cache its native form of the last message under the identity of {@code payload} together with the
     * other arguments, for the current loop turn: a broadcast hands the same array to many connections.
     *
     * @param binary whether it is a binary message; else a text message in UTF-8
     * @param prefix a byte to put before the payload inside the message (the Engine.IO packet type), or {@link #NO_PREFIX}
     * @param payload the bytes; never changed by either side
     * @param compress whether it may be compressed, when permessage-deflate was negotiated
     */
    void send(boolean binary, int prefix, byte[] payload, boolean compress);

    /** Bytes queued by {@link #send} that the operating system has not taken yet. 0 means that all is written. */
    long pendingBytes();

    /** Whether to go on reading. False makes the peer's window fill up; frames already read may still be delivered. */
    void autoRead(boolean on);

    /**
     * Starts the closing handshake after what was queued; afterwards nothing is sent. {@link MessageListener#onClose} follows
     * when the peer has answered, or the host's close timeout has passed.
     *
     * @param code the code, or {@link #NO_STATUS} for a close frame without one; a host that cannot send such a frame sends 1000
     * @param reason the text after the code, cut to the 123 bytes that there is room for
     */
    void close(int code, String reason);

    /** Ends the connection at once; what is queued is lost. {@link MessageListener#onClose} follows. */
    void abort();
}
