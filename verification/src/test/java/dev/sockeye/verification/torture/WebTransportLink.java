package dev.sockeye.verification.torture;

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
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Requests over another link, and sessions of WebTransport instead of WebSockets. What a session receives is handled by the client's thread. */
final class WebTransportLink implements Link {

    private final Link requests;
    private final Random random;
    private final Channel socket;
    private final QuicChannel quic;
    private final LinkedBlockingQueue<Action> events = new LinkedBlockingQueue<>();

    private final List<Session> sessions = new ArrayList<>();

    private interface Action {
        void run() throws IOException;
    }

    WebTransportLink(Link requests, InetSocketAddress server, QuicSslContext tls, EventLoopGroup loop, Random random)
            throws Exception {
        this.requests = requests;
        this.random = random;
        socket = new Bootstrap()
                .group(loop)
                .channel(NioDatagramChannel.class)
                .handler(Http3.newQuicClientCodecBuilder()
                        .sslContext(tls)
                        .initialMaxData(random.nextBoolean() ? 20_000 : 1_000_000)
                        .initialMaxStreamDataBidirectionalLocal(random.nextBoolean() ? 5_000 : 1_000_000)
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
                .get(60, TimeUnit.SECONDS);
    }

    private static <T> T get(java.util.concurrent.Future<T> future) throws IOException {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    @Override
    public Call call(String method, String path, byte @Nullable [] body) throws IOException {
        return requests.call(method, path, body);
    }

    @Override
    public boolean follows(Call behind) {
        return requests.follows(behind);
    }

    @Override
    public Call pipelined(String method, String path, byte @Nullable [] body) throws IOException {
        return requests.pipelined(method, path, body);
    }

    @Override
    public Duplex open(String path) throws IOException {
        Session session = new Session(path);
        sessions.add(session);
        return session;
    }

    @Override
    public boolean step() throws IOException {
        boolean progress = requests.step();
        for (Action action = events.poll(); action != null; action = events.poll()) {
            action.run();
            progress = true;
        }
        return progress;
    }

    @Override
    public void await() throws IOException {
        if (events.isEmpty()) {
            requests.await();
        }
    }

    @Override
    public void leave(Leave how) throws IOException {
        requests.leave(how);
        if (how == Leave.CLOSE) {
            quic.close();
        }
        for (Session each : sessions) {
            each.leave(how);
        }
    }

    @Override
    public void close() throws IOException {
        requests.close();
        quic.close().awaitUninterruptibly(10, TimeUnit.SECONDS);
        socket.close().awaitUninterruptibly(10, TimeUnit.SECONDS);
    }

    private final class Session extends Duplex {
        private final QuicStreamChannel connect;
        private QuicStreamChannel stream;
        private final String sid;

        Session(String path) throws IOException {
            int at = path.indexOf("&sid=");
            sid = at < 0 ? "" : path.substring(at + 5);
            DefaultHttp3HeadersFrame frame = new DefaultHttp3HeadersFrame();
            frame.headers()
                    .method("CONNECT")
                    .scheme("https")
                    .authority("localhost")
                    .path(path);
            frame.headers().add(":protocol", "webtransport");
            frame.headers().add("sec-webtransport-http3-draft02", "1");
            connect = get(Http3.newRequestStream(quic, new Connect()));
            boolean early = random.nextInt(4) == 0;
            if (!early) {
                connect.writeAndFlush(frame);
            }
            stream = get(quic.createStream(QuicStreamType.BIDIRECTIONAL, new Stream()));
            int id = (int) connect.streamId();
            write(
                    id < 64
                            ? new byte[] {0x40, 0x41, (byte) id}
                            : new byte[] {0x40, 0x41, (byte) (0x40 | id >> 8), (byte) id});
            message(false, (sid.isEmpty() ? "0" : "0{\"sid\":\"" + sid + "\"}").getBytes(StandardCharsets.US_ASCII));
            if (early) {
                connect.writeAndFlush(frame);
            }
        }

        private void write(byte[] bytes) {
            int from = 0;
            while (from < bytes.length) {
                int n = random.nextInt(3) > 0 ? bytes.length - from : 1 + random.nextInt(bytes.length - from);
                stream.writeAndFlush(Unpooled.wrappedBuffer(Arrays.copyOfRange(bytes, from, from + n)));
                from += n;
            }
        }

        private void message(boolean binary, byte[] data) {
            byte[] frame = new byte[StreamFrames.headerLength(data.length) + data.length];
            int at = StreamFrames.writeHeader(binary, data.length, frame, 0);
            System.arraycopy(data, 0, frame, at, data.length);
            write(frame);
        }

        @Override
        void send(boolean binary, byte[] data) {
            message(binary, data);
        }

        @Override
        void sendClose(int code) {
            if (random.nextBoolean()) {
                ByteBuf capsule =
                        Unpooled.buffer().writeShort(0x6843).writeByte(4).writeInt(code);
                connect.write(new DefaultHttp3DataFrame(capsule));
            }
            connect.shutdownOutput();
        }

        @Override
        void leave(Leave how) {
            switch (how) {
                case HALF_CLOSE -> stream.shutdownOutput();
                case RESET -> stream.shutdown(7, stream.newPromise());
                default -> connect.shutdown(7, connect.newPromise());
            }
        }

        private final class Connect extends Http3RequestStreamInboundHandler {
            @Override
            protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
                int status = Integer.parseInt(frame.headers().status().toString());
                events.add(() -> {
                    open = status == 200;
                    refused = open ? 0 : status;
                });
            }

            @Override
            protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
                frame.release();
            }

            @Override
            protected void channelInputClosed(ChannelHandlerContext ctx) {
                events.add(() -> ended = true);
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                events.add(() -> ended = true);
            }
        }

        private final class Stream extends ChannelInboundHandlerAdapter implements StreamFrameDecoder.Receiver {
            private final StreamFrameDecoder decoder = new StreamFrameDecoder(10_000_000, 10_000_000, this);

            @Override
            public void onText(byte[] utf8) {
                events.add(() -> received.add(new Message(false, utf8)));
            }

            @Override
            public void onBinary(byte[] data) {
                events.add(() -> received.add(new Message(true, data)));
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
                    events.add(() -> ended = true);
                }
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                events.add(() -> ended = true);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                events.add(() -> ended = true);
            }
        }
    }
}
