package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the frames of a WebSocket. Small messages of a loop iteration are copied into one buffer; a large message is
 * written as its own frame, which is shared by a broadcast. Writes are flushed when the current batch of incoming bytes
 * has been read, otherwise at the end of the loop iteration, or a little later if they are broadcasts ({@link FlushQueue}).
 *
 * <p>On epoll, if there is no other handler in the pipeline, the buffer is written directly to the socket, bypassing
 * the queue of the {@link Wire}, which costs a third of a write through the pipeline. Bytes that the socket does not accept, and
 * all later ones until the queue is empty, are written through the queue.
 */
abstract class FrameWriter extends SharedSocket {

    private static final System.Logger LOG = System.getLogger(FrameWriter.class.getName());
    private static final int COPY_LIMIT = 8 * 1024;
    private static final int SMALLEST_BUFFER = 512;
    static final int LARGEST_BUFFER = 16 * 1024;
    final boolean tls;
    private Wire wire;

    private static final byte ANSWER = 1;
    private static final byte RECEIVER = 2;

    private @Nullable ByteBuf out;
    private @Nullable ByteBuf shared; // the only message of this iteration so far; shared with other connections
    private int unflushedBytes;
    private int unflushedWrites;
    private boolean queued; // the wire's queue may not be empty
    private byte listed; // in the loop's queue as ANSWER, RECEIVER or both
    private byte touchedIn; // the turn of the last write
    private boolean active; // the client has sent something since it was last flushed as ANSWER
    private boolean sent; // since the last onSent
    private boolean drainAwaited;

    @SuppressWarnings("NullAway.Init") // connect follows
    FrameWriter(NettyLoop loop, int maxMessageSize, boolean tls) {
        super(loop, maxMessageSize);
        this.tls = tls;
    }

    /** Uses this connection from now on. */
    final void connect(Wire next) {
        wire = next;
    }

    final Wire wire() {
        return wire;
    }

    /** Whether the wire has nothing to write, so that it can be replaced. */
    final boolean isWireIdle() {
        return unflushedWrites == 0 && !drainAwaited && Boolean.TRUE.equals(wire.isQueueEmpty());
    }

    /** Whether the wire's queue will be flushed at the end of this iteration. */
    final boolean hasUnflushedWrites() {
        return unflushedWrites > 0;
    }

    /** Whether the connection is closing, or closed. */
    abstract boolean isClosing();

    /** The connection is closed. */
    abstract void onInactive();

    /** The connection has failed. */
    abstract void onError(Throwable cause);

    /** All sent messages have been passed to the operating system. */
    abstract void onSent();

    /** The queue is empty again. */
    abstract void onQueueEmpty();

    // ---- what to write

    final void sendText(CharSequence ascii) {
        claim();
        room(ascii.length()).writeCharSequence(ascii, java.nio.charset.StandardCharsets.ISO_8859_1);
        touch();
    }

    final void sendMessage(boolean binary, int prefix, byte[] payload) {
        claim();
        sent = true;
        boolean broadcast = loop.repeated(payload);
        if (!tls && broadcast && out == null && shared == null) {
            shared = loop.frame(this, binary, prefix, payload).retain();
        } else if (payload.length <= COPY_LIMIT) {
            FrameEncoder.encode(room(payload.length + 1 + FrameEncoder.MAX_HEADER), binary, prefix, payload);
        } else {
            write(loop.frame(this, binary, prefix, payload).retainedDuplicate());
        }
        if (broadcast) {
            touchReceiver();
        } else {
            touch();
        }
    }

    final void sendCompressed(boolean binary, int prefix, byte[] payload, Deflate deflate) {
        claim();
        sent = true;
        deflate.compress(prefix, payload);
        ByteBuf frame = allocate(deflate.resultLength() + FrameEncoder.MAX_HEADER);
        FrameEncoder.encodeCompressed(frame, binary, deflate.takeResult(), deflate.resultLength());
        write(frame);
        touch();
    }

    final void sendControl(int opcode, byte[] payload) {
        claim();
        FrameEncoder.encodeControl(room(payload.length + FrameEncoder.MAX_HEADER), opcode, payload);
        touch();
    }

    /** Something was written to this client only: it leaves at the end of the iteration. */
    private void touch() {
        touchedIn = loop.flushQueue().turn();
        if ((listed & ANSWER) == 0) {
            listed |= ANSWER;
            loop.flushQueue().addAnswer(this);
        }
    }

