package dev.sockeye.socketio.client.webtransport;

import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.StreamFrameDecoder;
import dev.sockeye.engineio.protocol.StreamFrames;
import dev.sockeye.socketio.client.netty.WebTransportProvider.Setup;
import dev.sockeye.socketio.client.transport.MessageConnection;
import dev.sockeye.socketio.client.transport.NetworkException;
import dev.sockeye.socketio.client.transport.ServerAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebTransport session on a dedicated QUIC connection, with one stream of messages. States: dialling; asked (the request was
 * sent); open; closing (our side of the stream has ended; waiting until the server closes the session, or a timeout); over.
 * Used on the loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the result of closing is not needed
final class Session implements MessageConnection, StreamFrameDecoder.Receiver {
    private static final int CLOSE_SECONDS = 2;
    private static final int H3_NO_ERROR = 0x100;
    private static final int ABNORMAL = 1006;
    private static final int LARGEST_BUFFER = 64 * 1024;
    private static final int SMALLEST_BUFFER = 256;
    private static final byte[] STREAM_OF_SESSION = {0x40, 0x41
    }; // the type of the stream, followed by the id of the session

    private final Setup setup;
    private final QuicTls tls;
    private final Listener listener;
    private final byte[] header = new byte[StreamFrames.MAX_HEADER + 1];
    private @Nullable Dialer dialer;
    private @Nullable QuicChannel quic;
    private @Nullable Channel udp;
    private @Nullable QuicStreamChannel stream;
    private @Nullable StreamFrameDecoder decoder;
    private @Nullable ByteBuf out;
    private @Nullable Future<?> deadline;
    private boolean reading = true;
    private boolean open;
    /** Whether the listener was notified of the end, or the session was closed from this side. */
    private boolean ended;
    /** Whether our side of the stream has ended. */
    private boolean finished;

    private boolean over;

    Session(Setup setup, QuicTls tls, Listener listener) {
        this.setup = setup;
        this.tls = tls;
        this.listener = listener;
    }

    // ---- opening

    @Override
    public void open(String uri, Map<String, String> headers) {
        ServerAddress server = setup.options().server();
        QuicSslContext context;
        try {
            check(server);
            context = tls.of(setup.options().tls(), server);
        } catch (NetworkException e) {
            setup.loop()
                    .execute(() -> fail(
                            e)); // not during the call itself: the caller can handle a failure only after it returned
            return;
        }
        Dialer dialling = new Dialer(setup, tls, context, new Dialer.Result() {
            @Override
            public void connected(QuicChannel opened, Channel socket) {
                dialer = null;
                quic = opened;
                udp = socket;
                opened.closeFuture().addListener(done -> lost());
                request(opened, ConnectStream.head(server, uri, headers));
            }

            @Override
            public void failed(Throwable cause) {
                dialer = null;
                fail(cause);
            }
        });
        dialer = dialling;
        dialling.dial();
    }

    private void check(ServerAddress server) throws NetworkException {
        if (!server.secure()) {
            throw new NetworkException("WebTransport needs https: " + server.origin(), null);
        }
        if (setup.options().proxy() != null) {
            throw new NetworkException("WebTransport cannot use a proxy", null);
        }
        if (!Quic.isAvailable()) {
            throw new NetworkException(
                    "WebTransport needs Netty's native QUIC library, and there is none for this machine ("
                            + System.getProperty("os.name") + ", " + System.getProperty("os.arch")
                            + ") on the class path: add io.netty:netty-codec-native-quic with the classifier of this"
                            + " machine",
                    Quic.unavailabilityCause());
        }
    }

    private void request(QuicChannel opened, Http3HeadersFrame head) {
        ConnectStream connect = new ConnectStream(this);
        Http3.newRequestStream(opened, connect).addListener((Future<QuicStreamChannel> done) -> {
            if (over) {
                return;
            }
            if (done.isSuccess()) {
                done.getNow().writeAndFlush(head).addListener(sent -> {
                    if (!sent.isSuccess()) {
                        broke(sent.cause());
                    }
                });
            } else {
                broke(done.cause());
            }
        });
    }

    /** The server responded with 2xx: opens the stream of messages. */
    void accepted(long id, List<String> cookies) {
        QuicChannel connection = quic;
        if (connection == null || ended) {
            return;
        }
        decoder = new StreamFrameDecoder(
                setup.options().maxInboundBytes(), setup.options().maxInboundBytes(), this);
        connection
                .createStream(QuicStreamType.BIDIRECTIONAL, new Messages())
                .addListener((Future<QuicStreamChannel> done) -> {
                    if (ended) {
                        return;
                    }
                    if (!done.isSuccess()) {
                        broke(done.cause());
                        return;
                    }
                    QuicStreamChannel opened = done.getNow();
                    stream = opened;
                    opened.config().setAutoRead(reading);
                    ByteBuf first = opened.alloc().directBuffer(SMALLEST_BUFFER).writeBytes(STREAM_OF_SESSION);
                    out = Varint.write(first, id);
                    open = true;
                    listener.onOpen(cookies);
                });
    }

