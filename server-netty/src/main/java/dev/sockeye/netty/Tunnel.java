package dev.sockeye.netty;

import dev.sockeye.engineio.host.NodeForward;
import dev.sockeye.engineio.host.NodeForward.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One of the two ends of a tunnel between a client's connection and a connection to another server: bytes read are
 * written to the other end, and are read no faster than the other end writes. If one end closes, the other one closes
 * after the bytes that were read have been written, or after 10 seconds if its peer does not read them. Both ends belong to one loop.
 */
final class Tunnel extends ChannelInboundHandlerAdapter {
    private static final long CLOSE_TIMEOUT_SECONDS = 10;

    private final Channel other;
    private final NodeForward forward;
    private final AtomicBoolean over;

    private Tunnel(Channel other, NodeForward forward, AtomicBoolean over) {
        this.other = other;
        this.forward = forward;
        this.over = over;
    }

    /** The two ends: one for the client's pipeline, one for the server's. */
    static Tunnel[] between(Channel client, Channel node, NodeForward forward) {
        AtomicBoolean over = new AtomicBoolean();
        return new Tunnel[] {new Tunnel(node, forward, over), new Tunnel(client, forward, over)};
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        var unused = other.write(msg);
        if (!other.isWritable()) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        other.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        other.config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close(other);
        if (over.compareAndSet(false, true)) {
            forward.answered(Outcome.DONE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var unused = ctx.close();
    }

    /** Closes after all written bytes have been sent, or after a timeout. */
    private static void close(Channel channel) {
        if (channel.isActive()) {
            ByteBuf nothing = Unpooled.EMPTY_BUFFER;
            var unused = channel.writeAndFlush(nothing).addListener(ChannelFutureListener.CLOSE);
            Future<?> limit = channel.eventLoop()
                    .schedule(
                            () -> {
                                var unusedClose = channel.close();
                            },
                            CLOSE_TIMEOUT_SECONDS,
                            TimeUnit.SECONDS);
            unused = channel.closeFuture().addListener(f -> limit.cancel(false));
        }
    }
}
