package dev.sockeye.webtransport;

import static java.util.Objects.requireNonNull;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.WebTransportRequest;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.StreamFrameDecoder;
import dev.sockeye.runtime.Capsules;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A WebTransport session, from its request to its end. States: asked (the engine decides); open; closing (queued messages are
 * written, then the stream ends, then the client has a short time to read it, because a browser drops unread data when the
 * session is closed); over. Loop-confined, except for the responses to the request.
 */
final class Session implements WebTransportRequest, MessageConnection, StreamFrameDecoder.Receiver {
    /** How long a client may take to read the end of its stream before the session is closed. */
    private static final Duration READING_TIME = Duration.ofSeconds(1);

    private static final int ABNORMAL = 1006;
    private static final System.Logger LOG = System.getLogger(Session.class.getName());

    private final Connection connection;
    private final QuicStreamChannel connect;
    private final HostRequest request;
    private final boolean draft02;

    private @Nullable MessageListener listener;
    private @Nullable StreamFrameDecoder decoder;
    private @Nullable MessageStream stream;
    private @Nullable StreamOutput output;
    private @Nullable Runnable onLost;
    private EngineLoop.@Nullable Timer closeTimer;
    private boolean answered;
    private boolean reading = true;
    private boolean closing;
    private int closeCode;
    private String closeReason = "";
    private boolean streamFinished; // our side of the stream
    private boolean over;

    Session(Connection connection, QuicStreamChannel connect, HostRequest request, boolean draft02) {
        this.connection = connection;
        this.connect = connect;
        this.request = request;
        this.draft02 = draft02;
    }

    long id() {
        return connect.streamId();
    }

    // ---- the request

    @Override
    public HostRequest request() {
        return request;
    }

    @Override
    public EngineLoop loop() {
        return connection.loop();
    }

    private void onLoop(Runnable action) {
        if (loop().inLoop()) {
            action.run();
        } else {
            loop().execute(action);
        }
    }

    @Override
    public void accept(List<Header> headers, int maxMessageSize, MessageListener owner) {
        onLoop(() -> {
            if (!answered && !over) {
                answered = true;
                onLost = null;
                listener = owner;
                decoder = new StreamFrameDecoder(MAX_FIRST_MESSAGE, maxMessageSize, this);
                new Answer(connect).open(headers, draft02);
                call(() -> owner.onOpen(this));
                connection.accepted(this);
            }
        });
    }

    @Override
    public void reject(HostResponse response) {
        onLoop(() -> {
            if (!answered && !over) {
                answered = true;
                over = true;
                onLost = null;
                new Answer(connect).send(response);
                connection.ended(this);
            }
        });
    }

    @Override
    public void onConnectionLost(Runnable action) {
        onLoop(() -> {
            if (over && !answered) {
                action.run();
            } else if (!answered) {
                onLost = action;
            }
        });
    }

    boolean isAccepted() {
        return listener != null && !over;
    }

    // ---- receiving

    /** The session's stream was opened. A second stream is refused. */
    void attach(MessageStream its) {
        if (stream != null || closing || over) {
            its.refuse();
            return;
        }
        stream = its;
        output = new StreamOutput(its.channel, this::drained, this::abort);
        its.channel.config().setAutoRead(reading);
        its.begin(this);
    }

    /** Handles bytes of the stream, and releases them. */
    void read(ByteBuf bytes) {
        try {
            StreamFrameDecoder frames = decoder;
            if (frames != null && !closing && !over) {
                frames.decode(bytes.nioBuffer());
            }
        } catch (EngineDecodeException e) {
            fail(e);
        } finally {
            bytes.release();
        }
    }

    @Override
    public void onText(byte[] utf8) {
        connection.proven();
        if (listener != null && !closing && !over) {
            MessageListener told = listener;
            call(() -> told.onText(utf8));
        }
    }

    @Override
    public void onBinary(byte[] data) {
        connection.proven();
        if (listener != null && !closing && !over) {
            MessageListener told = listener;
            call(() -> told.onBinary(data));
        }
    }

    @Override
    public boolean receiving(long change) {
        return connection.all.setup.engine().receiving(change);
    }

