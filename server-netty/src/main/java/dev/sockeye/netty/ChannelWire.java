package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** A WebSocket's connection that is a Netty channel; the last handler of its pipeline. */
final class ChannelWire extends ChannelInboundHandlerAdapter implements Wire {

    private static final int ENTRY_OVERHEAD =
            Integer.getInteger("io.netty.transport.outboundBufferEntrySizeOverhead", 96);

    private final FrameWriter owner;
    private ChannelHandlerContext ctx;
    private @Nullable Http2Bytes stream; // of HTTP/2; null: a TCP connection
    private @Nullable ChannelFutureListener written; // of io_uring: writes complete after the flush
    private @Nullable Socket socket; // that can be written to directly
    private boolean movable;
    private @Nullable SocketWire successor;

    /**
     * Uses the context of the handler that it replaces until {@link #handlerAdded} is called.
     */
    ChannelWire(FrameWriter owner, ChannelHandlerContext replaced) {
        this.owner = owner;
        this.ctx = replaced;
        owner.connect(this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext own) {
        ctx = own;
        if (!owner.tls
                && own.channel() instanceof EpollSocketChannel channel
                && own.pipeline().firstContext() == own) {
            Socket direct = (Socket) channel.fd();
            socket = direct;
            owner.writeTo(direct);
        } else if (!owner.tls && own.channel() instanceof IoUringSocketChannel) {
            written = f -> owner.drained();
        } else if (own.channel() instanceof Http2StreamChannel) {
            stream = own.pipeline().get(Http2Bytes.class);
        }
    }

    // ---- replacing the channel

    /**
     * Replaces the channel by a {@link SocketWire}, which needs less memory and time, as soon as the channel has nothing to
     * write. Only for connections that nobody else refers to.
     */
    void moveToSocket() {
        if (socket != null && SocketWire.supported(ctx.channel().eventLoop())) {
            movable = true;
            moveLater();
        }
    }

    private void moveLater() {
        owner.loop.execute(this::move); // not while the channel is reading
    }

    private void move() {
        Socket direct = socket;
        if (!movable || direct == null || !ctx.channel().isOpen() || owner.isClosing()) {
            return;
        }
        if (!owner.isWireIdle()) {
            if (owner.hasUnflushedWrites()) {
                // after the flush, which follows the loop's tasks
                var unused = owner.loop.executeAtTurnEnd(this::moveLater);
            } // otherwise onDrained tries again
            return;
        }
        movable = false;
        boolean reading = ctx.channel().config().isAutoRead();
        SocketWire next = new SocketWire(owner, direct, reading);
        successor = next;
        owner.connect(next);
        var unused = ctx.channel().deregister().addListener((ChannelFutureListener) f -> {
            if (f.isSuccess()) {
                next.start();
            } else {
                closeChannel();
            }
        });
    }

    /** The system's socket is about to be closed, or to leave its loop. */
    void beforeDeregistration() {
        owner.keepToLoop();
    }

    // ---- events of the channel

    @Override
    public void channelRead(ChannelHandlerContext c, Object msg) {
        try {
            if (msg instanceof ByteBuf in) {
                owner.decode(in);
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext c) {
        owner.readComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext c) {
        SocketWire next = successor;
        if (next != null) {
            next.close();
        } else {
            owner.onInactive();
        }
    }

    @Override
    @SuppressWarnings("deprecation")
    public void exceptionCaught(ChannelHandlerContext c, Throwable cause) {
        owner.onError(cause);
    }

    // ---- writing

    @Override
    public ByteBuf allocate(int capacity) {
        return owner.tls ? ctx.alloc().heapBuffer(capacity) : ctx.alloc().directBuffer(capacity);
    }

    @Override
    public @Nullable Boolean isQueueEmpty() {
        Http2Bytes bytes = stream;
        if (bytes != null) {
            return ctx.channel().isOpen() ? bytes.pendingBytes() == 0 : null;
        }
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        return outbound == null ? null : outbound.isEmpty();
    }

    @Override
    public long pendingBytes(int unflushedWrites, int unflushedBytes, boolean queued) {
        Http2Bytes bytes = stream;
        if (bytes != null) {
            return bytes.pendingBytes();
        }
        long pending = owner.tls ? unflushedBytes : 0;
        if (unflushedWrites > 0 || queued) {
            ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
            if (outbound != null) {
                int entries = outbound.size() + (owner.tls ? 0 : unflushedWrites);
                pending += Math.max(0, outbound.totalPendingWriteBytes() - (long) ENTRY_OVERHEAD * entries);
            }
        }
        return pending;
    }

    @Override
    public void write(ByteBuf frame) {
        var unused = ctx.write(frame, ctx.channel().unsafe().voidPromise());
    }

    @Override
    public boolean writeLast(ByteBuf frame) {
        ChannelFutureListener listener = written;
        if (listener == null) {
            return false;
        }
        var unused = ctx.write(frame, ctx.newPromise().addListener(listener));
        return true;
    }

    @Override
    public void flush() {
        ctx.flush();
    }

    @Override
    public void awaitDrain() {
        // an empty write after all others completes when they have completed
        var unused = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) f -> owner.drained());
    }

    @Override
    public void onDrained() {
        if (movable) {
            moveLater();
        }
    }

    // ---- reading and closing

    @Override
    public void autoRead(boolean on) {
        ctx.channel().config().setAutoRead(on);
    }

    @Override
    public void closeWhenWritten() {
        var unused = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void shutdownWhenWritten() {
        var unused = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) f -> {
            if (stream != null) {
                var unusedEnd = f.channel().close(); // by Http2Bytes: ends our side
            } else if (!owner.tls && f.channel() instanceof DuplexChannel channel) {
                var unusedShutdown = channel.shutdownOutput();
            }
        });
    }

    @Override
    public void abort() {
        closeChannel();
    }

    private void closeChannel() {
        ctx.channel().unsafe().close(ctx.channel().unsafe().voidPromise());
    }
}
