package dev.sockeye.socketio.client;

import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket;
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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** WebSocket: one packet in each message. */
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no answer
final class WebSocketTransport extends EngineTransport {
    private static final int MAX_ANSWER = 1 << 16;
    private static final int FAREWELL_SECONDS = 2;

    private final Dialer dialer;
    private final RequestFacts facts;
    private final ClientOptions options;
    private Dialer.@Nullable Attempt attempt;
    private @Nullable Channel channel;

    WebSocketTransport(Dialer dialer, RequestFacts facts, ClientOptions options, Listener listener) {
        super(TransportName.WEBSOCKET, listener);
        this.dialer = dialer;
        this.facts = facts;
        this.options = options;
    }

    @Override
    void open() {
        attempt = dialer.dial(this::init, new Dialer.Result() {
            @Override
            public void connected(Channel opened) {
                attempt = null;
                channel = opened;
                Handler handler = opened.pipeline().get(Handler.class);
                if (handler != null) {
                    handler.handshaker.handshake(opened).addListener(done -> {
                        if (!done.isSuccess() && opened.isActive()) {
                            fail(error(done.cause()));
                        }
                    });
                }
            }

            @Override
            public void failed(Throwable cause) {
                attempt = null;
                fail(error(cause));
            }
        });
    }

    private static TransportException error(Throwable cause) {
        return new TransportException("websocket error", cause);
    }

    private void init(ChannelPipeline pipeline) {
        HttpHeaders headers = new DefaultHttpHeaders();
        facts.addHeaders(headers);
        headers.remove(HttpHeaderNames.ACCEPT);
        Endpoint endpoint = facts.endpoint();
        URI uri = URI.create(
                (endpoint.secure() ? "wss://" : "ws://") + endpoint.authority() + facts.uri(TransportName.WEBSOCKET));
        WebSocketClientHandshaker handshaker = WebSocketClientHandshakerFactory.newHandshaker(
                uri, WebSocketVersion.V13, null, options.perMessageDeflate(), headers, options.maxInboundBytes());
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
    void send(List<Outgoing> packets) {
        Channel target = channel;
        if (target == null) {
            return;
        }
        writable = false;
        ChannelFuture last = null;
        for (Outgoing outgoing : packets) {
            last = target.write(frame(outgoing));
        }
        target.flush();
        if (last != null) {
            last.addListener(done -> {
                if (done.isSuccess() && state != State.CLOSED) {
                    writable = true;
                    listener.onTransportDrain(this);
                }
            });
        }
    }

    private WebSocketFrame frame(Outgoing outgoing) {
        if (outgoing.packet() instanceof EnginePacket.Message message && !options.forceBase64()) {
            if (message.isBinary()) {
                ByteBuf content = Unpooled.wrappedBuffer(message.data());
                return outgoing.compress() ? new BinaryWebSocketFrame(content) : new PlainBinary(content);
            }
            ByteBuf content = Unpooled.wrappedBuffer(new byte[] {'4'}, message.data());
            return outgoing.compress() ? new TextWebSocketFrame(content) : new PlainText(content);
        }
        ByteBuf content = Unpooled.wrappedBuffer(EngineCodec.encode(outgoing.packet()));
        return outgoing.compress() ? new TextWebSocketFrame(content) : new PlainText(content);
    }

    @Override
    void reading(boolean on) {
        reading = on;
        if (channel != null) {
            channel.config().setAutoRead(on);
        }
    }

    @Override
    void close() {
        boolean farewell = state == State.OPEN;
        state = State.CLOSED;
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
        if (farewell && target.isActive()) {
            target.writeAndFlush(new CloseWebSocketFrame(1000, "")).addListener(done -> {
                if (!done.isSuccess()) {
                    target.close();
                }
            });
            io.netty.util.concurrent.Future<?> deadline =
                    dialer.loop().schedule(() -> target.close(), FAREWELL_SECONDS, TimeUnit.SECONDS);
            target.closeFuture().addListener(done -> deadline.cancel(false));
        } else {
            target.close();
        }
    }

    /** A message that the user does not want compressed. */
    private static final class PlainText extends TextWebSocketFrame {
        PlainText(ByteBuf content) {
            super(content);
        }
    }

    /** As {@link PlainText}. */
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
                ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
            } else if (message instanceof CloseWebSocketFrame close) {
                closeCode = close.statusCode() < 0 ? 1005 : close.statusCode();
                closeText = close.reasonText();
                if (state == State.CLOSED) {
                    ctx.close(); // the answer to ours
                } else {
                    ctx.writeAndFlush(close.retainedDuplicate()).addListener(ChannelFutureListener.CLOSE);
                }
            } else if (state == State.OPEN) {
                received(message);
            }
        }

        private void answered(ChannelHandlerContext ctx, FullHttpResponse response) {
            facts.storeCookies(response.headers().getAll(HttpHeaderNames.SET_COOKIE));
            if (state != State.OPENING) {
                return;
            }
            if (response.status().code() != 101) {
                int status = response.status().code();
                String body = response.content().toString(StandardCharsets.UTF_8);
                fail(TransportException.http("websocket error", status, body));
                ctx.close();
                return;
            }
            try {
                handshaker.finishHandshake(ctx.channel(), response);
            } catch (RuntimeException e) {
                fail(error(e));
                ctx.close();
                return;
            }
            state = State.OPEN;
            writable = true;
            listener.onTransportOpen(WebSocketTransport.this);
        }

        private EnginePacket decode(byte[] text) throws EngineDecodeException {
            return EngineCodec.decode(text, 0, text.length);
        }

        private void received(Object message) {
            EnginePacket packet;
            try {
                if (message instanceof TextWebSocketFrame text) {
                    packet = decode(ByteBufUtil.getBytes(text.content()));
                } else if (message instanceof BinaryWebSocketFrame binary) {
                    packet = EnginePacket.Message.binary(ByteBufUtil.getBytes(binary.content()));
                } else {
                    return;
                }
            } catch (EngineDecodeException e) {
                fail(error(e));
                return;
            }
            listener.onTransportPacket(WebSocketTransport.this, packet);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
            cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            Throwable failure = cause;
            if (failure != null || state == State.OPENING) {
                fail(error(failure != null ? failure : new java.io.IOException("closed before the handshake")));
            } else {
                String text = closeText.isEmpty() ? "" : ": " + closeText;
                ended(new CloseDetails("websocket connection closed" + text, closeCode, null));
            }
        }
    }
}
