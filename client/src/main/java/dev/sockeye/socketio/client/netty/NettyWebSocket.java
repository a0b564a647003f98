package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.client.transport.MessageConnection;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import dev.sockeye.socketio.client.transport.ServerAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketClientExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilter;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilterProvider;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateClientExtensionHandshaker;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket on Netty. */
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no answer
final class NettyWebSocket implements MessageConnection {
    private static final int MAX_ANSWER = 1 << 16;
    private static final int CLOSE_SECONDS = 2;

    private final Connector connector;
    private final NetworkOptions options;
    private final Listener listener;
    private Connector.@Nullable Attempt attempt;
    private @Nullable Channel channel;
    private @Nullable ChannelFuture lastWrite;
    private final ChannelFutureListener written = NettyWebSocket::written;
    private boolean open;
    /** Whether the listener was notified of the end, or the connection was closed from this side. */
    private boolean ended;

    NettyWebSocket(Connector connector, NetworkOptions options, Listener listener) {
        this.connector = connector;
        this.options = options;
        this.listener = listener;
    }

    @Override
    public void open(String uri, Map<String, String> headers) {
        attempt = connector.dial(pipeline -> init(pipeline, uri, headers), new Connector.Result() {
            @Override
            public void connected(Channel opened) {
                attempt = null;
                channel = opened;
                Handler handler = opened.pipeline().get(Handler.class);
                if (handler != null) {
                    handler.handshaker.handshake(opened).addListener(done -> {
                        if (!done.isSuccess() && opened.isActive()) {
                            failed(done.cause());
                        }
                    });
                }
            }

            @Override
            public void failed(Throwable cause) {
                attempt = null;
                fail(cause);
            }
        });
    }

    private void fail(Throwable cause) {
        if (!ended) {
            ended = true;
            listener.onFailed(NettyFailures.explain(cause));
        }
    }

