package dev.sockeye.socketio.client.webtransport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sockeye.engineio.protocol.StreamFrames;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A server over QUIC with behaviour defined by the test, valid or not. */
final class ScriptedQuicServer implements AutoCloseable {
    /** What the server does; the defaults accept the session and leave its stream alone. */
    interface Script {
        /** A connection was opened. Returns whether it speaks HTTP/3. */
        default boolean connected(QuicChannel connection) {
            return true;
        }

        /** A request was received. */
        default void requested(QuicStreamChannel stream) {
            DefaultHttp3HeadersFrame accepted = new DefaultHttp3HeadersFrame();
            accepted.headers().status("200");
            stream.writeAndFlush(accepted);
        }

        /** Bytes were received on the stream of the session. */
        default void received(QuicStreamChannel stream, String bytes) {}
    }

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel socket;

    ScriptedQuicServer(X509Bundle certificate, Script script) throws Exception {
        socket = new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(Http3.newQuicServerCodecBuilder()
                        .sslContext(QuicSslContextBuilder.forServer(certificate.toKeyManagerFactory(), null)
                                .applicationProtocols(Http3.supportedApplicationProtocols())
                                .build())
                        .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                        .initialMaxData(1_000_000)
                        .initialMaxStreamDataBidirectionalRemote(1_000_000)
                        .initialMaxStreamDataUnidirectional(100_000)
                        .initialMaxStreamsBidirectional(100)
                        .initialMaxStreamsUnidirectional(8)
                        .datagram(4, 4)
                        .handler(new ChannelInitializer<QuicChannel>() {
                            @Override
                            protected void initChannel(QuicChannel connection) {
                                connection.pipeline().addLast(new Opened(script));
                            }
                        })
                        .build())
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    /** With the address, because the name may have another one, too. */
    String url() {
        InetSocketAddress address = (InetSocketAddress) socket.localAddress();
        return "https://" + NetUtil.toSocketAddressString(address);
    }

    /** Sends text messages on the stream of a session. */
    static void send(QuicStreamChannel stream, String... messages) {
        for (String message : messages) {
            byte[] text = message.getBytes(UTF_8);
            byte[] header = new byte[StreamFrames.MAX_HEADER];
            int length = StreamFrames.writeHeader(false, text.length, header, 0);
            stream.write(
                    Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(header, 0, length), Unpooled.wrappedBuffer(text)));
        }
        stream.flush();
    }

    private static final class Opened extends ChannelInboundHandlerAdapter {
        private final Script script;

        Opened(Script script) {
            this.script = script;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            QuicChannel connection = (QuicChannel) ctx.channel();
            if (script.connected(connection)) {
                Http3Settings settings = new Http3Settings((id, value) -> true);
                settings.enableConnectProtocol(true);
                settings.put(0x2b603742L, 1L);
                connection
                        .pipeline()
                        .addLast(new Http3ServerConnectionHandler(
                                new ChannelInitializer<QuicStreamChannel>() {
                                    @Override
                                    protected void initChannel(QuicStreamChannel stream) {
                                        stream.pipeline().addLast(new Requested(script));
                                    }
                                },
                                null,
                                null,
                                new DefaultHttp3SettingsFrame(settings),
                                true,
                                (id, value) -> true));
            }
            ctx.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof QuicStreamChannel stream
                    && stream.type() == QuicStreamType.BIDIRECTIONAL
                    && stream.streamId() > 0) {
                stream.pipeline().addLast(new Received(script));
                ctx.channel().eventLoop().register(stream);
            } else {
                ctx.fireChannelRead(msg);
            }
        }
    }

    private static final class Requested extends Http3RequestStreamInboundHandler {
        private final Script script;

        Requested(Script script) {
            this.script = script;
        }

        @Override
        protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
            script.requested((QuicStreamChannel) ctx.channel());
        }

        @Override
        protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
            frame.release();
        }

        @Override
        protected void channelInputClosed(ChannelHandlerContext ctx) {}
    }

    private static final class Received extends ChannelInboundHandlerAdapter {
        private final Script script;

        Received(Script script) {
            this.script = script;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            try {
                if (msg instanceof io.netty.buffer.ByteBuf bytes) {
                    script.received((QuicStreamChannel) ctx.channel(), bytes.toString(UTF_8));
                }
            } finally {
                ReferenceCountUtil.release(msg);
            }
        }
    }

    @Override
    public void close() throws Exception {
        socket.close().await(10, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