    /** A broadcast was written: it may wait until the loop has flushed earlier receivers. */
    private void touchReceiver() {
        FlushQueue queue = loop.flushQueue();
        ByteBuf buffer = out;
        if (active || (buffer != null && buffer.readableBytes() > FlushQueue.MERGE_LIMIT)) {
            touch();
            return;
        }
        touchedIn = queue.turn();
        if (listed == 0) {
            listed = RECEIVER;
            queue.addReceiver(this);
        } else {
            queue.addedMessage();
        }
    }

    /** Whether all that waits to be written are broadcasts of earlier iterations, whose turn has not come. */
    final boolean isWaitingReceiver() {
        return listed == RECEIVER && touchedIn != loop.flushQueue().turn() && unflushedWrites == 0 && !queued;
    }

    /** The client has sent something: what is written next is its answer. */
    final void received() {
        active = true;
    }

    /** A buffer that the socket writes without copying it again. */
    final ByteBuf allocate(int capacity) {
        return wire.allocate(capacity);
    }

    /** Returns the buffer of this iteration with room for this many bytes. */
    private ByteBuf room(int bytes) {
        unshare(bytes);
        ByteBuf buffer = out;
        if (buffer != null && buffer.writableBytes() < bytes) {
            if (buffer.readableBytes() + bytes <= LARGEST_BUFFER) {
                buffer.ensureWritable(bytes);
            } else {
                handOver();
                buffer = null;
            }
        }
        if (buffer == null) {
            int capacity = Math.max(SMALLEST_BUFFER, bytes);
            // usually written directly before another WebSocket needs it
            buffer = socket() != null && !queued
                    ? loop.outBuffer().take(PooledByteBufAllocator.DEFAULT, capacity)
                    : allocate(capacity);
            out = buffer;
        }
        return buffer;
    }

    /** Copies the shared frame, because more messages follow or it must be queued. */
    private void unshare(int more) {
        ByteBuf frame = shared;
        if (frame == null) {
            return;
        }
        int length = frame.readableBytes();
        if (length > COPY_LIMIT) {
            handOver();
        } else {
            out = allocate(Math.max(SMALLEST_BUFFER, length + more)).writeBytes(frame, frame.readerIndex(), length);
            shared = null;
            frame.release();
        }
    }

    private void takeShared() {
        ByteBuf frame = shared;
        if (frame != null) {
            shared = null;
            out = frame.duplicate();
        }
    }

    private void handOver() {
        takeShared();
        ByteBuf buffer = own(out);
        if (buffer != null) {
            out = null;
            append(buffer);
        }
    }

    private void write(ByteBuf frame) {
        handOver();
        append(frame);
    }

    private void append(ByteBuf frame) {
        unflushedBytes += frame.readableBytes();
        unflushedWrites++;
        wire.write(frame);
    }

    /** The last write before a flush. If it is known to complete later, this saves the empty write that is otherwise needed to notice it. */
    private void handOverLast() {
        ByteBuf buffer = out;
        if (buffer == null || drainAwaited) {
            handOver();
            return;
        }
        int bytes = buffer.readableBytes();
        out = null;
        drainAwaited = true;
        if (wire.writeLast(buffer)) {
            unflushedBytes += bytes;
            unflushedWrites++;
        } else {
            drainAwaited = false;
            append(buffer);
        }
    }

    // ---- when to write

    final void flushAnswer() {
        listed &= ~ANSWER;
        active = false;
        flush();
    }

    final void flushReceiver() {
        listed &= ~RECEIVER;
        flush();
    }

    /** A flush has thrown, for example because no memory was left: closes the connection, because messages may be lost. */
    final void flushFailed(Throwable cause) {
        try {
            onError(cause);
        } catch (RuntimeException | Error e) {
            cause.addSuppressed(e);
            LOG.log(System.Logger.Level.DEBUG, "a WebSocket whose flush has failed cannot be closed", cause);
        }
    }

    /** All that had arrived has been decoded. */
    final void readComplete() {
        if (listed != 0) {
            flush();
        }
    }

    final void flush() {
        Socket socket = socket();
        if (socket == null || queued || unflushedWrites > 0 || !writePastQueue(socket)) {
            flushByQueue();
        } else {
            free();
            if (sent) {
                sent = false;
                onSent();
            }
        }
    }

