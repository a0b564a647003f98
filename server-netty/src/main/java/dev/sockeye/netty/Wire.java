package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The connection under a WebSocket: a queue of buffers that are written in their order, and reading. For the loop's thread only. */
interface Wire {

    /** A buffer that can be written without copying it again. */
    ByteBuf allocate(int capacity);

    /** Whether all flushed buffers have been passed to the operating system; {@code null} if the connection is closed. */
    @Nullable
    Boolean isQueueEmpty();

    /** The bytes in the queue, without the overhead of the queue itself. */
    long pendingBytes(int unflushedWrites, int unflushedBytes, boolean queued);

    /** Appends a buffer to the queue; releases it when it was written. */
    void write(ByteBuf frame);

    /**
     * Appends the last buffer before a flush, and calls {@link FrameWriter#drained} when it was written. Returns false, and does
     * nothing, if buffers are usually written during the flush.
     */
    boolean writeLast(ByteBuf frame);

    /** Writes as much of the queue as the operating system accepts, and the rest when it accepts more. */
    void flush();

    /** Calls {@link FrameWriter#drained} when everything before has been written. Includes a flush. */
    void awaitDrain();

    /** Everything of which {@link #awaitDrain} was told has been written. */
    void onDrained();

    void autoRead(boolean on);

    /** Closes the connection when the queue has been written. Includes a flush. */
    void closeWhenWritten();

    /**
     * Ends this side of the connection when the queue has been written, unless it is an encrypted TCP connection. Includes a flush.
     */
    void shutdownWhenWritten();

    /** Closes the connection at once; {@link FrameWriter#onInactive} is called later. */
    void abort();
}
