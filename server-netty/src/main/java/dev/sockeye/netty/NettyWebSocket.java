package dev.sockeye.netty;

import static java.util.Objects.requireNonNull;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.text.Utf8;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An open WebSocket. States: open; closing (a close frame was sent, the
 * peer's is awaited); over (the listener was notified, the TCP connection ends).
 */
final class NettyWebSocket extends FrameWriter implements MessageConnection {

    private static final int PONG_BACKLOG = 64 * 1024;
    private static final System.Logger LOG = System.getLogger(NettyWebSocket.class.getName());

    private final NettyHostOptions options;
    private final HostedEngine engine;
    private final @Nullable Deflate deflate;
    private MessageListener listener;

    private byte @Nullable [] latePong;
    private EngineLoop.@Nullable Timer closeTimer;
    private short closeCode; // as sent; 0 if none was sent
    private boolean over;

    NettyWebSocket(
            NettyLoop loop,
            NettyHostOptions options,
            HostedEngine engine,
            int maxMessageSize,
            @Nullable Deflate deflate,
            boolean tls,
            MessageListener listener) {
        super(loop, maxMessageSize, tls);
        this.options = options;
        this.engine = engine;
        this.deflate = deflate;
        this.listener = listener;
    }

    /** Starts the WebSocket: writes the 101 response of HTTP/1.1, then processes bytes that were received early. */
    void open(CharSequence answer, @Nullable ByteBuf early) {
        if (!answer.isEmpty()) {
            sendText(answer);
        }
        try {
            listener.onOpen(this);
        } catch (RuntimeException | Error e) {
            broken(e);
        }
        if (early != null) {
            decode(early);
        }
    }

    @Override
    public EngineLoop loop() {
        return loop;
    }

    @Override
    boolean isClosing() {
        return closeCode != 0 || over;
    }

    // ---- sending

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        assert loop.inLoop();
        if (closeCode != 0 || over) {
            return;
        }
        if (deflate != null && compress && deflate.wants(payload.length)) {
            sendCompressed(binary, prefix, payload, deflate);
        } else {
            sendMessage(binary, prefix, payload);
        }
    }

    @Override
    public @Nullable DirectWrite startDirect(long bytes, int messages, boolean compress) {
        if (deflate != null && compress && deflate.wants((int) Math.min(bytes, Integer.MAX_VALUE))) {
            return null;
        }
        return startDirect(bytes, messages);
    }

    @Override
    void onSent() {
        try {
            listener.onDrained();
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    @Override
    void onQueueEmpty() {
        byte[] pong = latePong;
        if (pong != null) {
            latePong = null;
            if (closeCode == 0 && !over) {
                sendControl(FrameEncoder.PONG, pong);
            }
        }
    }

    @Override
    public long pendingBytes() {
        return unsentBytes();
    }

    @Override
    public boolean isFlushPending() {
        return isWaitingReceiver();
    }

    // ---- receiving

    @Override
    void onMessage(boolean binary, byte[] data) {
        if (closeCode != 0) {
            return; // only the peer's answer to our close is relevant
        }
        if (data.length > 1) { // a pong is not answered
            received();
        }
        try {
            if (binary) {
                listener.onBinary(data);
            } else {
                listener.onText(data);
            }
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    @Override
    boolean receiving(long change) {
        return engine.receiving(change);
    }

    @Override
    boolean compressionNegotiated() {
        return deflate != null;
    }

    @Override
    byte @Nullable [] inflate(byte[] data, int length, int maxMessageSize) {
        try {
            byte[] inflated = requireNonNull(deflate).inflate(data, length, maxMessageSize);
            if (inflated == null) {
                fail(1009, "Max payload size exceeded");
            }
            return inflated;
        } catch (java.util.zip.DataFormatException e) {
            fail(1007, "invalid compressed data");
            return null;
        }
    }

    @Override
    void onControl(int opcode, byte[] payload) {
        if (opcode == FrameEncoder.CLOSE) {
            onCloseFrame(payload);
        } else if (opcode == FrameEncoder.PING && closeCode == 0) {
            if (pendingBytes() > PONG_BACKLOG) {
                latePong = payload;
            } else {
                latePong = null; // this one is newer
                sendControl(FrameEncoder.PONG, payload);
            }
        }
    }

    private void onCloseFrame(byte[] payload) {
        int code = NO_STATUS;
        if (payload.length == 1) {
            fail(1002, "invalid payload length 1");
            return;
        } else if (payload.length >= 2) {
            code = ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
            if (!sendable(code)) {
                fail(1002, "invalid status code " + code);
                return;
            }
            if (Utf8.check(Utf8.START, payload, 2, payload.length) != Utf8.START) {
                fail(1007, "Invalid UTF-8 sequence");
                return;
            }
        }
        stop();
        if (closeCode == 0) {
            closeCode = (short) code;
            keepToLoop();
            sendControl(FrameEncoder.CLOSE, payload);
        }
        end(code, null);
        flush();
        startCloseTimer();
        closeWhenWritten();
    }

    private static boolean sendable(int code) {
        return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
                || (code >= 3000 && code <= 4999);
    }

    @Override
    public void autoRead(boolean on) {
        if (on || (closeCode == 0 && !over)) {
            wire().autoRead(on);
        }
    }

    // ---- the end

    @Override
    public void close(int code, String reason) {
        assert loop.inLoop();
        if (closeCode != 0 || over) {
            return;
        }
        sendClose(code, reason);
        autoRead(true);
        startCloseTimer();
    }

    private void sendClose(int code, String reason) {
        byte[] payload = {};
        if (code != NO_STATUS) {
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            int length = Math.min(text.length, 123);
            while (length < text.length && (text[length] & 0xc0) == 0x80) {
                length--; // not inside a character
            }
            payload = Arrays.copyOf(new byte[] {(byte) (code >> 8), (byte) code}, 2 + length);
            System.arraycopy(text, 0, payload, 2, length);
        }
        closeCode = (short) code;
        keepToLoop();
        sendControl(FrameEncoder.CLOSE, payload);
    }

    @Override
    void fail(int code, String why) {
        fail(code, new WebSocketViolation(why));
    }

    private void broken(Throwable e) {
        LOG.log(System.Logger.Level.WARNING, NettyLog.LISTENER_FAILED.text("a WebSocket listener threw"), e);
        fail(1011, e);
    }

    /** Sends a close frame and accepts no more messages; the peer has to close within the close timeout. */
    private void fail(int code, Throwable error) {
        stop();
        if (over) {
            return;
        }
        if (closeCode == 0) {
            sendClose(code, "");
        }
        end(code, error);
        wire().autoRead(true);
        startCloseTimer();
        flush();
        // ends our side only, so that bytes still in transit do not make the system reset the connection before the
        // peer has read the close frame
        shutdownWhenWritten();
    }

    private void startCloseTimer() {
        if (closeTimer == null) {
            closeTimer = loop.schedule(this::abort, options.closeTimeout());
        }
    }

    @Override
    public void abort() {
        assert loop.inLoop();
        stop(); // the rest of what was read
        wire().abort();
    }

    @Override
    void onInactive() {
        stop();
        EngineLoop.Timer timer = closeTimer;
        if (timer != null) {
            timer.cancel();
        }
        release();
        end(closeCode != 0 ? closeCode & 0xffff : 1006, null);
    }

    @Override
    void onError(Throwable cause) {
        stop();
        end(
                1006,
                cause instanceof IOException
                        ? null
                        : cause); // a broken connection is reported as a close, as in the official implementation
        abort();
    }

    /** Ends the connection and notifies the listener, once. */
    private void end(int code, @Nullable Throwable error) {
        if (over) {
            return;
        }
        over = true;
        keepToLoop();
        latePong = null;
        if (deflate != null) {
            deflate.end();
        }
        MessageListener told = listener;
        listener = ClosedListener.INSTANCE;
        try {
            told.onClose(code, error);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, NettyLog.LISTENER_FAILED.text("a WebSocket listener threw"), e);
        }
    }
}
