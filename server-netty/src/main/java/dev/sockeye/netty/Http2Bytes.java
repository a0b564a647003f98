package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Adapts an HTTP/2 stream to a TCP connection (RFC 8441): DATA frames are its bytes, END_STREAM is its FIN. Counts the
 * pending bytes, because the channel of a stream does not expose its queue.
 */
final class Http2Bytes extends ChannelDuplexHandler {

    private long pending;
    private final ArrayDeque<ChannelPromise> markers = new ArrayDeque<>(0); // empty writes: complete after all others
    private boolean ended; // we have sent END_STREAM
    private boolean peerEnded;
    private boolean reset; // by the peer; received data is dropped

    /** Written bytes that wait for the peer's window or the connection. */
    long pendingBytes() {
        return pending;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Http2DataFrame data) {
            boolean last = data.isEndStream();
            peerEnded |= last;
            if (data.content().isReadable() && !reset) {
                ctx.fireChannelRead(data.content());
            } else {
                data.release();
            }
            if (last) {
                endOfPeer(ctx.channel());
            }
        } else if (msg instanceof Http2HeadersFrame trailers && trailers.isEndStream()) {
            endOfPeer(ctx.channel());
        } else {
            ReferenceCountUtil.release(msg);
        }
    }

    /** The peer has ended its side: what was answered until now is written before our end. */
    void endOfPeer(Channel stream) {
        peerEnded = true;
        stream.pipeline().fireChannelReadComplete();
        var unused = stream.close(); // through close() below
    }

    /** Netty closes the stream when all received data has been read. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            reset = true;
            ctx.channel().config().setAutoRead(true);
        } else {
            ReferenceCountUtil.release(event);
        }
    }

    /** If a read was requested already, Netty writes the update of the peer's window, but does not flush it. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        ctx.read();
        ctx.flush(); // does nothing if no update was written
    }

    /** Netty counts resets only with the code of their cause, so it is written before the channel is closed. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2Exception failure) {
            var unused = ctx.writeAndFlush(new DefaultHttp2ResetFrame(failure.error()));
        }
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) msg;
        int n = bytes.readableBytes();
        if (n == 0) {
            bytes.release();
            if (pending == 0) {
                promise.trySuccess();
            } else {
                markers.add(promise);
            }
            return;
        }
        pending += n;
        var unused = ctx.write(new DefaultHttp2DataFrame(bytes, false), promise.unvoid())
                .addListener(f -> {
                    pending -= n;
                    if (pending == 0) {
                        passMarkers(f.cause());
                    }
                });
    }

    private void passMarkers(@Nullable Throwable failure) {
        ChannelPromise marker;
        while (pending == 0 && (marker = markers.poll()) != null) {
            if (failure == null) {
                marker.trySuccess();
            } else {
                marker.tryFailure(failure);
            }
        }
    }

    /** Ends our side; the stream is closed when the peer has ended its own, or by the caller's timer. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (!ended) {
            ended = true;
            var unused = ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true))
                    .addListener((ChannelFutureListener) f -> {
                        if (peerEnded || !f.isSuccess()) {
                            var unusedClose = ctx.close(promise);
                        }
                    });
        } else if (peerEnded) {
            var unused = ctx.close(promise);
        }
    }
}
