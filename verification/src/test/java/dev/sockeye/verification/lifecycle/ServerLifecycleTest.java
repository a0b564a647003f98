package dev.sockeye.verification.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.netty.NettyHost;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.verification.wire.Wire;
import dev.sockeye.verification.wire.WireSocket;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starting, stopping and attaching on the Netty host, with real ports. */
@Timeout(60)
@DisplayName("The server lifecycle")
class ServerLifecycleTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static Wire wire(int port) {
        return new Wire(port, "/socket.io/");
    }

    private static void assertFree(int port) throws IOException {
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
                .isInstanceOf(IOException.class);
        try (ServerSocket again = new ServerSocket()) {
            again.setReuseAddress(true);
            again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
    }

    @Test
    @Tag("sio.close.01")
    void closingTheServerClosesTheGivenHost() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.listen(ANY, new NettyHostProvider());
        int port = io.port();
        wire(port).polling();
        io.closeAsync().get(10, TimeUnit.SECONDS);
        assertFree(port);
    }

    @Test
    @Tag("sio.close.02")
    void closingTheServerReleasesItsPort() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.listen(ANY);
        int port = io.port();
        wire(port).polling();
        io.closeAsync().get(10, TimeUnit.SECONDS);
        assertFree(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "upgraded", "upgrading"})
    @Tag("sio.close.05")
    @Tag("eio.server.81")
    @Tag("eio.server.82")
    @Tag("eio.server.83")
    void theProcessExitsOnItsOwnAfterClose(String client) throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ShutdownProgram.class.getName(),
                        client)
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(process.waitFor(40, TimeUnit.SECONDS))
                    .as("the process ends")
                    .isTrue();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.exitValue()).as(output).isZero();
            assertThat(output).contains("closed");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Tag("eio.server.51")
    void aStoppedServerCanBeRestartedAndClientsConnect() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.listen(ANY);
        int port = io.port();
        try (WireSocket before = wire(port).webSocket()) {
            assertThat(before.text()).startsWith("0{");
        }
        io.closeAsync().get(10, TimeUnit.SECONDS);
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        try (WireSocket after = wire(port).webSocket()) {
            assertThat(after.text()).startsWith("0{");
        } finally {
            io.closeAsync().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    @Tag("sio.server-attachment.18")
    @Tag("sio.server-attachment.21")
    @Tag("sio.server-attachment.22")
    @Tag("sio.server-attachment.20")
    @Tag("sio.uws.20")
    void aListeningServerServesTheBundleOnlyUnderItsPath() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.listen(ANY);
        try {
            HttpResponse<byte[]> bundle = wire(io.port()).getPath("/socket.io/socket.io.js");
            assertThat(bundle.statusCode()).isEqualTo(200);
            assertThat(Wire.text(bundle)).contains("Socket.IO");
            assertThat(wire(io.port()).getPath("/other/socket.io.js").statusCode())
                    .isEqualTo(404);
            assertThat(wire(io.port()).getPath("/socket.io.js").statusCode()).isEqualTo(404);
        } finally {
            io.closeAsync().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    @Tag("sio.server-attachment.16")
    @Tag("eio.engine.io.07")
    void anAttachedServerServesBundleAndEngineAlongsideTheApplication() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Channel existing = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec());
                        NettyHost.attach(channel.pipeline(), io.hostedEngine());
                        channel.pipeline().addLast(new Application());
                    }
                })
                .bind(ANY)
                .sync()
                .channel();
        try {
            int port = ((InetSocketAddress) existing.localAddress()).getPort();
            assertThat(wire(port).getPath("/socket.io/socket.io.js").statusCode())
                    .isEqualTo(200);
            assertThat(wire(port).polling().handshake()).contains("\"sid\"");
            assertThat(io.engine().clientsCount()).isEqualTo(1);
            try (WireSocket socket = wire(port).webSocket()) {
                assertThat(socket.text()).startsWith("0{");
            }
            assertThat(Wire.text(wire(port).getPath("/hello"))).isEqualTo("the application");
        } finally {
            existing.close().sync();
            group.shutdownGracefully(1, 2000, TimeUnit.MILLISECONDS).sync();
        }
    }

    /** The previous behaviour of the existing server. */
    private static final class Application extends SimpleChannelInboundHandler<HttpObject> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
            if (message instanceof HttpRequest) {
                ctx.writeAndFlush(new DefaultFullHttpResponse(
                                HttpVersion.HTTP_1_1,
                                HttpResponseStatus.OK,
                                Unpooled.copiedBuffer("the application", StandardCharsets.UTF_8)))
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }
    }
}
