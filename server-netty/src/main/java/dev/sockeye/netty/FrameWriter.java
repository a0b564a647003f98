package dev.sockeye.netty;

import static java.util.Objects.requireNonNull;

import dev.sockeye.engineio.host.MessageConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes the frames of a WebSocket. Small messages of a loop iteration are copied into one buffer; a large message is
 * written as its own frame, which is shared by a broadcast. Writes are flushed when the current batch of incoming bytes
 * has been read, otherwise at the end of the loop iteration.
 *
 * <p>On epoll, if there is no other handler in the pipeline, the buffer is written directly to the socket, bypassing
 * the channel's queue, which costs a third of a write through the pipeline. Bytes that the socket does not accept, and
 * all later ones until the queue is empty, are written through the queue.
 */
abstract class FrameWriter extends FrameDecoder implements MessageConnection.DirectWrite {

    private static final int COPY_LIMIT = 8 * 1024;
    private static final int DIRECT_LIMIT = 8 * 1024;
    private static final int SPINS = 200;
    private static final long WAIT_NANOS = 10_000;
    private static final int SMALLEST_BUFFER = 512;
    private static final int LARGEST_BUFFER = 16 * 1024;
    private static final int ENTRY_OVERHEAD =
            Integer.getInteger("io.netty.transport.outboundBufferEntrySizeOverhead", 96);

    final NettyLoop loop;
    final boolean tls;
    ChannelHandlerContext ctx;

    private static final VarHandle WRITER;

    static {
        try {
            WRITER = MethodHandles.lookup().findVarHandle(FrameWriter.class, "writer", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // The thread that may write to the socket. The loop holds it from the first byte of an iteration until all bytes
    // are written.
    private static final byte ALWAYS_LOOP = 0; // the connection is closing, or other threads cannot write to it
    private static final byte LOOP = 1;
    private static final byte NOBODY = 2; // nothing is pending: another thread may take it
    private static final byte OTHER = 3; // another thread makes its system call
    private static final byte REST = 4; // it could not write everything; the loop takes the rest first

    private @Nullable Http2Bytes stream; // of HTTP/2; null: a TCP connection
    private @Nullable Socket direct; // the socket if it can be written to directly
    private @Nullable ByteBuf out;
    private @Nullable ByteBuf shared; // the only message of this iteration so far; shared with other connections
    private int unflushedBytes;
    private int unflushedWrites;
    private boolean queued; // the channel's queue may not be empty
    private boolean dirty;
    private boolean sent; // since the last onSent
    private boolean drainAwaited;
    private volatile byte writer;
    private @Nullable ByteBuf directOut; // of the thread that writes, then its rest

    /** Uses the context of the handler that it replaces until {@link #handlerAdded} is called. */
    FrameWriter(ChannelHandlerContext replaced, NettyLoop loop, int maxMessageSize, boolean tls) {
        super(maxMessageSize);
        this.ctx = replaced;
        this.loop = loop;
        this.tls = tls;
    }

    @Override
    public final void handlerAdded(ChannelHandlerContext own) {
        ctx = own;
        if (!tls
                && own.channel() instanceof EpollSocketChannel channel
                && own.pipeline().firstContext() == own) {
            direct = (Socket) channel.fd();
            if (loop.guardsSockets()) {
                writer = LOOP;
                free();
            }
        } else if (own.channel() instanceof Http2StreamChannel) {
            stream = own.pipeline().get(Http2Bytes.class);
        }
    }

    /** Whether the channel's queue is not empty; {@code null} if the channel is closed. */
    private @Nullable Boolean queueEmpty() {
        Http2Bytes bytes = stream;
        if (bytes != null) {
            return ctx.channel().isOpen() ? bytes.pendingBytes() == 0 : null;
        }
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        return outbound == null ? null : outbound.isEmpty();
    }

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
        if (!tls && loop.repeated(payload) && out == null && shared == null) {
            shared = loop.frame(this, binary, prefix, payload).retain();
        } else if (payload.length <= COPY_LIMIT) {
            FrameEncoder.encode(room(payload.length + 1 + FrameEncoder.MAX_HEADER), binary, prefix, payload);
        } else {
            write(loop.frame(this, binary, prefix, payload).retainedDuplicate());
        }
        touch();
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

    private void touch() {
        if (!dirty) {
            dirty = true;
            loop.flushLater(this);
        }
    }

    /** A buffer that the socket writes without copying it again. */
    final ByteBuf allocate(int capacity) {
        return tls ? ctx.alloc().heapBuffer(capacity) : ctx.alloc().directBuffer(capacity);
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
            buffer = allocate(Math.max(SMALLEST_BUFFER, bytes));
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
            shared = null;
            out = allocate(Math.max(SMALLEST_BUFFER, length + more)).writeBytes(frame, frame.readerIndex(), length);
            frame.release();
        }
    }

    private void handOver() {
        ByteBuf frame = shared;
        if (frame != null) {
            shared = null;
            out = frame.duplicate();
        }
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            write(buffer);
        }
    }

    private void write(ByteBuf frame) {
        handOver();
        unflushedBytes += frame.readableBytes();
        unflushedWrites++;
        var unused = ctx.write(frame, ctx.channel().unsafe().voidPromise());
    }

    // ---- when to write

    /** Called at the end of the loop iteration. */
    final void flushTurn() {
        dirty = false;
        flush();
    }

    @Override
    public final void channelReadComplete(ChannelHandlerContext c) {
        if (dirty) {
            flush();
        }
    }

    final void flush() {
        Socket socket = direct;
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
            return false; // the channel will get the same error and close the connection
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
            write(frame.slice(begin + taken, end - begin - taken));
        }
        return false;
    }

