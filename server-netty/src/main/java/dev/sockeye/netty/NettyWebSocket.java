package dev.sockeye.netty;

import static java.util.Objects.requireNonNull;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.WebSocketConnection;
import dev.sockeye.engineio.host.WebSocketListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An open WebSocket: the only handler of its channel (after TLS). States: open; closing (a close frame was sent, the peer's is
 * awaited); over (the listener was told, the TCP connection ends).
 *
 * <p>Small messages are copied together into one buffer for the turn; large ones go as a frame of their own, which a broadcast
 * shares. What was written is flushed when the current batch of incoming bytes has been read, else at the end of the turn.
 */
final class NettyWebSocket extends FrameDecoder implements WebSocketConnection {

    private static final int COPY_LIMIT = 1024;
    private static final int SMALLEST_BUFFER = 512;
    private static final int LARGEST_BUFFER = 16 * 1024;
    private static final int PONG_BACKLOG = 64 * 1024;
    private static final int NO_STATUS = 1005;
    private static final int ENTRY_OVERHEAD =
            Integer.getInteger("io.netty.transport.outboundBufferEntrySizeOverhead", 96);
    private static final System.Logger LOG = System.getLogger(NettyWebSocket.class.getName());

    private ChannelHandlerContext ctx;
    private final NettyLoop loop;
    private final NettyHostOptions options;
    private final @Nullable Deflate deflate;
    private final boolean tls;
    private WebSocketListener listener;

    private @Nullable ByteBuf out;
    private @Nullable ByteBuf shared; // the only message of this turn so far, one that goes to many
    private byte @Nullable [] latePong;
    private EngineLoop.@Nullable Timer closeTimer;
    private int unflushedBytes;
    private int unflushedWrites;
    private short closeCode; // as sent; 0 when none was
    private boolean dirty;
    private boolean sent; // since the last onDrained
    private boolean drainAwaited;
    private boolean over;

    /** Takes the context of the handler that it replaces; its own comes with {@link #handlerAdded}. */
    NettyWebSocket(
            ChannelHandlerContext replaced,
            NettyLoop loop,
            NettyHostOptions options,
            int maxMessageSize,
            @Nullable Deflate deflate,
            boolean tls,
            WebSocketListener listener) {
        super(maxMessageSize);
        this.ctx = replaced;
        this.loop = loop;
        this.options = options;
        this.deflate = deflate;
        this.tls = tls;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext own) {
        ctx = own;
    }

    /** Begins: writes the 101 answer, then goes on with the bytes that came too early. */
    void open(CharSequence answer, @Nullable ByteBuf early) {
        ByteBuf buffer = room(answer.length());
        buffer.writeCharSequence(answer, StandardCharsets.ISO_8859_1);
        touch();
        try {
            listener.onOpen(this);
        } catch (RuntimeException | Error e) {
            broken(e);
        }
        if (early != null) {
            decode(early);
        }
    }

    @Override
    public EngineLoop loop() {
        return loop;
    }

