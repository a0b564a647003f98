package dev.sockeye.netty;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HostedEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request of an HTTP/2 connection: an {@link Exchange}, or an {@link Http2Upgrade} to WebSocket. A body that is not
 * being read yet waits in the stream's window.
 */
final class Http2Stream extends ChannelInboundHandlerAdapter implements ExchangeCarrier {

    private static final System.Logger LOG = System.getLogger(Http2Stream.class.getName());

    /** The codec has checked the headers. */
    private static final HttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private final Http2Connection connection;
    private final NettyLoop loop;
    private ChannelHandlerContext ctx;
    private @Nullable Exchange exchange;
    private @Nullable Http2Upgrade upgrade;
    private EngineLoop.@Nullable Timer deadline;
    private final ArrayDeque<HttpContent> waiting = new ArrayDeque<>(0);
    private boolean advancing;
    private boolean reading;
    private boolean requested; // further headers are trailers
    private boolean ended; // by the client
    private @Nullable Linger linger; // answered; received data is dropped
    private boolean reset; // by the client; received data is dropped

    @SuppressWarnings("NullAway.Init") // the context comes with handlerAdded
    Http2Stream(Http2Connection connection, NettyLoop loop) {
        this.connection = connection;
        this.loop = loop;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext own) {
        ctx = own;
    }

    Http2Connection connection() {
        return connection;
    }

    ChannelHandlerContext context() {
        return ctx;
    }

    @Override
    public NettyLoop loop() {
        return loop;
    }

    @Override
    public HostedEngine engine() {
        return connection.engine;
    }

    @Override
    public Channel tcp() {
        return ctx.channel().parent();
    }

    // ---- reading

