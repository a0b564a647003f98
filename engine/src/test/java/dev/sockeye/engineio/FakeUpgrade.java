package dev.sockeye.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.NodeForward;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import dev.sockeye.engineio.host.WebTransportRequest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client's WebSocket or WebTransport session, from the request to its end; records what the server sends. */
final class FakeUpgrade implements WebSocketUpgrade, WebTransportRequest, MessageConnection {
    private final HostRequest request;
    private final EngineLoop loop;

    @Nullable
    HostResponse rejection;

    @Nullable
    NodeForward forward;

    @Nullable
    List<Header> headers;

    @Nullable
    PerMessageDeflate compression;

    int maxMessageSize;
    private @Nullable MessageListener listener;
    /** Text unchanged, binary as {@code hex:}. */
    final List<String> frames = new ArrayList<>();
    /** The arrays passed in, by identity. */
    final List<byte[]> payloads = new ArrayList<>();

    final List<Boolean> compressed = new ArrayList<>();
    /** What {@link #send} throws. */
    @Nullable
    Error broken;
    /** What {@link #startDirect} throws. */
    @Nullable
    Error noDirect;
    /** What a direct write throws. */
    @Nullable
    Error brokenDirect;
    /** Whether sent messages wait for {@link #drain}. */
    boolean slow;

    /** What {@link #accept} throws. */
    @Nullable
    RuntimeException refusal;
    /** Whether the host fails to open an accepted connection. */
    boolean neverOpens;

    private @Nullable Runnable lost;
    private long pending;
    boolean reading = true;

    @Nullable
    Integer closeCode;

    @Nullable
    String closeReason;

    boolean aborted;
    private boolean gone;

    FakeUpgrade(HostRequest request, EngineLoop loop) {
        this.request = request;
        this.loop = loop;
    }

    @Override
    public HostRequest request() {
        return request;
    }

    @Override
    public EngineLoop loop() {
        return loop;
    }

    @Override
    public void accept(List<Header> more, int most, @Nullable PerMessageDeflate deflate, MessageListener receiver) {
        if (refusal != null) {
            throw refusal;
        }
        headers = more;
        compression = deflate;
        maxMessageSize = most;
        listener = receiver;
        if (!neverOpens) {
            loop.execute(() -> receiver.onOpen(this));
        }
    }

    @Override
    public void accept(List<Header> more, int most, MessageListener receiver) {
        accept(more, most, null, receiver);
    }

    @Override
    public void reject(HostResponse response) {
        rejection = response;
    }

    @Override
    public void onConnectionLost(Runnable action) {
        lost = action;
    }

    @Override
    public boolean forward(NodeForward given) {
        forward = given;
        return true;
    }

    /** The peer disconnects before the response; or the host cannot open the accepted connection. */
    void loseBeforeOpening() {
        Runnable action = lost;
        lost = null;
        if (action != null) {
            loop.execute(action);
        }
    }

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        if (!loop.inLoop()) {
            throw new IllegalStateException("sent off the loop");
        }
        if (closeCode != null || aborted) {
            return;
        }
        if (broken != null) {
            throw broken;
        }
        byte[] whole = payload;
        if (prefix != NO_PREFIX) {
            whole = new byte[payload.length + 1];
            whole[0] = (byte) prefix;
            System.arraycopy(payload, 0, whole, 1, payload.length);
        }
        frames.add(binary ? "hex:" + HexFormat.of().formatHex(whole) : new String(whole, UTF_8));
        payloads.add(payload);
        compressed.add(compress);
        if (slow) {
            pending += whole.length;
        }
    }

    @Override
    public @Nullable DirectWrite startDirect(long bytes, int messages, boolean compress) {
        if (noDirect != null) {
            throw noDirect;
        }
        Error broken = brokenDirect;
        return broken == null
                ? null
                : new DirectWrite() {
                    @Override
                    public void add(boolean binary, int prefix, byte[] payload) {
                        throw broken;
                    }

                    @Override
                    public boolean finish() {
                        throw broken;
                    }

                    @Override
                    public void fail() {}
                };
    }

    @Override
    public long pendingBytes() {
        return pending;
    }

    /** The operating system accepts the pending bytes. */
    void drain() {
        loop.execute(() -> {
            pending = 0;
            receiver().onDrained();
        });
    }

    /** The operating system accepts some of the pending bytes, without a callback. */
    void drain(long bytes) {
        pending -= bytes;
    }

    @Override
    public void autoRead(boolean on) {
        reading = on;
    }

    @Override
    public void close(int code, String reason) {
        if (broken != null) {
            throw broken;
        }
        if (closeCode == null) {
            closeCode = code;
            closeReason = reason;
            loop.execute(() -> end(code, null));
        }
    }

    @Override
    public void abort() {
        aborted = true;
        loop.execute(() -> end(1006, null));
    }

    void end(int code, @Nullable Throwable error) {
        if (!gone && listener != null) {
            gone = true;
            receiver().onClose(code, error);
        }
    }

    /** The peer goes away. */
    void lose(@Nullable Throwable error) {
        loop.execute(() -> end(1006, error));
    }

    void text(String text) {
        loop.execute(() -> {
            if (!gone) {
                receiver().onText(text.getBytes(UTF_8));
            }
        });
    }

    void binary(byte... data) {
        loop.execute(() -> {
            if (!gone) {
                receiver().onBinary(data);
            }
        });
    }

    boolean closed() {
        return gone;
    }

    /** The accepted connection opens. */
    void openLate() {
        loop.execute(() -> receiver().onOpen(this));
    }

    boolean open() {
        return listener != null && !gone;
    }

    private MessageListener receiver() {
        MessageListener receiver = listener;
        if (receiver == null) {
            throw new IllegalStateException("not accepted");
        }
        return receiver;
    }
}