    private void call(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    WebTransportLog.LISTENER_FAILED.text("a WebTransport listener threw"),
                    e);
            fail(e);
        }
    }

    @Override
    public void autoRead(boolean on) {
        reading = on;
        if (stream != null && (on || !closing)) {
            stream.channel.config().setAutoRead(on);
        }
    }

    // ---- sending

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        if (output != null && !closing && !over) {
            output.send(binary, prefix, payload);
        }
    }

    @Override
    public long pendingBytes() {
        return output == null ? 0 : output.pendingBytes();
    }

    /** Writes the messages that were queued in this turn. */
    void flush() {
        if (output != null) {
            output.flush();
        }
    }

    private void drained() {
        if (closing) {
            finishStream();
        } else if (listener != null && !over) {
            call(listener::onDrained);
        }
    }

    // ---- closing

    @Override
    public void close(int code, String reason) {
        if (closing || over) {
            return;
        }
        closing = true;
        closeCode = code == NO_STATUS ? 0 : code;
        closeReason = reason;
        autoRead(true);
        closeTimer = loop().schedule(this::finish, connection.all.setup.closeTimeout());
        flush();
        if (pendingBytes() == 0) {
            finishStream();
        }
    }

    private void finishStream() {
        if (streamFinished || over) {
            return;
        }
        streamFinished = true;
        if (stream == null) {
            finish();
            return;
        }
        var unused = stream.channel.shutdownOutput();
        requireNonNull(closeTimer).cancel();
        closeTimer = loop().schedule(this::finish, READING_TIME);
    }

    /** Closes the session: notifies the client and the listener. */
    private void finish() {
        if (!over) {
            var unused = connect.writeAndFlush(closeFrame());
            var unusedEnd = connect.shutdownOutput();
            end(closing ? closeCode : NO_STATUS, null);
        }
    }

    private DefaultHttp3DataFrame closeFrame() {
        return new DefaultHttp3DataFrame(Unpooled.wrappedBuffer(Capsules.close(closeCode, closeReason)));
    }

    /** The client closed the session, with a capsule or by ending the request. */
    void peerClosed(int code) {
        if (!over) {
            if (!answered) {
                lost();
                return;
            }
            var unused = connect.shutdownOutput();
            end(code, null);
        }
    }

    /** The client's side of the stream has ended, or the stream was lost. */
    void streamEnded(boolean broken) {
        if (closing && streamFinished) {
            finish();
        } else if (!closing && !over) {
            finish();
        } else if (broken) {
            abort();
        }
    }

    /** Ends the session because of an error of the client or a listener. */
    void fail(Throwable error) {
        if (!over) {
            closeReason = error instanceof EngineDecodeException ? String.valueOf(error.getMessage()) : "";
            var unused = connect.writeAndFlush(closeFrame());
            var unusedEnd = connect.shutdownOutput();
            end(ABNORMAL, closing ? null : error);
        }
    }

    /** The host is closing: lets a closing session finish, and closes any other session. */
    void shutDown() {
        if (listener == null) {
            abort();
        } else {
            close(NO_STATUS, "");
        }
    }

    @Override
    public void abort() {
        onLoop(() -> {
            if (!over) {
                var unused = connect.shutdown(Connection.H3_NO_ERROR, connect.newPromise());
                lost();
            }
        });
    }

    /** The connection or the CONNECT stream was lost. */
    void lost() {
        end(closing ? closeCode : ABNORMAL, null);
    }

    /** The only place where a session ends: releases everything and notifies the listener, once. */
    private void end(int code, @Nullable Throwable error) {
        if (over) {
            return;
        }
        over = true;
        if (closeTimer != null) {
            closeTimer.cancel();
        }
        if (decoder != null) {
            decoder.end();
        }
        if (output != null) {
            output.release();
        }
        if (stream != null) {
            var unused = stream.channel.shutdown(Connection.BUFFERED_STREAM_REJECTED, stream.channel.newPromise());
        }
        if (connect.isActive()) {
            var unused = connect.shutdownInput(Connection.H3_NO_ERROR, connect.newPromise());
        }
        connection.ended(this);
        Runnable lost = onLost;
        onLost = null;
        MessageListener told = listener;
        listener = null;
        try {
            if (told != null) {
                told.onClose(code, error);
            } else if (lost != null) {
                lost.run();
            }
        } catch (RuntimeException | Error e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    WebTransportLog.LISTENER_FAILED.text("a WebTransport listener threw"),
                    e);
        }
    }
}