    /** The server responded with another status. */
    void refused(int status, String body, List<String> cookies) {
        if (!ended) {
            ended = true;
            listener.onRefused(status, body, cookies);
        }
        end();
    }

    // ---- messages

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        QuicStreamChannel target = stream;
        if (target == null || finished || over) {
            return;
        }
        boolean prefixed = prefix != NO_PREFIX;
        int head = StreamFrames.writeHeader(binary, payload.length + (prefixed ? 1 : 0), header, 0);
        if (prefixed) {
            header[head++] = (byte) prefix;
        }
        int size = head + payload.length;
        ByteBuf buffer = out;
        if (buffer != null && buffer.readableBytes() + size > LARGEST_BUFFER) {
            target.write(buffer);
            buffer = null;
        }
        if (buffer == null) {
            buffer = target.alloc().directBuffer(Math.max(SMALLEST_BUFFER, size));
        }
        out = buffer.writeBytes(header, 0, head).writeBytes(payload);
    }

    @Override
    public void flush() {
        QuicStreamChannel target = stream;
        ByteBuf buffer = out;
        out = null;
        if (target != null && buffer != null) {
            target.writeAndFlush(buffer).addListener(done -> {
                if (!done.isSuccess()) {
                    broke(done.cause()); // the server has stopped the stream, or the connection was lost
                } else if (!ended) {
                    listener.onFlushed();
                }
            });
        }
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        if (stream != null && !finished) {
            stream.config().setAutoRead(on);
        }
    }

    @Override
    public void onText(byte[] utf8) {
        if (!ended) {
            listener.onText(utf8);
        }
    }

    @Override
    public void onBinary(byte[] data) {
        if (!ended) {
            listener.onBinary(data);
        }
    }

    /** The stream of messages. */
    private final class Messages extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf bytes = (ByteBuf) msg;
            StreamFrameDecoder frames = decoder;
            try {
                if (frames != null && !ended) {
                    frames.decode(bytes.nioBuffer());
                }
            } catch (EngineDecodeException e) {
                fail(new NetworkException("the server sent " + e.getMessage(), e));
                end();
            } finally {
                bytes.release();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                finish(); // the server has sent everything, and closes the session after our side has ended
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            broke(cause);
        }
    }

    // ---- closing

    /** Ends our side of the stream after all queued messages, and waits for the server to close the session. */
    private void finish() {
        QuicStreamChannel target = stream;
        if (finished || over || target == null) {
            return;
        }
        finished = true;
        flush();
        target.config().setAutoRead(true);
        target.shutdownOutput();
        deadline = setup.loop().schedule(() -> closed(0, ""), CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close(boolean graceful) {
        ended = true;
        if (graceful && stream != null) {
            finish();
        } else {
            end();
        }
    }

    /** The server closed the session. */
    void closed(int code, String reason) {
        if (!open) {
            fail(new NetworkException("the server closed the session immediately: " + code + " " + reason, null));
        } else if (!ended) {
            ended = true;
            listener.onClosed(code, reason);
        }
        end();
    }

    /** The connection was lost. */
    private void lost() {
        broke(new NetworkException("the connection was closed before the session was open", null));
    }

    /** An unexpected failure occurred. */
    void broke(Throwable cause) {
        if (open) {
            closed(ABNORMAL, "");
        } else {
            fail(cause);
            end();
        }
    }

    private void fail(Throwable cause) {
        if (!ended) {
            ended = true;
            listener.onFailed(cause);
        }
    }

    /** The only place where the session ends. */
    private void end() {
        if (over) {
            return;
        }
        over = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (dialer != null) {
            dialer.cancel();
        }
        if (decoder != null) {
            decoder.end();
        }
        if (out != null) {
            out.release();
            out = null;
        }
        Channel socket = udp;
        if (quic != null && socket != null) {
            quic.closeFuture().addListener(done -> {
                // the last packet is flushed later in this turn of the socket
                setup.loop().schedule(() -> socket.close(), 1, TimeUnit.MILLISECONDS);
            });
            quic.close(true, H3_NO_ERROR, Unpooled.EMPTY_BUFFER);
        }
    }
}
