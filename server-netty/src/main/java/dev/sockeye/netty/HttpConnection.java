package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostedEngine;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP side of one connection, behind a {@link HttpServerCodec}. Handles one request at a time: pipelined requests
 * wait, and the connection is not read in the meantime. Leaves the pipeline when the connection becomes a WebSocket.
 */
final class HttpConnection extends ChannelDuplexHandler implements ExchangeCarrier {

    private static final System.Logger LOG = System.getLogger(HttpConnection.class.getName());

    final HostedEngine engine;
    final NettyHostOptions options;
    final boolean attached;
    private ChannelHandlerContext ctx;
    private NettyLoop loop;

    /** The address sent by the proxy, see {@link ProxyHeader}; {@code null} for that of the peer. */
    private @Nullable SocketAddress client;

    private @Nullable Exchange current;
    private @Nullable Upgrade upgrade;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>(0);
    private boolean advancing;
    private boolean foreignRequest; // its body is passed on
    private boolean foreignResponse; // it is not complete yet
    private boolean foreignWritten;
    private @Nullable Linger linger;
    private boolean reading;
    private boolean sending; // a response: the next request waits, so that a client that does not read fills no memory

    // the loop's list of connections with a deadline
    @Nullable
    HttpConnection next;

    @Nullable
    HttpConnection previous;

    private long deadline;
    private boolean deadlineSet;

    @SuppressWarnings("NullAway.Init") // the context comes with handlerAdded
    HttpConnection(HostedEngine engine, NettyHostOptions options, boolean attached) {
        this.engine = engine;
        this.options = options;
        this.attached = attached;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext own) {
        ctx = own;
        if (own.channel().isRegistered()) {
            start();
        }
    }

    @Override
    public void channelRegistered(ChannelHandlerContext c) throws Exception {
        start();
        super.channelRegistered(c);
    }

