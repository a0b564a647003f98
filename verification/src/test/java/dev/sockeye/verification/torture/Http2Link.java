package dev.sockeye.verification.torture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One connection of HTTP/2 over TLS, whose bytes are written and read in random parts. */
final class Http2Link implements Link {

    private final Random random;
    private final Selector selector = Selector.open();
    private final SocketChannel socket = SocketChannel.open();
    private final SelectionKey key;
    private final EmbeddedChannel codecs;
    private final int largest;
    private final List<Stream> streams = new ArrayList<>();
    private final Bytes out = new Bytes();
    private int written;
    private boolean reading = true;
    private boolean left;
    private boolean ready;

    private static final class Bytes extends ByteArrayOutputStream {
        byte[] array() {
            return buf;
        }
    }

    Http2Link(InetSocketAddress server, SslContext tls, Random random) throws IOException {
        this.random = random;
        if (random.nextInt(4) == 0) {
            socket.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        }
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.connect(server);
        socket.configureBlocking(false);
        key = socket.register(selector, 0);
        largest = new int[] {100, 2000, 100_000, 100_000}[random.nextInt(4)];
        Http2FrameCodec http2 = Http2FrameCodecBuilder.forClient()
                .encoderEnforceMaxRstFramesPerWindow(0, 0)
                .gracefulShutdownTimeoutMillis(0)
                .initialSettings(Http2Settings.defaultSettings()
                        .initialWindowSize(random.nextInt(3) == 0 ? 500 + random.nextInt(3000) : 65_535))
                .build();
        codecs = new EmbeddedChannel();
        codecs.pipeline()
                .addLast(
                        tls.newHandler(codecs.alloc()),
                        http2,
                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                        new ConnectionFrames());
        long start = System.nanoTime();
        while (!ready) {
            if (!step()) {
                await();
            }
            if (!reading || System.nanoTime() - start > 60_000_000_000L) {
                throw new IOException("no settings");
            }
        }
    }

    /** One stream of the connection. */
    private abstract class Stream extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final boolean slow = random.nextInt(3) == 0;

        Stream() {
            Future<Http2StreamChannel> opening =
                    new Http2StreamChannelBootstrap(codecs).handler(this).open();
            codecs.runPendingTasks();
            channel = opening.getNow();
            if (channel == null) {
                throw new AssertionError("no stream", opening.cause());
            }
            channel.config().setAutoRead(!slow);
            streams.add(this);
        }

        abstract void head(int status) throws IOException;

        abstract void data(byte[] bytes) throws IOException;

        abstract void end(boolean broken);

        final void write(Object frame) {
            if (left) {
                ReferenceCountUtil.release(frame);
            } else {
                var unused = channel.writeAndFlush(frame);
            }
        }