    @Override
    public void channelRead(ChannelHandlerContext c, Object msg) {
        reading = true;
        if (msg instanceof Http2HeadersFrame frame) {
            boolean first = !requested;
            requested = true;
            ended |= frame.isEndStream();
            if (first) {
                begin(frame.headers());
            } else if (frame.isEndStream()) {
                content(LastHttpContent.EMPTY_LAST_CONTENT); // trailers
            }
        } else if (msg instanceof Http2DataFrame data) {
            ByteBuf bytes = data.content();
            ended |= data.isEndStream();
            content(data.isEndStream() ? new DefaultLastHttpContent(bytes) : new DefaultHttpContent(bytes));
        } else {
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext c) {
        reading = false;
        if (exchange != null) {
            exchange.batchEnded();
        }
    }

    private void content(HttpContent part) {
        if (reset) {
            part.release();
            return;
        }
        Linger rest = linger;
        if (rest != null) {
            rest.discard(part);
            return;
        }
        if (upgrade != null) {
            upgrade.early(part);
            return;
        }
        waiting.add(part);
        advance();
        if (!waiting.isEmpty()) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    private void advance() {
        Exchange current = exchange;
        if (advancing || current == null) {
            return;
        }
        advancing = true;
        try {
            HttpContent part;
            while ((part = waiting.peek()) != null && current.content(part)) {
                waiting.poll();
            }
        } catch (RuntimeException | Error e) {
            waiting.poll(); // it was released already
            throw e;
        } finally {
            advancing = false;
        }
        if (!reading) {
            current.batchEnded();
        }
        if (waiting.isEmpty()) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    private void begin(Http2Headers headers) {
        String method = text(headers.method());
        String path = text(headers.path());
        boolean webSocket = method.equals("CONNECT") && "websocket".equals(protocol(headers));
        if (path.isEmpty() || (method.equals("CONNECT") && !webSocket)) {
            respond(new HostResponse(400, List.of(), new byte[0]), false);
            return;
        }
        // the engine expects an upgrade to be a GET
        HttpRequest request = new DefaultHttpRequest(
                HttpVersion.HTTP_1_1, webSocket ? HttpMethod.GET : HttpMethod.valueOf(method), path, UNCHECKED);
        copy(headers, request);
        NettyRequest facts = NettyRequest.of(request, connection.client(), connection.tlsSession());
        if (webSocket) {
            if (!connection.engine.matches(path)) {
                respond(new HostResponse(404, List.of(), new byte[0]), false);
                return;
            }
            Http2Upgrade begun = new Http2Upgrade(this, facts, ended);
            upgrade = begun;
            begun.start();
            return;
        }
        if (!ended && !request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            request.headers()
                    .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED); // a body of unknown length
        }
        setDeadline();
        Exchange begun = new Exchange(this, request, facts);
        exchange = begun;
        if (connection.engine.matches(path)) {
            connection.engine.handle(begun);
        } else {
            connection.options.fallback().handle(begun);
        }
    }

    private static String text(@Nullable CharSequence value) {
        return value == null ? "" : value.toString();
    }

    private static String protocol(Http2Headers headers) {
        return text(headers.get(PseudoHeaderName.PROTOCOL.value()));
    }

    private static void copy(Http2Headers headers, HttpRequest request) {
        StringBuilder cookies = null;
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            String name = header.getKey().toString();
            if (name.startsWith(":")) {
                continue;
            }
            if (name.equals("cookie")) { // may be split: RFC 9113, section 8.2.3
                cookies = cookies == null ? new StringBuilder() : cookies.append("; ");
                cookies.append(header.getValue());
            } else {
                request.headers().add(name, header.getValue());
            }
        }
        if (cookies != null) {
            request.headers().set(HttpHeaderNames.COOKIE, cookies.toString());
        }
        if (headers.authority() != null) {
            request.headers().set(HttpHeaderNames.HOST, headers.authority());
        }
    }

    // ---- deadlines

    private void setDeadline() {
        received();
        deadline = loop.schedule(this::close, connection.options.requestTimeout());
    }

    @Override
    public void received() {
        EngineLoop.Timer timer = deadline;
        if (timer != null) {
            deadline = null;
            timer.cancel();
        }
    }

    // ---- answering

    @Override
    public void continueBody() {
        var unused = ctx.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("100")));
    }

    @Override
    public void resume() {
        advance();
    }

    @Override
    public boolean reading() {
        return reading || advancing;
    }

    @Override
    public void unreadableBody(Exchange unreadable, boolean answered) {
        close();
    }

    @Override
    public void answer(Exchange answered, HostResponse response, boolean close) {
        exchange = null;
        releaseWaiting();
        respond(response, answered.head());
    }

    /**
     * Writes a complete response. A client that has not ended its side gets time for that as long as it sends, because clients lose the
     * response if the stream is reset while they send; see {@link Linger}. Then the stream is reset.
     */
    void respond(HostResponse response, boolean head) {
        Http2Headers headers = new DefaultHttp2Headers().status(Integer.toString(response.status()));
        add(headers, response.headers());
        if (RawResponse.mayHaveBody(response.status())) {
            headers.setInt(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        }
        headers.set(HttpHeaderNames.DATE, loop.date());
        boolean empty = head || response.body().length == 0 || !RawResponse.mayHaveBody(response.status());
        setDeadline(); // for a client that does not read the response
        ChannelFuture written = ctx.write(new DefaultHttp2HeadersFrame(headers, empty));
        if (!empty) {
            written = ctx.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(response.body()), true));
        }
        ctx.flush();
        var unused = written.addListener((ChannelFutureListener) f -> {
            received();
            if (!ended && f.isSuccess() && ctx.channel().isActive()) {
                Linger rest = new Linger(loop, this::endByReset);
                linger = rest;
                ctx.channel().config().setAutoRead(true);
                rest.responseSent();
            } else if (!f.isSuccess()) {
                close();
            }
        });
    }

    private void endByReset() {
        if (!reset && ctx.channel().isActive()) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    static void add(Http2Headers headers, List<Header> added) {
        for (Header header : added) {
            if (!RawResponse.ownedByHost(header.name())) {
                headers.add(header.name().toLowerCase(Locale.ROOT), RawResponse.clean(header.value()));
            }
        }
    }

    @Override
    public void close() {
        var unused = ctx.close();
    }

    // ---- the end

    /** The client has reset the stream: Netty closes it when all received data has been read. */
    @Override
    public void userEventTriggered(ChannelHandlerContext c, Object event) {
        if (event instanceof Http2ResetFrame) {
            reset = true;
            drop();
            c.channel().config().setAutoRead(true);
        } else {
            ReferenceCountUtil.release(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext c) {
        drop();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext c) {
        drop();
    }

    private void drop() {
        received();
        Exchange lost = exchange;
        exchange = null;
        releaseWaiting();
        if (lost != null) {
            lost.lost();
        }
        if (upgrade != null) {
            upgrade.lost();
        }
    }

    private void releaseWaiting() {
        HttpContent taken = advancing ? waiting.poll() : null; // the current one is released by its caller
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        if (taken != null) {
            waiting.add(taken);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext c, Throwable cause) {
        LOG.log(System.Logger.Level.DEBUG, "a stream of HTTP/2 failed", cause);
        if (!(cause instanceof Http2Exception)) { // else Netty resets the stream with the right code, and counts it
            close();
        }
    }
}