    private void flushByQueue() {
        Boolean empty = queueEmpty();
        if (empty == null) {
            release();
            return;
        }
        if (shared != null) {
            if (empty) {
                handOver();
            } else {
                unshare(0);
            }
        }
        ByteBuf buffer = out;
        // while the socket is not writable, keep filling the buffer
        if (buffer != null && (empty || buffer.readableBytes() >= LARGEST_BUFFER / 2)) {
            handOver();
        }
        if (unflushedWrites > 0) {
            unflushedWrites = 0;
            unflushedBytes = 0;
            ctx.flush();
        }
        queued = Boolean.FALSE.equals(queueEmpty());
        if (sent || out != null) {
            settle();
        } else {
            free();
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
            // an empty write after all others completes when they have completed
            drainAwaited = true;
            queued = true;
            var unused = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) f -> drained());
        }
    }

    private boolean isIdle() {
        return out == null && shared == null && unflushedWrites == 0 && !queued;
    }

    // ---- who writes

    /** Nothing is pending: other threads may write. */
    private void free() {
        if (writer == LOOP && isIdle()) {
            writer = NOBODY;
        }
    }

    /** The loop is about to write: waits for the end of another thread's system call, and takes the bytes that it could not write. */
    private void claim() {
        byte now = writer;
        if (now != LOOP && now != ALWAYS_LOOP) {
            claim(now);
        }
    }

    private void claim(byte seen) {
        byte now = seen;
        for (int spins = 0; ; spins++) {
            if (now == REST) {
                writer = LOOP;
                takeRest();
                return;
            }
            if (now == NOBODY && WRITER.compareAndSet(this, NOBODY, LOOP)) {
                return;
            }
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(WAIT_NANOS); // that thread needs a processor
            }
            now = writer;
        }
    }

    private void takeRest() {
        ByteBuf rest = directOut;
        directOut = null;
        if (rest != null) {
            sent = true;
            write(rest);
        }
    }

    /** From now on, only the loop writes. The socket may be closed after this. */
    final void keepToLoop() {
        claim();
        writer = ALWAYS_LOOP;
    }

    /** As {@link MessageConnection#startDirect}. */
    final MessageConnection.@Nullable DirectWrite startDirect(long bytes, int messages) {
        if (bytes > DIRECT_LIMIT || writer != NOBODY || !WRITER.compareAndSet(this, NOBODY, OTHER)) {
            return null;
        }
        try {
            ByteBuf buffer = loop.takeBuffer((int) bytes + messages * (1 + FrameEncoder.MAX_HEADER));
            if (buffer.hasMemoryAddress()) {
                directOut = buffer;
                return this;
            }
            writer = NOBODY;
            loop.giveBuffer(buffer);
            return null;
        } catch (RuntimeException | Error e) {
            writer = NOBODY;
            throw e;
        }
    }

    @Override
    public final void add(boolean binary, int prefix, byte[] payload) {
        FrameEncoder.encode(requireNonNull(directOut), binary, prefix, payload);
    }

    @Override
    public final boolean finish() {
        ByteBuf buffer = requireNonNull(directOut);
        Socket socket = requireNonNull(direct);
        int end = buffer.writerIndex();
        int taken = 0;
        try {
            if (socket.isOpen()) {
                taken = socket.sendAddress(buffer.memoryAddress(), 0, end);
            }
        } catch (IOException e) {
            // the channel will get the same error and close the connection
        }
        if (taken == end) {
            directOut = null;
            writer = NOBODY;
            loop.giveBuffer(buffer);
            return true;
        }
        buffer.readerIndex(Math.max(taken, 0));
        writer = REST;
        return false;
    }

    @Override
    public final void fail() {
        if (writer == OTHER) { // it is this thread's; otherwise finish has ended the write
            directOut = null;
            writer = REST;
        }
    }

    /** Queues what another thread could not write. */
    public final void queueRest() {
        if (writer == REST) {
            claim();
            touch();
        }
    }

    private void drained() {
        drainAwaited = false;
        onQueueEmpty();
        flushByQueue();
    }

    /** The number of bytes that were not passed to the operating system yet. */
    final long unsentBytes() {
        ByteBuf buffer = shared == null ? out : shared;
        long pending = buffer == null ? 0 : buffer.readableBytes();
        Http2Bytes bytes = stream;
        if (bytes != null) {
            return pending + bytes.pendingBytes();
        }
        if (tls) {
            pending += unflushedBytes;
        }
        if (unflushedWrites > 0 || queued) {
            ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
            if (outbound != null) {
                int entries = outbound.size() + (tls ? 0 : unflushedWrites);
                pending += Math.max(0, outbound.totalPendingWriteBytes() - (long) ENTRY_OVERHEAD * entries);
            }
        }
        return pending;
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
