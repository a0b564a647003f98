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
import java.util.function.Consumer;

/**
 * Passes datagrams between one client and a server, as a router that translates addresses does: it can forget the port that
 * the server knows and take another one, and it can be cut, so that both are unreachable as after a crash.
 */
final class UdpRelay implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final InetSocketAddress server;
    private final Channel inside;
    private volatile Channel outside;
    private volatile InetSocketAddress client;
    private volatile boolean cut;

    UdpRelay(int serverPort) throws InterruptedException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
        outside = outside();
        inside = bind(packet -> {
            client = packet.sender();
            outside.writeAndFlush(new DatagramPacket(packet.content().retain(), server));
        });
    }

    private Channel outside() throws InterruptedException {
        return bind(packet ->
                inside().writeAndFlush(new DatagramPacket(packet.content().retain(), client)));
    }

    private Channel inside() {
        return inside;
    }

    private Channel bind(Consumer<DatagramPacket> packets) throws InterruptedException {
        return new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                        if (!cut) {
                            packets.accept(packet);
                        }
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) inside.localAddress()).getPort();
    }

    /** From now on the server sees the client at another port, and packets sent to the old port are lost. */
    void rebind() throws InterruptedException {
        Channel old = outside;
        outside = outside();
        old.close().await(10, TimeUnit.SECONDS);
    }

    void cut() {
        cut = true;
    }

    @Override
    public void close() throws InterruptedException {
        inside.close().await(10, TimeUnit.SECONDS);
        outside.close().await(10, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
