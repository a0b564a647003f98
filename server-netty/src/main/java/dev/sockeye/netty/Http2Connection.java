package dev.sockeye.netty;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostedEngine;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection, negotiated by ALPN. Netty's codec limits concurrent streams, the size of headers, resets
 * (CVE-2023-44487), and empty and control frames. Each stream is a separate channel with a {@link Http2Stream}.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter {

    /**
     * The maximum number of concurrent streams: a browser's pages share one connection, and each has two polling
     * requests or one WebSocket.
     */
    private static final int MAX_STREAMS = 128;

    /** Bytes that a stream may send before they are read. */
    private static final int STREAM_WINDOW = 64 * 1024;

    /**
     * As large as all streams together, so that a stream that is not read never blocks another one, which may belong to
     * another user behind a proxy.
     */
    private static final int CONNECTION_WINDOW = MAX_STREAMS * STREAM_WINDOW;

    /** How long a client may take to read the GOAWAY of a connection error, if {@code closeTimeout} is not shorter. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger(Http2Connection.class.getName());

    final HostedEngine engine;
    final NettyHostOptions options;
    private final @Nullable SocketAddress client;
    private final @Nullable SSLSession tlsSession;
    private ChannelHandlerContext ctx;
    private NettyLoop loop;
    private final Set<Channel> streams = new HashSet<>();
    private EngineLoop.@Nullable Timer idle;
    private EngineLoop.@Nullable Timer end;

    @SuppressWarnings("NullAway.Init") // the context and the loop come with handlerAdded
    Http2Connection(
            HostedEngine engine,
            NettyHostOptions options,
            @Nullable SocketAddress client,
            @Nullable SSLSession tlsSession) {
        this.engine = engine;
        this.options = options;
        this.client = client;
        this.tlsSession = tlsSession;
    }

    /** Waits for the end of the TLS handshake, and replaces HTTP/1.1 when the client has chosen HTTP/2. */
    static final class Negotiation extends ChannelInboundHandlerAdapter {
        private final HttpConnection http1;

        Negotiation(HttpConnection http1) {
            this.http1 = http1;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof SslHandshakeCompletionEvent done) {
                ChannelPipeline pipeline = ctx.pipeline();
                SslHandler tls = pipeline.get(SslHandler.class);
                if (done.isSuccess()
                        && tls != null
                        && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
                    SocketAddress client = http1.client();
                    pipeline.remove(HttpCodec.class);
                    pipeline.remove(http1);
                    install(
                            pipeline,
                            new Http2Connection(
                                    http1.engine,
                                    http1.options,
                                    client == null ? ctx.channel().remoteAddress() : client,
                                    tls.engine().getSession()));
                }
                pipeline.remove(this);
            }
            super.userEventTriggered(ctx, event);
        }
    }

    private static void install(ChannelPipeline pipeline, Http2Connection connection) {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(MAX_STREAMS)
                        .initialWindowSize(STREAM_WINDOW)
                        .maxHeaderListSize(connection.options.maxHeaderSize())
                        .connectProtocolEnabled(true))
                .gracefulShutdownTimeoutMillis(connection.options.closeTimeout().toMillis())
                .build();
        codec.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onGoAwaySent(int lastStreamId, long errorCode, ByteBuf debugData) {
                connection.ending(errorCode != Http2Error.NO_ERROR.code());
            }
        });
        pipeline.addLast(
                codec,
                new Http2MultiplexHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        connection.begin(stream);
                    }
                }),
                connection);
        var unused = pipeline.writeAndFlush(
                new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext own) {
        ctx = own;
        loop = NettyLoop.of(own.channel().eventLoop());
        idle = loop.schedule(this::close, options.requestTimeout());
    }

    @Nullable
    SocketAddress client() {
        return client;
    }

    @Nullable
    SSLSession tlsSession() {
        return tlsSession;
    }

    private void begin(Channel stream) {
        streams.add(stream);
        stopTimer();
        stream.pipeline().addLast(new Http2Stream(this, loop));
        var unused = stream.closeFuture().addListener(f -> {
            streams.remove(stream);
            if (streams.isEmpty() && ctx.channel().isActive()) {
                idle = loop.schedule(this::close, options.keepAliveTimeout());
            }
        });
    }

    private void stopTimer() {
        EngineLoop.Timer timer = idle;
        if (timer != null) {
            idle = null;
            timer.cancel();
        }
    }

    /**
     * The codec closes the connection once GOAWAY is written, which may be never if the client does not read. After an
     * error, which the codec does not always report to {@link #exceptionCaught}, nothing more is read: the codec would
     * still answer it.
     */
    private void ending(boolean error) {
        if (error) {
            ctx.channel().config().setAutoRead(false);
        }
        if (end == null) {
            Duration most = options.closeTimeout();
            end = loop.schedule(this::abort, error && most.compareTo(LINGER) > 0 ? LINGER : most);
        }
    }

    /** Closes the socket without waiting for the end of TLS. */
    private void abort() {
        Channel.Unsafe socket = ctx.channel().unsafe();
        socket.close(socket.voidPromise());
    }

    private void close() {
        var unused = ctx.channel().close();
    }

    @Override
    public void channelRead(ChannelHandlerContext c, Object frame) {
        ReferenceCountUtil.release(frame); // settings, pings: the codec has answered them
    }

    @Override
    public void channelInactive(ChannelHandlerContext c) {
        stopTimer();
        EngineLoop.Timer last = end;
        if (last != null) {
            last.cancel();
        }
        // Netty keeps a stream open until what has been received is read
        for (Channel stream : List.copyOf(streams)) {
            stream.unsafe().close(stream.unsafe().voidPromise());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext c, Throwable cause) {
        LOG.log(System.Logger.Level.DEBUG, "a connection of HTTP/2 failed", cause);
        if (!(cause instanceof Http2Exception)) { // else the codec sends GOAWAY with the right code, and closes
            close();
        }
    }
}
