package dev.sockeye.webtransport;

import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.protocol.StreamFrames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The output of a session: the messages of a turn are combined and written at its end. Counts the bytes that QUIC has not
 * accepted yet. Loop-confined.
 */
final class StreamOutput {
    private static final int SMALLEST_BUFFER = 512;
    private static final int LARGEST_BUFFER = 64 * 1024;

    private final QuicStreamChannel channel;
    private final Runnable drained;
    private final Runnable broken;
    private final byte[] header = new byte[StreamFrames.MAX_HEADER + 1];
    private final Runnable flushTask = this::flush;
    private @Nullable ByteBuf out;
    private long written; // and not accepted by QUIC yet
    private boolean flushScheduled;
    private boolean over;

    StreamOutput(QuicStreamChannel channel, Runnable drained, Runnable broken) {
        this.channel = channel;
        this.drained = drained;
        this.broken = broken;
    }

    void send(boolean binary, int prefix, byte[] payload) {
        boolean prefixed = prefix != MessageConnection.NO_PREFIX;
        int head = StreamFrames.writeHeader(binary, payload.length + (prefixed ? 1 : 0), header, 0);
        if (prefixed) {
            header[head++] = (byte) prefix;
        }
        ByteBuf buffer = out;
        if (buffer != null && buffer.readableBytes() + head + payload.length > LARGEST_BUFFER) {
            handOver();
            buffer = null;
        }
        if (buffer == null) {
            buffer = channel.alloc().directBuffer(Math.max(SMALLEST_BUFFER, head + payload.length));
            out = buffer;
        }
        buffer.writeBytes(header, 0, head).writeBytes(payload);
        if (!flushScheduled) {
            flushScheduled = true;
            if (channel.eventLoop() instanceof SingleThreadEventLoop loop) {
                loop.executeAfterEventLoopIteration(flushTask);
            } else {
                channel.eventLoop().execute(flushTask);
            }
        }
    }

    private void handOver() {
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            int size = buffer.readableBytes();
            written += size;
            var unused = channel.write(buffer).addListener((ChannelFutureListener) f -> taken(size, f.isSuccess()));
        }
    }

    private void taken(int size, boolean success) {
        written -= size;
        if (over) {
            return;
        }
        if (!success) {
            broken.run(); // the client has stopped the stream, or the connection was lost
        } else if (pendingBytes() == 0) {
            drained.run();
        }
    }

    void flush() {
        flushScheduled = false;
        if (out != null && !over) {
            handOver();
            channel.flush();
        }
    }

    long pendingBytes() {
        return written + (out == null ? 0 : out.readableBytes());
    }

    void release() {
        over = true;
        if (out != null) {
            out.release();
            out = null;
        }
    }
}
