package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a WebSocket. Small messages are copied together into one buffer for the turn; large ones go as a frame of their
 * own, which a broadcast shares. What was written is flushed when the current batch of incoming bytes has been read, else at the
 * end of the turn.
 *
 * <p>On epoll, with no other handler between, a turn's buffer is given to the system at once, past the channel's queue: that
 * costs a third of the way through the pipeline, and touches none of its objects. What the system does not take goes by the
 * queue, and all that follows too until the queue is empty.
 */
abstract class FrameWriter extends FrameDecoder {

    private static final int COPY_LIMIT = 8 * 1024;
    private static final int SMALLEST_BUFFER = 512;
    private static final int LARGEST_BUFFER = 16 * 1024;
    private static final int ENTRY_OVERHEAD =
            Integer.getInteger("io.netty.transport.outboundBufferEntrySizeOverhead", 96);

    final NettyLoop loop;
    final boolean tls;
    ChannelHandlerContext ctx;

    private @Nullable Http2Bytes stream; // of HTTP/2; null: a TCP connection
    private @Nullable Socket direct; // the system's socket when it can be written to past the pipeline
    private @Nullable ByteBuf out;
    private @Nullable ByteBuf shared; // the only message of this turn so far, one that goes to many; not ours alone
    private int unflushedBytes;
    private int unflushedWrites;
    private boolean queued; // something may be in the channel's queue
    private boolean dirty;
    private boolean sent; // since the last onSent
    private boolean drainAwaited;

    /** Takes the context of the handler that it replaces; its own comes with {@link #handlerAdded}. */
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
        } else if (own.channel() instanceof Http2StreamChannel) {
            stream = own.pipeline().get(Http2Bytes.class);
        }
    }

    /** Whether something is in the channel's queue; {@code null} when the channel is closed. */
    private @Nullable Boolean queueEmpty() {
        Http2Bytes bytes = stream;
        if (bytes != null) {
            return ctx.channel().isOpen() ? bytes.pendingBytes() == 0 : null;
        }
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        return outbound == null ? null : outbound.isEmpty();
    }

    /** All messages that were sent have been given to the system. */
    abstract void onSent();

    /** The queue, in which something had to wait, is empty again. */
    abstract void onQueueEmpty();

    // ---- what to write

    final void sendText(CharSequence ascii) {
        room(ascii.length()).writeCharSequence(ascii, java.nio.charset.StandardCharsets.ISO_8859_1);
        touch();
    }

    final void sendMessage(boolean binary, int prefix, byte[] payload) {
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
        sent = true;
        deflate.compress(prefix, payload);
        ByteBuf frame = allocate(deflate.resultLength() + FrameEncoder.MAX_HEADER);
        FrameEncoder.encodeCompressed(frame, binary, deflate.takeResult(), deflate.resultLength());
        write(frame);
        touch();
    }

    final void sendControl(int opcode, byte[] payload) {
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

    /** This turn's buffer with room for so many bytes. */
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

    /** Makes a shared frame one's own, because more follows or it has to wait. */
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

    /** The end of a turn. */
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
        } else if (sent) {
            sent = false;
            onSent();
        }
    }

    /** One call of the system; whether it took all that this turn has to say. */
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
            return false; // the channel will meet it too, and end the connection
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
        // while the system takes nothing, go on filling the buffer
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
        }
    }

    private void settle() {
        if (out == null && shared == null && unflushedWrites == 0 && !queued) {
            if (sent) {
                sent = false;
                onSent();
            }
        } else if (!drainAwaited) {
            // an empty write behind all others: done when they are
            drainAwaited = true;
            queued = true;
            var unused = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) f -> drained());
        }
    }

    private void drained() {
        drainAwaited = false;
        onQueueEmpty();
        flushByQueue();
    }

    /** Bytes not given to the system yet. */
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
