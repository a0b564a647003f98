package dev.sockeye.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.RejectedExecutionException;

/**
 * Forwards packets of connections on another loop to the socket of that loop. The operating system distributes packets over the
 * sockets by the client's address; the connection id contains the loop, see {@link LoopConnectionIds}. Only packets with a
 * short header are forwarded: those with a long header belong to a handshake, during which the address does not change.
 */
final class PacketRouter extends ChannelInboundHandlerAdapter {
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
        try {
            other.eventLoop().execute(() -> {
                ChannelHandlerContext there = other.pipeline().context(PacketRouter.class);
                if (there == null) {
                    io.netty.util.ReferenceCountUtil.release(msg);
                } else {
                    there.fireChannelRead(msg);
                    there.fireChannelReadComplete();
                }
            });
        } catch (RejectedExecutionException e) {
            io.netty.util.ReferenceCountUtil.release(msg);
        }
    }

    private int home(ByteBuf packet) {
        boolean shortHeader =
                packet.readableBytes() > LoopConnectionIds.LENGTH && packet.getByte(packet.readerIndex()) >= 0;
        int loop = shortHeader ? packet.getByte(packet.readerIndex() + 1) & 0xff : own;
        return loop < sockets.length ? loop : own;
    }
}
