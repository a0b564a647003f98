package dev.sockeye.engineio.host;

import org.jspecify.annotations.Nullable;

/**
 * An open message-based connection that the host passes to the engine: a WebSocket, or a WebTransport session with its
 * stream. The host implements it and calls the {@link MessageListener}.
 *
 * <p>Threads: the engine calls all methods on {@link #loop()} only, also from within the listener's methods. None of
 * them blocks.
 *
 * <p>States: open, closing (after {@link #close}), ended. {@link #send} and {@link #close} have no effect once it is closing or ended, and do
 * not throw; {@link #abort} ends it in any state. In all cases the host calls {@link MessageListener#onClose} exactly
 * once; it may do so from within {@link #close} or {@link #abort}.
 *
 * <p>Messages are sent in the order of the calls, and are written together: the host flushes automatically at the end
 * of the current loop iteration (or of the current batch of incoming frames), with one system call for all messages of
 * a connection. Messages that are sent to many connections may be flushed a few iterations later, without blocking in between.
 */
public interface MessageConnection {

    /** The code of a close frame without a status code. */
    int NO_STATUS = 1005;

    /** No prefix byte in {@link #send}. */
    int NO_PREFIX = -1;

    /** The loop of this connection, which never changes. Any thread. */
    EngineLoop loop();

    /**
     * Queues one message as one frame.
     *
     * <p>The host may cache its native form of the last message for the current loop iteration, keyed by the identity
     * of {@code payload} and the other arguments, because a broadcast passes the same array to many connections.
     *
     * @param binary whether it is a binary message; else a text message in UTF-8
     * @param prefix a byte to put before the payload inside the message (the Engine.IO packet type), or {@link #NO_PREFIX}
     * @param payload the bytes; must not be modified by either side
     * @param compress whether it may be compressed if permessage-deflate was negotiated
     */
    void send(boolean binary, int prefix, byte[] payload, boolean compress);

    /**
     * Starts writing to the socket from a thread that is not the loop, which skips a change to the loop and back. Any thread; never
     * blocks. Only one thread writes at a time: the loop waits for the end of such a write, which is one system call.
     *
     * @param bytes the size of all messages
     * @param messages the number of messages
     * @param compress as in {@link #send}
     * @return {@code null} when this is not possible now: something is queued, the connection is closing, or the host cannot do this for
     *     this connection. Otherwise {@link DirectWrite#finish} or {@link DirectWrite#fail} must be called on the same thread, soon
     */
    default @Nullable DirectWrite startDirect(long bytes, int messages, boolean compress) {
        return null;
    }

    /** On the loop: what a {@link DirectWrite} has left is queued now; {@link MessageListener#onDrained} is called when it is written. */
    default void queueRemaining() {}

    /** A write from a thread that is not the loop. */
    interface DirectWrite {
        /** Adds a message, as {@link MessageConnection#send}. */
        void add(boolean binary, int prefix, byte[] payload);

        /**
         * Writes the messages with one system call that does not block. What the socket does not take is kept, and later messages wait
         * for it.
         *
         * @return false when something was left: {@link MessageConnection#queueRemaining} must be called on the loop
         */
        boolean finish();

        /** Ends a write that failed with an exception: nothing of it is sent. The caller closes the connection. */
        void fail();
    }

    /**
     * The number of bytes that were queued by {@link #send} and not passed to the operating system yet. {@link
     * MessageListener#onDrained} is called when it becomes 0.
     */
    long pendingBytes();

    /**
     * Whether {@link #pendingBytes} are only messages of earlier loop iterations that the host has not tried to write yet, because many
     * connections are waiting to be flushed. The client is not slow then: volatile messages for it are not dropped.
     */
    default boolean isFlushPending() {
        return false;
    }

    /**
     * Starts or stops reading; initially on. While it is off, frames that were already read may still be delivered, and
     * the end of the connection may be detected late.
     */
    void autoRead(boolean on);

    /**
     * Starts the closing handshake after the queued messages; nothing is sent afterwards. Idempotent. {@link
     * MessageListener#onClose} is called when the peer has answered or the host's close timeout has expired.
     *
     * @param code the code, or {@link #NO_STATUS} for a close frame without one; a host that cannot send such a frame sends 1000
     * @param reason the text after the code, truncated to 123 bytes
     */
    void close(int code, String reason);

    /**
     * Ends the connection immediately; queued messages are lost. {@link MessageListener#onClose} is called. Idempotent.
     */
    void abort();
}
