package dev.sockeye.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Forwards packets of connections on another loop to the socket of that loop. The operating system distributes packets over the
 * sockets by the client's address; the connection id contains the loop, see {@link LoopConnectionIds}. Only packets with a
 * short header are forwarded: those with a long header belong to a handshake, during which the address does not change. If the other loop
 * is too far behind, packets are dropped, as by the operating system when the buffer of a socket is full.
 */
final class PacketRouter extends ChannelInboundHandlerAdapter {
    /** How many forwarded packets of one socket may wait, about 1.5 MB. */
    static final int MOST_WAITING = 1024;

    private final AtomicInteger waiting = new AtomicInteger();
    private final Channel[] sockets;
    private final int own;

    PacketRouter(Channel[] sockets, int own) {
        this.sockets = sockets;
        this.own = own;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        int home = msg instanceof DatagramPacket packet ? home(packet.content()) : own;
        Channel other = home == own ? null : sockets[home];
        if (other == null) {
            ctx.fireChannelRead(msg);
            return;
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            ReferenceCountUtil.release(msg);
            return;
        }
        try {
            other.eventLoop().execute(() -> {
                waiting.decrementAndGet();
                ChannelHandlerContext there = other.pipeline().context(PacketRouter.class);
                if (there == null) {
                    ReferenceCountUtil.release(msg);
                } else {
                    there.fireChannelRead(msg);
                    there.fireChannelReadComplete();
                }
            });
        } catch (RejectedExecutionException e) {
            waiting.decrementAndGet();
            ReferenceCountUtil.release(msg);
        }
    }

    private int home(ByteBuf packet) {
        boolean shortHeader =
                packet.readableBytes() > LoopConnectionIds.LENGTH && packet.getByte(packet.readerIndex()) >= 0;
        int loop = shortHeader ? packet.getByte(packet.readerIndex() + 1) & 0xff : own;
        return loop < sockets.length ? loop : own;
    }
}