    @SuppressWarnings("ReferenceEquality")
    private void start() {
        NettyLoop own = NettyLoop.of(ctx.channel().eventLoop());
        if (loop != own) {
            loop = own;
            if (!attached) {
                setDeadline(options.requestTimeout());
                loop.watch(this, options.sweepInterval());
            }
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext c) {
        loop.unwatch(this);
        drop();
    }

    @Override
    public NettyLoop loop() {
        return loop;
    }

    @Override
    public HostedEngine engine() {
        return engine;
    }

    @Override
    public Channel tcp() {
        return ctx.channel();
    }

    ChannelHandlerContext context() {
        return ctx;
    }

    void setClient(SocketAddress address) {
        client = address;
    }

    @Nullable
    SocketAddress client() {
        return client;
    }

    @Override
    public void close() {
        var unused = ctx.close();
    }

    // ---- deadlines

    private void setDeadline(Duration fromNow) {
        deadline = System.nanoTime() + fromNow.toNanos();
        deadlineSet = true;
    }

    void checkDeadline(long now) {
        if (deadlineSet && now - deadline >= 0) {
            close();
        }
    }

    // ---- reading

    @Override
    public void channelRead(ChannelHandlerContext c, Object msg) {
        reading = true;
        if (linger != null) {
            linger.discard(msg);
        } else if (upgrade != null) {
            upgrade.early(msg);
        } else if (!(msg instanceof HttpObject)) {
            c.fireChannelRead(msg); // a handler of the application has taken the connection
        } else {
            waiting.add(msg);
            advance();
            if (!waiting.isEmpty()) {
                c.channel().config().setAutoRead(false);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext c) {
        reading = false;
        if (current != null) {
            current.batchEnded();
        }
        c.fireChannelReadComplete();
    }

    /** Processes the received messages as far as possible. */
    private void advance() {
        if (advancing) {
            return;
        }
        advancing = true;
        try {
            Object msg;
            while ((msg = waiting.peek()) != null && take(msg)) {
                waiting.poll();
            }
        } catch (RuntimeException | Error e) {
            waiting.poll(); // it was released already
            throw e;
        } finally {
            advancing = false;
        }
        if (!reading && current != null) {
            current.batchEnded();
        }
        if (waiting.isEmpty() && upgrade == null) { // an open WebSocket may have stopped reading
            ctx.channel().config().setAutoRead(true);
        }
    }

    /** Processes one message; returns false if it has to wait. */
    private boolean take(Object msg) {
        if (linger != null || upgrade != null) {
            ReferenceCountUtil.release(msg);
            return true;
        }
        boolean request = msg instanceof WholeRequest || msg instanceof HttpRequest;
        if (request && (current != null || sending || foreignResponse)) {
            return false;
        }
        if (msg instanceof WholeRequest whole) {
            serve(new Exchange(this, whole, NettyRequest.of(whole, peer(), tlsSession())), engine.matches(whole.uri()));
            return true;
        }
        if (msg instanceof HttpRequest head) {
            begin(head);
            if (!(msg instanceof HttpContent)) {
                return true;
            }
        }
        if (foreignRequest) {
            foreignRequest = !(msg instanceof LastHttpContent);
            if (!request) {
                ctx.fireChannelRead(msg);
            }
            return true;
        }
        if (current != null && msg instanceof HttpContent content) {
            return current.content(content);
        }
        ReferenceCountUtil.release(msg);
        return true;
    }

    private void begin(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            refuse(HttpCodec.status(request.decoderResult().cause()));
            return;
        }
        boolean webSocket = Upgrade.asked(request);
        boolean ours = engine.matches(request.uri());
        if ((ours || !attached) && !HttpCodec.valid(request)) {
            refuse(400);
            return;
        }
        if (!ours && attached) {
            foreignRequest = true;
            foreignResponse = true;
            foreignWritten = false;
            if (webSocket) {
                foreignResponse = false;
                destroyLater();
            }
            ctx.fireChannelRead(request);
        } else if (!ours && webSocket) {
            deadlineSet = false;
            destroyLater();
        } else {
            NettyRequest facts = NettyRequest.of(request, peer(), tlsSession());
            if (webSocket) {
                beginUpgrade(request, facts);
            } else {
                setDeadline(options.requestTimeout());
                serve(new Exchange(this, request, facts), ours);
            }
        }
    }

    private void serve(Exchange exchange, boolean ours) {
        current = exchange;
        if (ours) {
            engine.handle(exchange);
        } else {
            options.fallback().handle(exchange);
        }
    }

    private SocketAddress peer() {
        SocketAddress named = client;
        return named == null ? ctx.channel().remoteAddress() : named;
    }

    private void beginUpgrade(HttpRequest request, NettyRequest facts) {
        deadlineSet = false;
        Upgrade begun = new Upgrade(this, request, facts);
        upgrade = begun;
        ctx.channel().config().setAutoRead(true); // from now on it decides
        // from now on these are bytes, not HTTP; the codec passes on what it has not read
        ChannelPipeline pipeline = ctx.pipeline();
        if (attached) {
            Upgrade.removeBehind(pipeline, this);
            pipeline.remove(HttpServerCodec.class);
        } else {
            pipeline.remove(HttpCodec.class);
        }
        begun.start(request);
    }

    private @Nullable SSLSession tlsSession() {
        SslHandler ssl = ctx.pipeline().get(SslHandler.class);
        return ssl == null ? null : ssl.engine().getSession();
    }

    boolean secure() {
        return ctx.pipeline().get(SslHandler.class) != null;
    }

    private void destroyLater() {
        if (!options.destroyUpgrade()) {
            return;
        }
        var unused = ctx.executor()
                .schedule(
                        () -> {
                            if (!foreignWritten && ctx.channel().isActive()) {
                                close();
                            }
                        },
                        options.destroyUpgradeTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void continueBody() {
        var unused = ctx.writeAndFlush(RawResponse.continueResponse());
    }

    /** A body that cannot be read ends its request, and the connection. */
    @Override
    public void unreadableBody(Exchange exchange, boolean answered) {
        current = null;
        exchange.lost();
        if (answered) {
            close();
        } else {
            refuse(400);
        }
    }

    private void refuse(int status) {
        writeAndLinger(wire(new HostResponse(status, List.of(), new byte[0]), false, false, true));
    }

    // ---- answering

    @Override
    public void answer(Exchange exchange, HostResponse response, boolean close) {
        if (close) {
            linger = new Linger(loop, this::close);
            releaseWaiting();
        }
        ChannelFuture written = ctx.writeAndFlush(wire(response, exchange.head(), exchange.http10(), close));
        if (written.isSuccess() && !close) {
            setDeadline(options.keepAliveTimeout());
        } else {
            setDeadline(options.requestTimeout());
            sending = true;
            var unused = written.addListener((ChannelFutureListener) f -> {
                sending = false;
                if (close) {
                    halfClose(exchange.bodyEnded());
                } else if (f.isSuccess()) {
                    setDeadline(options.keepAliveTimeout());
                    advance();
                } else {
                    close();
                }
            });
        }
        current = null;
        advance();
    }

    /** A response for the codec that is in the pipeline. */
    private Object wire(HostResponse response, boolean head, boolean http10, boolean close) {
        return attached
                ? RawResponse.http(response, loop.date(), head, http10, close)
                : ResponseWriter.current().write(ctx.alloc(), response, loop.date(), head, http10, close);
    }

    /** There is no deadline while a request waits for its response; the engine is responsible for that. */
    @Override
    public void received() {
        deadlineSet = false;
    }

    @Override
    public boolean reading() {
        return reading || advancing;
    }

    @Override
    public void resume() {
        advance();
    }

    /** Writes a complete response as bytes or objects and closes in a way that the client can read it. */
    void writeAndLinger(Object answer) {
        linger = new Linger(loop, this::close);
        releaseWaiting();
        setDeadline(options.requestTimeout());
        var unused = ctx.writeAndFlush(answer).addListener((ChannelFutureListener) f -> halfClose(false));
    }

    private void halfClose(boolean nothingMoreExpected) {
        Channel channel = ctx.channel();
        if (nothingMoreExpected || !channel.isActive() || !(channel instanceof DuplexChannel duplex)) {
            close();
            return;
        }
        channel.config().setAutoRead(true);
        if (!secure()) { // TLS has no such half; the client sees the end by the headers of the response
            var unused = duplex.shutdownOutput();
        }
        if (linger != null) {
            linger.responseSent();
        }
    }

    // ---- what the application writes, on an attached pipeline

    @Override
    public void write(ChannelHandlerContext c, Object msg, ChannelPromise promise) throws Exception {
        foreignWritten = true;
        boolean last = foreignResponse && msg instanceof LastHttpContent && !informational(msg);
        super.write(c, msg, promise);
        if (last) {
            foreignResponse = false;
            if (!waiting.isEmpty()) {
                loop.execute(this::advance);
            }
        }
    }

    private static boolean informational(Object msg) {
        return msg instanceof HttpResponse response && response.status().code() < 200;
    }

    // ---- the end

    @Override
    public void channelInactive(ChannelHandlerContext c) {
        loop.unwatch(this);
        drop();
        c.fireChannelInactive();
    }

    private void drop() {
        Exchange exchange = current;
        current = null;
        if (exchange != null) {
            exchange.lost();
        }
        if (upgrade != null) {
            upgrade.lost();
        }
        releaseWaiting();
    }

    private void releaseWaiting() {
        Object taken = advancing ? waiting.poll() : null; // the current one is released by its caller
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        if (taken != null) {
            waiting.add(taken);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext c, Throwable cause) {
        if (attached && current == null && upgrade == null) {
            c.fireExceptionCaught(cause);
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, "an HTTP connection failed", cause);
        close();
    }
}
