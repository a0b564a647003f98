package dev.sockeye.engineio.host;

/**
 * An open connection that carries messages, as the host gives it to the engine: a WebSocket, or a WebTransport session with its
 * stream. The host implements it, and calls the {@link MessageListener}.
 *
 * <p>Threads: the engine calls all methods on {@link #loop()} only, also from inside of the listener's methods. None of them blocks.
 *
 * <p>States: open, closing (after {@link #close}), ended. {@link #send} and {@link #close} have no effect once it is closing or ended, and do
 * not throw; {@link #abort} ends it from each state. However it ends, the host calls {@link MessageListener#onClose} exactly once; it may do so
 * from inside of {@link #close} or {@link #abort}.
 *
 * <p>Messages arrive in the order of the calls. They are written together: the host flushes by itself at the end of the current turn of the loop
 * (or of the current batch of incoming frames), with one system call for all messages of a connection.
 */
public interface MessageConnection {

    /** Stands for a close frame without a code. */
    int NO_STATUS = 1005;

    /** No prefix byte in {@link #send}. */
    int NO_PREFIX = -1;

    /** The loop that this connection belongs to, always the same. Any thread. */
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

    /** Bytes queued by {@link #send} that the operating system has not taken yet. {@link MessageListener#onDrained} follows when it becomes 0. */
    long pendingBytes();

    /**
     * Starts or stops reading; initially on. While it is off the window of the peer fills up; frames that were read before may still be
     * delivered, and the end of the connection may be noticed late.
     */
    void autoRead(boolean on);

    /**
     * Starts the closing handshake after the queued messages; nothing is sent afterwards. Idempotent. {@link MessageListener#onClose} follows
     * when the peer has answered, or the host's close timeout has passed.
     *
     * @param code the code, or {@link #NO_STATUS} for a close frame without one; a host that cannot send such a frame sends 1000
     * @param reason the text after the code, cut to the 123 bytes that there is room for
     */
    void close(int code, String reason);

    /** Ends the connection at once; queued messages are lost. {@link MessageListener#onClose} follows. Idempotent. */
    void abort();
}
