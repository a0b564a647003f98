package dev.sockeye.socketio.client.webtransport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Passes datagrams between one client and a server, until it is cut: then both are unreachable without a word, as after a crash. */
final class UdpRelay implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final InetSocketAddress server;
    private final Channel channel;
    private InetSocketAddress client;
    private volatile boolean cut;

    UdpRelay(int serverPort) throws InterruptedException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
        channel = new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                        if (cut) {
                            return;
                        }
                        boolean down = packet.sender().equals(server);
                        if (!down) {
                            client = packet.sender();
                        }
                        ctx.writeAndFlush(new DatagramPacket(packet.content().retain(), down ? client : server));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    void cut() {
        cut = true;
    }

    @Override
    public void close() throws InterruptedException {
        channel.close().await(10, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
