package dev.sockeye.socketio.client.webtransport;

import dev.sockeye.socketio.client.netty.WebTransportProvider.Setup;
import dev.sockeye.socketio.client.transport.NetworkException;
import dev.sockeye.socketio.client.transport.ServerAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.http3.Http3SettingsFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Opens a QUIC connection to a server that supports WebTransport. Tries the addresses of its host name in order: the next
 * attempt starts after 250 ms, or when one fails. The first connection on which the server has sent its HTTP/3 settings is
 * used. Used on the loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the result of closing is not needed
final class Dialer {
    private static final int STAGGER_MILLIS = 250;
    /** Shorter than common connection timeouts, so that the reason of the failure is known. */
    private static final int CONNECT_TIMEOUT_MILLIS = 8_000;

    private static final int MAX_RECEIVED_DATAGRAM = 1500;
    private static final int MAX_SENT_DATAGRAM = 1350;
    /** How many bytes the server may send on one stream, and on all of them, before any is read. Both windows grow as bytes are read. */
    private static final int STREAM_WINDOW = 256 * 1024;

    private static final int CONNECTION_WINDOW = 2 * STREAM_WINDOW;

    private static final long ENABLE_WEBTRANSPORT_DRAFT02 = 0x2b603742L;
    /** The settings of the drafts; each of them means that the server supports WebTransport. */
    private static final long[] WEBTRANSPORT_SETTINGS = {
        ENABLE_WEBTRANSPORT_DRAFT02, 0xc671706aL, 0x14e9cd29L, 0x2c7cf000L
    };

    /** One of the methods is called once, unless the dialer was cancelled. */
    interface Result {
        /** The connection is open; {@code udp} is its socket, which is not shared with other connections. */
        void connected(QuicChannel quic, Channel udp);

        void failed(Throwable cause);
    }

    private final Setup setup;
    private final QuicSslContext context;
    private final QuicTls tls;
    private final ServerAddress server;
    private final Result result;
    private final List<QuicChannel> dialled = new ArrayList<>();
    private List<InetSocketAddress> addresses = List.of();
    private int next;
    private @Nullable Channel udp;
    private @Nullable Future<?> stagger;
    private @Nullable Throwable firstFailure;
    private int waiting;
    private boolean ended;

    Dialer(Setup setup, QuicTls tls, QuicSslContext context, Result result) {
        this.tls = tls;
        this.setup = setup;
        this.context = context;
        this.server = setup.options().server();
        this.result = result;
    }

    void dial() {
        setup.resolve(this::bind, this::fail);
    }

