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
import org.jspecify.annotations.Nullable;

/**
 * One of the two ends of a tunnel between a client's connection and a connection to another server: bytes read are
 * written to the other end, and are read no faster than the other end writes. If one end closes, the other one closes
 * after the bytes that were read have been written, or after 10 seconds if its peer does not read them. Both ends belong to one loop.
 */
final class Tunnel extends ChannelInboundHandlerAdapter {
    private static final long CLOSE_TIMEOUT_SECONDS = 10;

    private final Channel other;
    private final Watch watch;
    private final boolean node;

    private Tunnel(Channel other, Watch watch, boolean node) {
        this.other = other;
        this.watch = watch;
        this.node = node;
    }

    /** The two ends: one for the client's pipeline, one for the server's. */
    static Tunnel[] between(Channel client, Channel node, NodeForward forward) {
        Watch watch = new Watch(node, forward);
        watch.check();
        return new Tunnel[] {new Tunnel(node, watch, false), new Tunnel(client, watch, true)};
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (node) {
            watch.alive = true;
        }
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
        watch.end();
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

    /**
     * Closes the tunnel if nothing was read from the server for as long as a heartbeat may take, at most for twice that time:
     * the server does not respond, or the client does not read. In both cases the heartbeat of the session fails, but neither
     * of them may close its connection.
     */
    private static final class Watch {
        private final Channel node;
        private final NodeForward forward;
        private @Nullable Future<?> next;
        private boolean alive = true;
        private boolean over;

        Watch(Channel node, NodeForward forward) {
            this.node = node;
            this.forward = forward;
        }

        void check() {
            if (over) {
                return;
            }
            if (alive) {
                alive = false;
                next = node.eventLoop()
                        .schedule(this::check, forward.answerTimeout().toNanos(), TimeUnit.NANOSECONDS);
            } else {
                var unused = node.close();
            }
        }

        void end() {
            if (!over) {
                over = true;
                if (next != null) {
                    next.cancel(false);
                }
                forward.answered(Outcome.DONE);
            }
        }
    }
}