        final void send(byte[] bytes, boolean end) {
            int from = 0;
            do {
                int n = random.nextInt(3) == 0 ? random.nextInt(bytes.length - from + 1) : bytes.length - from;
                boolean last = from + n == bytes.length;
                write(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(bytes, from, n), last && end));
                from += n;
            } while (from < bytes.length);
        }

        void reset() {
            write(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws IOException {
            if (msg instanceof Http2HeadersFrame frame) {
                head(Integer.parseInt(frame.headers().status().toString()));
                ended(frame.isEndStream(), false);
            } else if (msg instanceof Http2DataFrame frame) {
                byte[] bytes = new byte[frame.content().readableBytes()];
                frame.content().readBytes(bytes);
                data(bytes);
                ended(frame.isEndStream(), false);
            }
            ReferenceCountUtil.release(msg);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ended(true, true);
        }

        final void ended(boolean end, boolean broken) {
            if (end && streams.remove(this)) {
                end(broken);
            }
        }
    }

    private static Http2Headers headers(String method, String path) {
        return new DefaultHttp2Headers(false)
                .method(method)
                .scheme("https")
                .authority("localhost")
                .path(path);
    }

    @Override
    public Call call(String method, String path, byte @Nullable [] body) {
        Call call = new Call(method + " " + path + (body == null ? "" : " of " + body.length));
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        Stream stream = new Stream() {
            @Override
            void head(int status) {
                call.status = status;
            }

            @Override
            void data(byte[] bytes) {
                received.writeBytes(bytes);
            }

            @Override
            void end(boolean broken) {
                if (broken && !call.done) {
                    call.lost = true;
                } else {
                    call.body = received.toByteArray();
                    call.done = true;
                }
            }
        };
        Http2Headers headers = headers(method, path);
        if (body != null) {
            headers.add("content-type", "text/plain;charset=UTF-8");
            if (random.nextBoolean()) {
                headers.addInt("content-length", body.length);
            }
        }
        stream.write(new DefaultHttp2HeadersFrame(headers, body == null));
        if (body != null) {
            stream.send(body, true);
        }
        if (!reading) {
            call.lost = true;
        }
        return call;
    }

    @Override
    public boolean follows(Call behind) {
        return false;
    }

    @Override
    public Call pipelined(String method, String path, byte @Nullable [] body) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Duplex open(String path) {
        return new Socket(path);
    }

    private final class Socket extends Duplex.WebSocket {
        private final Stream stream = new Stream() {
            @Override
            void head(int status) {
                open = status == 200;
                refused = open ? 0 : status;
            }

            @Override
            void data(byte[] data) throws IOException {
                bytes(data);
            }

            @Override
            void end(boolean broken) {
                if (!broken && !ended && open) {
                    stream.send(new byte[0], true);
                }
                ended = true;
            }
        };

        Socket(String path) {
            super(random);
            stream.write(new DefaultHttp2HeadersFrame(
                    headers("CONNECT", path).add(":protocol", "websocket").add("sec-websocket-version", "13"), false));
        }

        @Override
        void write(byte[] bytes) {
            if (!ended) {
                stream.send(bytes, false);
            }
        }

        @Override
        void leave(Leave how) {
            if (ended) {
                return;
            }
            if (how == Leave.HALF_CLOSE) {
                stream.send(new byte[0], true);
            } else {
                stream.reset();
                ended = true;
            }
        }
    }

    /** Frames that do not belong to a stream. */
    private final class ConnectionFrames extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof Http2SettingsFrame) {
                ready = true;
            } else if (msg instanceof Http2GoAwayFrame frame && frame.errorCode() != 0) {
                throw new AssertionError("go away " + frame.errorCode());
            }
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public boolean step() throws IOException {
        boolean progress = false;
        for (Stream each : List.copyOf(streams)) {
            if (each.slow && random.nextInt(3) == 0) {
                each.channel.read();
                each.channel.flush(); // if a read was requested already, Netty does not flush the update of the window
            }
        }
        codecs.runPendingTasks();
        codecs.checkException();
        for (ByteBuf bytes = codecs.readOutbound(); bytes != null; bytes = codecs.readOutbound()) {
            byte[] copy = new byte[bytes.readableBytes()];
            bytes.readBytes(copy).release();
            out.writeBytes(copy);
        }
        if (!left && written < out.size() && random.nextInt(3) > 0) {
            int more = out.size() - written;
            int n = Math.min(more, (more > 5000 ? 500 : 1) + random.nextInt(largest));
            try {
                int done = socket.write(ByteBuffer.wrap(out.array(), written, n));
                written += done;
                progress |= done > 0;
            } catch (IOException e) {
                left = true;
            }
            if (written == out.size()) {
                out.reset();
                written = 0;
            }
        }
        if (reading && random.nextInt(3) > 0) {
            ByteBuffer buffer = ByteBuffer.allocate(1 + random.nextInt(random.nextBoolean() ? 300 : 65536));
            try {
                int n = socket.read(buffer);
                progress |= n != 0;
                if (n > 0) {
                    codecs.writeInbound(Unpooled.wrappedBuffer(buffer.array(), 0, n));
                } else if (n < 0) {
                    end();
                }
            } catch (IOException e) {
                end();
            }
        }
        return progress;
    }

    @Override
    public void await() throws IOException {
        if (socket.isOpen()) {
            key.interestOps(
                    (reading ? SelectionKey.OP_READ : 0) | (!left && written < out.size() ? SelectionKey.OP_WRITE : 0));
        }
        selector.select(3);
        selector.selectedKeys().clear();
    }

    @Override
    public void leave(Leave how) throws IOException {
        if (how == Leave.HALF_CLOSE && socket.isOpen()) {
            left = true;
            socket.shutdownOutput();
            return;
        }
        if (how == Leave.RESET && socket.isOpen()) {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        end();
    }

    private void end() throws IOException {
        reading = false;
        left = true;
        socket.close();
        for (Stream each : List.copyOf(streams)) {
            each.ended(true, true);
        }
    }

    @Override
    public void close() throws IOException {
        end();
        codecs.finishAndReleaseAll();
        selector.close();
    }
}