    /** Makes one system call; returns whether it has written everything. */
    private boolean writePastQueue(Socket socket) {
        ByteBuf frame = shared == null ? out : shared;
        if (frame == null) {
            return true;
        }
        // a closed descriptor's number may belong to another connection already
        if (!socket.isOpen() || !frame.hasMemoryAddress()) {
            return false;
        }
        int begin = frame.readerIndex();
        int end = frame.writerIndex();
        int taken;
        try {
            taken = socket.sendAddress(frame.memoryAddress(), begin, end);
        } catch (IOException e) {
            return false; // the wire will get the same error and close the connection
        }
        if (taken == end - begin) {
            shared = null;
            out = null;
            frame.release();
            return true;
        }
        if (taken > 0) {
            shared = null;
            out = null;
            ByteBuf rest = frame.slice(begin + taken, end - begin - taken);
            if (loop.outBuffer().owns(frame)) {
                ByteBuf copy = allocate(rest.readableBytes()).writeBytes(rest);
                frame.release();
                rest = copy;
            }
            write(rest);
        }
        return false;
    }

    /** Copies what remains in the loop's buffer, which must not wait for a slow client. */
    private @Nullable ByteBuf own(@Nullable ByteBuf buffer) {
        if (buffer == null || !loop.outBuffer().owns(buffer)) {
            return buffer;
        }
        ByteBuf copy = allocate(buffer.readableBytes()).writeBytes(buffer);
        out = copy;
        buffer.release();
        return copy;
    }

    private void flushByQueue() {
        Boolean empty = wire.isQueueEmpty();
        if (empty == null) {
            release();
            return;
        }
        if (shared != null) {
            if (empty) {
                takeShared();
            } else {
                unshare(0);
            }
        }
        ByteBuf buffer = own(out);
        // while the socket is not writable, keep filling the buffer
        if (buffer != null && (empty || buffer.readableBytes() >= LARGEST_BUFFER / 2)) {
            handOverLast();
        }
        if (unflushedWrites > 0) {
            unflushedWrites = 0;
            unflushedBytes = 0;
            wire.flush();
        }
        queued = Boolean.FALSE.equals(wire.isQueueEmpty());
        if (sent || out != null || queued) {
            settle();
        } else {
            free();
        }
    }

    /** Closes the connection when everything has been written. */
    final void closeWhenWritten() {
        handOverAll();
        wire.closeWhenWritten();
    }

    /** As {@link Wire#shutdownWhenWritten}. */
    final void shutdownWhenWritten() {
        handOverAll();
        wire.shutdownWhenWritten();
    }

    /** Appends what waits for an empty queue, because the connection ends behind the queue. */
    private void handOverAll() {
        handOver();
        if (unflushedWrites > 0) { // the wire flushes them
            unflushedWrites = 0;
            unflushedBytes = 0;
            queued = true;
        }
    }

    private void settle() {
        if (isIdle()) {
            free();
            if (sent) {
                sent = false;
                onSent();
            }
        } else if (!drainAwaited) {
            drainAwaited = true;
            queued = true;
            wire.awaitDrain();
        }
    }

    @Override
    final boolean isIdle() {
        return out == null && shared == null && unflushedWrites == 0 && !queued;
    }

    @Override
    final void takeRest(ByteBuf rest) {
        sent = true;
        write(rest);
    }

    /** Queues what another thread could not write. */
    public final void queueRemaining() {
        if (hasRest()) {
            claim();
            touch();
        }
    }

    /** What was written before {@link Wire#awaitDrain} has been passed to the operating system. */
    final void drained() {
        drainAwaited = false;
        try {
            onQueueEmpty();
            flushByQueue();
            wire.onDrained();
        } catch (RuntimeException | Error e) {
            flushFailed(e);
        }
    }

    /** The number of bytes that were not passed to the operating system yet. */
    final long unsentBytes() {
        ByteBuf buffer = shared == null ? out : shared;
        long pending = buffer == null ? 0 : buffer.readableBytes();
        return pending + wire.pendingBytes(unflushedWrites, unflushedBytes, queued);
    }

    final void release() {
        keepToLoop();
        ByteBuf frame = shared;
        if (frame != null) {
            shared = null;
            frame.release();
        }
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            buffer.release();
        }
    }
}
