package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.client.transport.HttpConnection;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * HTTP requests, one at a time, over a connection that is kept between requests. If a kept connection is closed right after a GET
 * was sent, before any byte of the response, the server had closed the idle connection: the GET is sent again over a new
 * connection. A GET that fails later is not repeated, because the server may have handled it; a POST is never repeated. Used on
 * the loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no answer
final class PollingConnection implements HttpConnection {
    /** Servers close idle connections after 5 s and more; a younger one may be used again without a race. */
    private static final long REUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3500);

    /** A server that has closed an idle connection refuses a request sooner than this, network included. */
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Connector connector;
    private final int maxBytes;
    private final long timeoutMillis;

    private @Nullable Channel channel;
    private Connector.@Nullable Attempt attempt;
    private @Nullable Exchange current;
    private long lastUsed;
    private long sentAt;
    /** Whether any byte was received since the request was sent. */
    private boolean anything;

    private boolean closed;

    PollingConnection(Connector connector, int maxBytes, long timeoutMillis) {
        this.connector = connector;
        this.maxBytes = maxBytes;
        this.timeoutMillis = timeoutMillis;
    }

    private static final class Exchange {
        final Request request;
        final Callback callback;
        boolean reused;
        io.netty.util.concurrent.@Nullable Future<?> timer;

        Exchange(Request request, Callback callback) {
            this.request = request;
            this.callback = callback;
        }
    }

    @Override
    public void request(Request request, Callback callback) {
        if (closed || current != null) {
            throw new IllegalStateException("the connection is " + (closed ? "closed" : "in use"));
        }
        Exchange exchange = new Exchange(request, callback);
        current = exchange;
        if (timeoutMillis > 0) {
            exchange.timer = connector
                    .loop()
                    .schedule(
                            () -> fail(new TimeoutException("no response within requestTimeout")),
                            timeoutMillis,
                            TimeUnit.MILLISECONDS);
        }
        Channel kept = channel;
        if (kept != null && kept.isActive() && System.nanoTime() - lastUsed < REUSE_NANOS) {
            exchange.reused = true;
            send(kept, exchange);
        } else {
            dropChannel();
            dial(exchange);
        }
    }

    private void dial(Exchange exchange) {
        attempt = connector.dial(this::init, new Connector.Result() {
            @Override
            public void connected(Channel opened) {
                attempt = null;
                channel = opened;
                send(opened, exchange);
            }

            @Override
            public void failed(Throwable cause) {
                attempt = null;
                fail(cause);
            }
        });
    }

    private void init(ChannelPipeline pipeline) {
        pipeline.addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object bytes) {
                anything = true;
                ctx.fireChannelRead(bytes);
            }
        });
        pipeline.addLast(new HttpClientCodec());
        pipeline.addLast(new HttpObjectAggregator(maxBytes));
        pipeline.addLast(new Handler());
    }

    private void send(Channel target, Exchange exchange) {
        anything = false;
        sentAt = System.nanoTime();
        byte[] body = exchange.request.body();
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(exchange.request.method()),
                exchange.request.uri(),
                body == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        exchange.request.headers().forEach(request.headers()::set);
        if (body != null) {
            request.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        target.writeAndFlush(request).addListener(done -> {
            if (!done.isSuccess() && channel == target && target.isActive()) {
                fail(done.cause());
            }
        });
    }

    private @Nullable Exchange take() {
        Exchange exchange = current;
        current = null;
        if (exchange != null && exchange.timer != null) {
            exchange.timer.cancel(false);
        }
        return exchange;
    }

    private void fail(Throwable cause) {
        Exchange exchange = take();
        dropChannel();
        if (exchange != null && !closed) {
            exchange.callback.failed(NettyFailures.explain(cause));
        }
    }

    private void dropChannel() {
        if (attempt != null) {
            attempt.cancel();
            attempt = null;
        }
        Channel old = channel;
        channel = null;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        take();
        dropChannel();
    }

    private final class Handler extends SimpleChannelInboundHandler<FullHttpResponse> {
        private @Nullable Throwable cause;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
            if (ctx.channel() != channel || NettyFailures.isInformational(response)) {
                return;
            }
            if (response.decoderResult().isFailure()) {
                fail(response.decoderResult().cause());
                return;
            }
            Response reply = new Response(
                    response.status().code(),
                    response.headers().get(HttpHeaderNames.CONTENT_TYPE),
                    response.headers().getAll(HttpHeaderNames.SET_COOKIE),
                    ByteBufUtil.getBytes(response.content()));
            lastUsed = System.nanoTime();
            Exchange exchange = take();
            if (!HttpUtil.isKeepAlive(response)) {
                dropChannel();
            }
            if (exchange != null && !closed) {
                exchange.callback.answered(reply);
            }
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
            ended(ctx);
        }

        /** In case a handler has thrown at the end of the channel, and so has not passed the end on. */
        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            ended(ctx);
        }

        private void ended(ChannelHandlerContext ctx) {
            if (ctx.channel() != channel) {
                return;
            }
            channel = null;
            Exchange exchange = current;
            if (exchange != null
                    && exchange.reused
                    && !anything
                    && exchange.request.method().equals("GET")
                    && System.nanoTime() - sentAt < STALE_NANOS) {
                exchange.reused = false;
                dial(exchange);
                return;
            }
            fail(cause != null ? cause : new IOException("the connection was closed before the response"));
        }
    }
}