    // ---- sending

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        assert loop.inLoop();
        if (closeCode != 0 || over) {
            return;
        }
        sent = true;
        if (deflate != null && compress && deflate.wants(payload.length)) {
            deflate.compress(prefix, payload);
            ByteBuf frame = allocate(deflate.resultLength() + FrameEncoder.MAX_HEADER);
            FrameEncoder.encodeCompressed(frame, binary, deflate.takeResult(), deflate.resultLength());
            write(frame);
        } else if (payload.length <= COPY_LIMIT) {
            if (loop.repeated(payload) && out == null && shared == null && !tls) {
                shared = loop.frame(this, binary, prefix, payload).retainedDuplicate();
                touch();
                return;
            }
            FrameEncoder.encode(room(payload.length + 1 + FrameEncoder.MAX_HEADER), binary, prefix, payload);
        } else {
            write(loop.frame(this, binary, prefix, payload).retainedDuplicate());
        }
        touch();
    }

    private void control(int opcode, byte[] payload) {
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
    ByteBuf allocate(int capacity) {
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
        if (frame != null) {
            shared = null;
            int length = frame.readableBytes();
            out = allocate(Math.max(SMALLEST_BUFFER, length + more)).writeBytes(frame);
            frame.release();
        }
    }

    private void handOver() {
        ByteBuf frame = shared;
        if (frame != null) {
            shared = null;
            out = frame;
        }
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            unflushedBytes += buffer.readableBytes();
            unflushedWrites++;
            var unused = ctx.write(buffer, ctx.channel().unsafe().voidPromise());
        }
    }

    private void write(ByteBuf frame) {
        handOver();
        unflushedBytes += frame.readableBytes();
        unflushedWrites++;
        var unused = ctx.write(frame, ctx.channel().unsafe().voidPromise());
    }

    /** The end of a turn. */
    void flushTurn() {
        dirty = false;
        flush();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext c) {
        if (dirty) {
            flush();
        }
    }

    private void flush() {
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        if (outbound == null) {
            release();
            return;
        }
        if (shared != null) {
            if (outbound.isEmpty()) {
                handOver();
            } else {
                unshare(0);
            }
        }
        ByteBuf buffer = out;
        // while the system takes nothing, go on filling the buffer
        if (buffer != null && (outbound.isEmpty() || buffer.readableBytes() >= LARGEST_BUFFER / 2)) {
            handOver();
        }
        if (unflushedWrites > 0) {
            unflushedWrites = 0;
            unflushedBytes = 0;
            ctx.flush();
        }
        if (sent || out != null) {
            settle(outbound);
        }
    }

    private void settle(ChannelOutboundBuffer outbound) {
        if (out == null && shared == null && unflushedWrites == 0 && outbound.isEmpty()) {
            if (sent) {
                sent = false;
                try {
                    listener.onDrained();
                } catch (RuntimeException | Error e) {
                    broken(e);
                }
            }
        } else if (!drainAwaited) {
            // an empty write behind all others: done when they are
            drainAwaited = true;
            var unused = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) f -> drained());
        }
    }

    private void drained() {
        drainAwaited = false;
        byte[] pong = latePong;
        if (pong != null) {
            latePong = null;
            if (closeCode == 0 && !over) {
                control(FrameEncoder.PONG, pong);
            }
        }
        flush();
    }

    @Override
    public long pendingBytes() {
        ByteBuf buffer = out;
        long pending = buffer == null ? 0 : buffer.readableBytes();
        if (shared != null) {
            pending = shared.readableBytes();
        }
        if (tls) {
            pending += unflushedBytes;
        }
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        if (outbound != null && (unflushedWrites > 0 || !outbound.isEmpty())) {
            int entries = outbound.size() + (tls ? 0 : unflushedWrites);
            pending += Math.max(0, outbound.totalPendingWriteBytes() - (long) ENTRY_OVERHEAD * entries);
        }
        return pending;
    }

    // ---- receiving

    @Override
    void onMessage(boolean binary, byte[] data) {
        if (closeCode != 0) {
            return; // the peer's answer to our close is all that counts
        }
        try {
            if (binary) {
                listener.onBinary(data);
            } else {
                listener.onText(data);
            }
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    @Override
    boolean compressionNegotiated() {
        return deflate != null;
    }

    @Override
    byte @Nullable [] inflate(byte[] data, int length, int maxMessageSize) {
        try {
            byte[] inflated = requireNonNull(deflate).inflate(data, length, maxMessageSize);
            if (inflated == null) {
                fail(1009, "Max payload size exceeded");
            }
            return inflated;
        } catch (java.util.zip.DataFormatException e) {
            fail(1007, "invalid compressed data");
            return null;
        }
    }

    @Override
    void onControl(int opcode, byte[] payload) {
        if (opcode == FrameEncoder.CLOSE) {
            onCloseFrame(payload);
        } else if (opcode == FrameEncoder.PING && closeCode == 0) {
            if (pendingBytes() > PONG_BACKLOG) {
                latePong = payload;
            } else {
                control(FrameEncoder.PONG, payload);
            }
        }
    }

    private void onCloseFrame(byte[] payload) {
        int code = NO_STATUS;
        if (payload.length == 1) {
            fail(1002, "invalid payload length 1");
            return;
        } else if (payload.length >= 2) {
            code = ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
            if (!sendable(code)) {
                fail(1002, "invalid status code " + code);
                return;
            }
            if (Utf8.check(Utf8.START, payload, 2, payload.length) != Utf8.START) {
                fail(1007, "Invalid UTF-8 sequence");
                return;
            }
        }
        stop();
        if (closeCode == 0) {
            sendClose(code, "");
        }
        end(code, null);
        flush();
        startCloseTimer();
        var unused = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private static boolean sendable(int code) {
        return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
                || (code >= 3000 && code <= 4999);
    }

    @Override
    public void autoRead(boolean on) {
        if (on || (closeCode == 0 && !over)) {
            ctx.channel().config().setAutoRead(on);
        }
    }

    // ---- the end

    @Override
    public void close(int code, String reason) {
        assert loop.inLoop();
        if (closeCode != 0 || over) {
            return;
        }
        sendClose(code, reason);
        touch();
        autoRead(true);
        startCloseTimer();
    }

    private void sendClose(int code, String reason) {
        byte[] payload = {};
        if (code != NO_STATUS) {
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            int length = Math.min(text.length, 123);
            while (length < text.length && (text[length] & 0xc0) == 0x80) {
                length--; // not inside a character
            }
            payload = Arrays.copyOf(new byte[] {(byte) (code >> 8), (byte) code}, 2 + length);
            System.arraycopy(text, 0, payload, 2, length);
        }
        closeCode = (short) code;
        FrameEncoder.encodeControl(room(payload.length + FrameEncoder.MAX_HEADER), FrameEncoder.CLOSE, payload);
    }

    @Override
    void fail(int code, String why) {
        fail(code, new WebSocketViolation(why));
    }

    private void broken(Throwable e) {
        LOG.log(System.Logger.Level.WARNING, "a WebSocket listener threw", e);
        fail(1011, e);
    }

    /** Sends a close frame and takes nothing any more; the peer has the close timeout to go. */
    private void fail(int code, Throwable error) {
        stop();
        if (over) {
            return;
        }
        if (closeCode == 0) {
            sendClose(code, "");
        }
        end(code, error);
        ctx.channel().config().setAutoRead(true);
        startCloseTimer();
        flush();
        // ends our side only, so that bytes still coming do not make the system reset the connection before the peer
        // has
        // read the close frame
        var unused = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) f -> {
            if (!tls && f.channel() instanceof DuplexChannel channel) {
                var unusedShutdown = channel.shutdownOutput();
            }
        });
    }

    private void startCloseTimer() {
        if (closeTimer == null) {
            closeTimer = loop.schedule(this::abort, options.closeTimeout);
        }
    }

    @Override
    public void abort() {
        assert loop.inLoop();
        ctx.channel().unsafe().close(ctx.channel().unsafe().voidPromise());
    }

    @Override
    public void channelInactive(ChannelHandlerContext c) {
        stop();
        EngineLoop.Timer timer = closeTimer;
        if (timer != null) {
            timer.cancel();
        }
        release();
        end(closeCode != 0 ? closeCode & 0xffff : 1006, null);
    }

    @Override
    @SuppressWarnings("deprecation")
    public void exceptionCaught(ChannelHandlerContext c, Throwable cause) {
        stop();
        end(
                1006,
                cause instanceof IOException
                        ? null
                        : cause); // a connection that breaks is a close, as in the reference
        abort();
    }

    /** The one funnel: tells the listener, once. */
    private void end(int code, @Nullable Throwable error) {
        if (over) {
            return;
        }
        over = true;
        latePong = null;
        if (deflate != null) {
            deflate.end();
        }
        WebSocketListener told = listener;
        listener = GoneListener.INSTANCE;
        try {
            told.onClose(code, error);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "a WebSocket listener threw", e);
        }
    }

    private void release() {
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