    private void bind(List<InetSocketAddress> found) {
        if (ended) {
            return;
        }
        addresses = found;
        ChannelFuture bound = new Bootstrap()
                .group(setup.loop())
                .channel(setup.datagramType())
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_RECEIVED_DATAGRAM))
                .handler(Http3.newQuicClientCodecBuilder()
                        .sslEngineProvider(quic -> context.newEngine(quic.alloc(), server.host(), server.port()))
                        .maxRecvUdpPayloadSize(MAX_RECEIVED_DATAGRAM)
                        .maxSendUdpPayloadSize(MAX_SENT_DATAGRAM)
                        .initialMaxData(CONNECTION_WINDOW)
                        .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW)
                        .initialMaxStreamDataUnidirectional(16 * 1024)
                        .initialMaxStreamsBidirectional(0)
                        .initialMaxStreamsUnidirectional(8)
                        .datagram(4, 4) // required by WebTransport; datagrams are dropped
                        .build())
                .bind(0);
        Throwable impossible = bound.cause();
        if (impossible != null) {
            // there is no channel, for example because too many files are open; listeners would be called on another
            // thread
            setup.loop().execute(() -> fail(impossible));
            return;
        }
        Channel socket = bound.channel();
        udp = socket;
        setup.track(socket);
        bound.addListener(done -> {
            if (ended) {
                socket.close();
            } else if (done.isSuccess()) {
                dialNext();
            } else {
                fail(done.cause());
            }
        });
    }

    private void dialNext() {
        if (stagger != null) {
            stagger.cancel(false);
            stagger = null;
        }
        Channel socket = udp;
        if (ended || socket == null || next == addresses.size()) {
            return;
        }
        waiting++;
        Settings attempt = new Settings();
        QuicChannel.newBootstrap(socket)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(QuicChannel quic) {
                        dialled.add(quic);
                        attempt.quic = quic;
                        quic.pipeline()
                                .addLast(new ClosedStreams())
                                .addLast(new Http3ClientConnectionHandler(
                                        attempt, null, null, settings(), true, (id, value) -> true));
                    }
                })
                .remoteAddress(addresses.get(next++))
                .connect()
                .addListener(done -> {
                    if (done.isSuccess()) {
                        attempt.established();
                    } else {
                        CertificateException distrust = tls.failure(attempt.engine());
                        attempt.fail(distrust != null ? distrust : done.cause());
                    }
                });
        if (!ended && next < addresses.size()) {
            stagger = setup.loop().schedule(this::dialNext, STAGGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static Http3SettingsFrame settings() {
        Http3Settings settings = new Http3Settings((id, value) -> true);
        settings.enableH3Datagram(true);
        settings.put(ENABLE_WEBTRANSPORT_DRAFT02, 1L);
        return new DefaultHttp3SettingsFrame(settings);
    }

    private void failed(Throwable cause) {
        if (ended) {
            return;
        }
        waiting--;
        if (firstFailure == null) {
            firstFailure = cause;
        }
        if (next < addresses.size()) {
            dialNext();
        } else if (waiting == 0) {
            fail(explained(firstFailure));
        }
    }

    private Throwable explained(Throwable cause) {
        return cause instanceof ConnectTimeoutException
                ? new NetworkException("no answer from " + server.authority() + " over UDP (QUIC)", null)
                : cause;
    }

    private void fail(Throwable cause) {
        if (!ended) {
            cancel();
            result.failed(cause);
        }
    }

    /** Cancels the attempts without a result. Calling it again has no effect. */
    void cancel() {
        if (!ended) {
            end(null);
            if (udp != null) {
                udp.close();
            }
        }
    }

    private void end(@Nullable QuicChannel winner) {
        ended = true;
        if (stagger != null) {
            stagger.cancel(false);
        }
        for (QuicChannel quic : dialled) {
            if (quic != winner) {
                quic.close();
            }
        }
        dialled.clear();
    }

    /** Reads the server's control stream. */
    private final class Settings extends ChannelInboundHandlerAdapter {
        private @Nullable QuicChannel quic;
        private boolean over;

        /** The connection is open, and the server's settings are to come. */
        void established() {
            if (quic != null) {
                quic.closeFuture()
                        .addListener(done -> fail(new NetworkException(
                                "the server " + server.authority()
                                        + " closed the connection before its settings arrived",
                                null)));
            }
        }

        /** The attempt failed; only the first reason counts. */
        void fail(Throwable cause) {
            if (!over) {
                over = true;
                failed(cause);
            }
        }

        @Nullable
        SSLEngine engine() {
            return quic == null ? null : quic.sslEngine();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            QuicChannel opened = quic;
            if (frame instanceof Http3SettingsFrame settings && opened != null && !ended) {
                Channel socket = udp;
                if (socket != null && hasWebTransport(settings.settings())) {
                    end(opened);
                    result.connected(opened, socket);
                } else {
                    fail(new NetworkException(
                            "the server " + server.authority() + " supports HTTP/3, but not WebTransport", null));
                    opened.close();
                }
            }
            ReferenceCountUtil.release(frame);
        }
    }

    private static boolean hasWebTransport(Http3Settings settings) {
        for (long setting : WEBTRANSPORT_SETTINGS) {
            if (settings.getOrDefault(setting, 0) > 0) {
                return Boolean.TRUE.equals(settings.connectProtocolEnabled());
            }
        }
        return false;
    }
}
