package dev.sockeye.webtransport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;

/** A refused stream: the client is asked to stop sending, and received bytes are dropped. */
final class RefusedStream extends ChannelInboundHandlerAdapter {
    private static final int H3_STREAM_CREATION_ERROR = 0x103;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel() instanceof QuicStreamChannel stream) {
            var unused = stream.shutdownInput(H3_STREAM_CREATION_ERROR, stream.newPromise());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var unused = ctx.close();
    }
}
