package dev.sockeye.webtransport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.StreamFrameDecoder;
import dev.sockeye.engineio.protocol.StreamFrames;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A QUIC connection to the server under test, with as much of WebTransport as the tests need, valid or not. */
final class TestClient implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel socket;
    final QuicChannel quic;

    TestClient(InetSocketAddress server) throws Exception {
        socket = new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(Http3.newQuicClientCodecBuilder()
                        .sslContext(QuicSslContextBuilder.forClient()
                                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                                .applicationProtocols(Http3.supportedApplicationProtocols())
                                .build())
                        .initialMaxData(10_000_000)
                        .initialMaxStreamDataBidirectionalLocal(1_000_000)
                        .initialMaxStreamsBidirectional(100)
                        .datagram(4, 4)
                        .build())
                .bind(0)
                .sync()
                .channel();
        Http3Settings settings = new Http3Settings((id, value) -> true);
        settings.enableConnectProtocol(true);
        settings.put(0x2b603742L, 1L);
        quic = QuicChannel.newBootstrap(socket)
                .handler(new Http3ClientConnectionHandler(
                        null, null, null, new DefaultHttp3SettingsFrame(settings), true, (id, value) -> true))
                .remoteAddress(server)
                .connect()
                .get(20, TimeUnit.SECONDS);
    }

    Certificate certificate() throws Exception {
        return quic.sslEngine().getSession().getPeerCertificates()[0];
    }

    /** A request, and the data received on its stream. */
    static final class Request extends Http3RequestStreamInboundHandler {
        final CompletableFuture<String> status = new CompletableFuture<>();
        final CompletableFuture<Http3HeadersFrame> head = new CompletableFuture<>();
        /** The code and the reason of the close capsule; empty when the stream ended without one. */
        final CompletableFuture<String> closed = new CompletableFuture<>();

        private final ByteBuf data = Unpooled.buffer();
        QuicStreamChannel stream;

        @Override
        protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
            head.complete(frame);
            status.complete(frame.headers().status().toString());
        }

        @Override
        protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
            data.writeBytes(frame.content());
            frame.release();
        }

        @Override
        protected void channelInputClosed(ChannelHandlerContext ctx) {
            end();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end();
        }

        private void end() {
            if (!closed.isDone()) {
                boolean capsule = data.readableBytes() > 4 && Varint.read(data) == 0x2843;
                long length = capsule ? Varint.read(data) : 0;
                closed.complete(capsule ? data.readInt() + " " + data.readCharSequence((int) length - 4, UTF_8) : "");
            }
            status.completeExceptionally(new IllegalStateException("no answer"));
        }

        void data(byte... bytes) {
            stream.writeAndFlush(new DefaultHttp3DataFrame(Unpooled.wrappedBuffer(bytes)));
        }
    }

    Request request(String method, String path, String... headers) throws Exception {
        DefaultHttp3HeadersFrame frame = new DefaultHttp3HeadersFrame();
        frame.headers().method(method).scheme("https").authority("localhost").path(path);
        for (int i = 0; i < headers.length; i += 2) {
            frame.headers().add(headers[i], headers[i + 1]);
        }
        Request request = new Request();
        request.stream = Http3.newRequestStream(quic, request).get(20, TimeUnit.SECONDS);
        request.stream.writeAndFlush(frame).get(20, TimeUnit.SECONDS);
        return request;
    }

    Request connect(String... headers) throws Exception {
        String[] all = new String[headers.length + 4];
        all[0] = ":protocol";
        all[1] = "webtransport";
        all[2] = "sec-webtransport-http3-draft02";
        all[3] = "1";
        System.arraycopy(headers, 0, all, 4, headers.length);
        return request("CONNECT", "/engine.io/", all);
    }

    /** The stream of a session; received messages, text unchanged, binary as {@code hex:} and the number of bytes if long. */
    static final class Messages extends ChannelInboundHandlerAdapter implements StreamFrameDecoder.Receiver {
        final List<String> all = new CopyOnWriteArrayList<>();
        final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final StreamFrameDecoder decoder = new StreamFrameDecoder(10_000_000, 10_000_000, this);
        QuicStreamChannel stream;

        @Override
        public void onText(byte[] utf8) {
            all.add(utf8.length > 1000 ? "text of " + utf8.length : new String(utf8, UTF_8));
        }

        @Override
        public void onBinary(byte[] data) {
            all.add(
                    data.length > 1000
                            ? "binary of " + data.length
                            : "hex:" + HexFormat.of().formatHex(data));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws EngineDecodeException {
            ByteBuf bytes = (ByteBuf) msg;
            decoder.decode(bytes.nioBuffer());
            bytes.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ended.complete(null);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ended.completeExceptionally(new IllegalStateException("reset"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ended.completeExceptionally(cause);
        }

        void raw(byte... bytes) {
            stream.writeAndFlush(Unpooled.wrappedBuffer(bytes));
        }

        void text(String text) {
            frame(false, text.getBytes(UTF_8));
        }

        void frame(boolean binary, byte[] data) {
            byte[] frame = new byte[StreamFrames.headerLength(data.length) + data.length];
            int at = StreamFrames.writeHeader(binary, data.length, frame, 0);
            System.arraycopy(data, 0, frame, at, data.length);
            raw(frame);
        }
    }

    /** A bidirectional stream that starts with these bytes. */
    Messages stream(byte... start) throws Exception {
        Messages messages = new Messages();
        messages.stream =
                quic.createStream(QuicStreamType.BIDIRECTIONAL, messages).get(20, TimeUnit.SECONDS);
        messages.raw(start);
        return messages;
    }

    /** The stream of a session, whose id is below 64. */
    Messages messages(Request session) throws Exception {
        return stream((byte) 0x40, (byte) 0x41, (byte) session.stream.streamId());
    }

    @Override
    public void close() throws Exception {
        quic.close().await(10, TimeUnit.SECONDS);
        socket.close().await(10, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