    private void init(ChannelPipeline pipeline, String path, Map<String, String> given) {
        HttpHeaders headers = new DefaultHttpHeaders();
        given.forEach(headers::set);
        headers.remove(HttpHeaderNames.ACCEPT);
        ServerAddress server = options.server();
        // the host is in the headers; as a URI it may be invalid, for example with an underscore
        URI uri = URI.create((server.secure() ? "wss" : "ws") + "://localhost" + path);
        String protocols = options.protocols().isEmpty() ? null : String.join(",", options.protocols());
        WebSocketClientHandshaker handshaker = WebSocketClientHandshakerFactory.newHandshaker(
                uri,
                WebSocketVersion.V13,
                protocols,
                options.perMessageDeflate(),
                headers,
                options.maxInboundBytes(),
                true,
                false,
                TimeUnit.SECONDS.toMillis(CLOSE_SECONDS),
                false,
                false); // no Origin: this is not a page
        pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_ANSWER));
        if (options.perMessageDeflate()) {
            pipeline.addLast(new WebSocketClientExtensionHandler(new PerMessageDeflateClientExtensionHandshaker(
                    6,
                    true,
                    15,
                    false,
                    false,
                    new CompressionFilter(options.perMessageDeflateThreshold()),
                    options.maxInboundBytes())));
        }
        pipeline.addLast(
                new WebSocketFrameAggregator(options.maxInboundBytes()),
                new Utf8FrameValidator(),
                new Handler(handshaker));
    }

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        Channel target = channel;
        if (target != null) {
            lastWrite = target.write(frame(binary, prefix, payload, compress)).addListener(written);
        }
    }

    /** A message that cannot be encoded is lost, so the connection ends: those after it must not be sent without it. */
    private static void written(ChannelFuture done) {
        Channel target = done.channel();
        if (!done.isSuccess() && target.isActive()) {
            target.pipeline().fireExceptionCaught(done.cause());
        }
    }

    private static WebSocketFrame frame(boolean binary, int prefix, byte[] payload, boolean compress) {
        ByteBuf content = prefix == NO_PREFIX
                ? Unpooled.wrappedBuffer(payload)
                : Unpooled.wrappedBuffer(new byte[] {(byte) prefix}, payload);
        if (binary) {
            return compress ? new BinaryWebSocketFrame(content) : new PlainBinary(content);
        }
        return compress ? new TextWebSocketFrame(content) : new PlainText(content);
    }

    @Override
    public void flush() {
        Channel target = channel;
        ChannelFuture last = lastWrite;
        lastWrite = null;
        if (target == null || last == null) {
            return;
        }
        target.flush();
        last.addListener(done -> {
            if (done.isSuccess() && !ended) {
                listener.onFlushed();
            }
        });
    }

    @Override
    public void reading(boolean on) {
        if (channel != null) {
            channel.config().setAutoRead(on);
        }
    }

    @Override
    public void close(boolean graceful) {
        ended = true;
        if (attempt != null) {
            attempt.cancel();
            attempt = null;
        }
        Channel target = channel;
        channel = null;
        if (target == null) {
            return;
        }
        target.config().setAutoRead(true);
        if (graceful && target.isActive()) {
            target.writeAndFlush(new CloseWebSocketFrame(1000, "")).addListener(done -> {
                if (!done.isSuccess()) {
                    target.close();
                }
            });
            Future<?> deadline = connector.loop().schedule(() -> target.close(), CLOSE_SECONDS, TimeUnit.SECONDS);
            target.closeFuture().addListener(done -> deadline.cancel(false));
        } else {
            target.close();
        }
    }

    /** A text message that must not be compressed. */
    private static final class PlainText extends TextWebSocketFrame {
        PlainText(ByteBuf content) {
            super(content);
        }
    }

    /** A binary message that must not be compressed. */
    private static final class PlainBinary extends BinaryWebSocketFrame {
        PlainBinary(ByteBuf content) {
            super(content);
        }
    }

    private record CompressionFilter(int threshold) implements WebSocketExtensionFilterProvider {
        @Override
        public WebSocketExtensionFilter encoderFilter() {
            return frame -> frame instanceof PlainText
                    || frame instanceof PlainBinary
                    || frame.content().readableBytes() < threshold;
        }

        @Override
        public WebSocketExtensionFilter decoderFilter() {
            return WebSocketExtensionFilter.NEVER_SKIP;
        }
    }

    private final class Handler extends SimpleChannelInboundHandler<Object> {
        final WebSocketClientHandshaker handshaker;
        private @Nullable Throwable cause;
        private byte @Nullable [] unanswered;
        private int closeCode = 1006;
        private String closeText = "";

        Handler(WebSocketClientHandshaker handshaker) {
            this.handshaker = handshaker;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object message) {
            if (message instanceof FullHttpResponse response) {
                answered(ctx, response);
            } else if (message instanceof PingWebSocketFrame ping) {
                answer(ctx, ByteBufUtil.getBytes(ping.content()));
            } else if (message instanceof CloseWebSocketFrame close) {
                closeCode = close.statusCode() < 0 ? 1005 : close.statusCode();
                closeText = close.reasonText();
                if (ended) {
                    ctx.close(); // the answer to ours
                } else {
                    ctx.writeAndFlush(close.retainedDuplicate()).addListener(ChannelFutureListener.CLOSE);
                }
            } else if (open && !ended) {
                if (message instanceof TextWebSocketFrame text) {
                    listener.onText(ByteBufUtil.getBytes(text.content()));
                } else if (message instanceof BinaryWebSocketFrame binary) {
                    listener.onBinary(ByteBufUtil.getBytes(binary.content()));
                }
            }
        }

        /** Answers a ping; while the server does not read, only the last one, later. */
        private void answer(ChannelHandlerContext ctx, byte[] ping) {
            if (ctx.channel().isWritable()) {
                ctx.writeAndFlush(new PongWebSocketFrame(Unpooled.wrappedBuffer(ping)));
            } else {
                unanswered = ping;
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            byte[] ping = unanswered;
            if (ping != null && ctx.channel().isWritable()) {
                unanswered = null;
                answer(ctx, ping);
            }
        }

        private void answered(ChannelHandlerContext ctx, FullHttpResponse response) {
            if (ended || NettyFailures.isInformational(response)) {
                return;
            }
            List<String> cookies = response.headers().getAll(HttpHeaderNames.SET_COOKIE);
            if (response.status().code() != 101) {
                ended = true;
                listener.onRefused(
                        response.status().code(), response.content().toString(StandardCharsets.UTF_8), cookies);
                ctx.close();
                return;
            }
            try {
                handshaker.finishHandshake(ctx.channel(), response);
            } catch (RuntimeException e) {
                fail(e);
                ctx.close();
                return;
            }
            open = true;
            listener.onOpen(cookies);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
            if (cause == null) {
                cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
            }
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ended();
        }

        /** In case a handler has thrown at the end of the channel, and so has not passed the end on. */
        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            ended();
        }

        private void ended() {
            Throwable failure = cause;
            if (failure != null || !open) {
                fail(failure != null ? failure : new IOException("closed before the handshake"));
            } else if (!ended) {
                ended = true;
                listener.onClosed(closeCode, closeText);
            }
        }
    }
}
