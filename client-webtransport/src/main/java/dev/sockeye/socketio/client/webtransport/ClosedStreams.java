package dev.sockeye.socketio.client.webtransport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;

/**
 * Drops data that arrives on a stream that this client has closed. Netty takes it for a new stream of the server, closes the
 * connection, and logs a warning. The server may not open bidirectional streams, so there are no others. The first handler of a
 * connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the results of registering and closing are not needed
final class ClosedStreams extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof QuicStreamChannel stream && stream.type() == QuicStreamType.BIDIRECTIONAL) {
            stream.config().setAutoRead(false);
            stream.pipeline().addLast(new Dropped());
            ctx.channel().eventLoop().register(stream).addListener(done -> stream.close());
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    /** The connection may be closed by now. */
    private static final class Dropped extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ReferenceCountUtil.release(msg);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
