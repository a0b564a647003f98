package dev.sockeye.engineio;

import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EngineCodecV3;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.socketio.DisconnectDetails;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A WebSocket or a WebTransport stream as the transport of a session, or as an upgrade candidate. */
final class MessageTransport extends Transport implements MessageListener {
    /** Cleared when the connection is open, so that the data of the handshake can be garbage-collected. */
    private @Nullable Handshakes handshakes;

    private @Nullable EngineSocket session;
    private @Nullable UpgradeCandidate candidate;
    private @Nullable MessageConnection connection;
    private final boolean webTransport;
    private final boolean base64;
    private boolean closing;

    /**
     * Turns an opened connection into a session or an upgrade candidate. Exactly one of its methods is called, once.
     */
    @FunctionalInterface
    interface Handshakes {
        void opened(MessageTransport transport, MessageConnection connection);

        /** The host refused the connection, or it was lost before. */
        default void neverOpened() {}
    }

    private MessageTransport(boolean webTransport, Handshakes handshakes, boolean base64) {
        this.webTransport = webTransport;
        this.handshakes = handshakes;
        this.base64 = base64;
    }

    /**
     * @param base64 whether binary data is sent as base64 text, as requested by the client ({@code b64})
     */
    static MessageTransport webSocket(Handshakes handshakes, boolean base64) {
        return new MessageTransport(false, handshakes, base64);
    }

    static MessageTransport webTransport(Handshakes handshakes) {
        return new MessageTransport(true, handshakes, false);
    }

    void carry(EngineSocket owner) {
        session = owner;
        candidate = null;
    }

    void probe(UpgradeCandidate owner) {
        candidate = owner;
    }

    void leave() {
        session = null;
        candidate = null;
    }

    @Override
    String name() {
        return webTransport ? "webtransport" : "websocket";
    }

    @Override
    boolean writable() {
        return connection != null && !closing;
    }

    @Override
    void send(List<EnginePacket> packets, boolean compress) {
        for (int i = 0; i < packets.size(); i++) {
            send(packets.get(i), compress);
        }
    }

    void send(EnginePacket packet, boolean compress) {
        MessageConnection open = connection;
        if (open == null) {
            return;
        }
        if (packet instanceof Message message && message.isBinary()) {
            boolean v3 = session != null && session.protocol() == 3;
            if (base64) {
                byte[] text = Base64.getEncoder().encode(message.data());
                if (v3) {
                    byte[] typed = new byte[text.length + 1];
                    typed[0] = '4';
                    System.arraycopy(text, 0, typed, 1, text.length);
                    text = typed;
                }
                open.send(false, 'b', text, compress);
            } else {
                open.send(true, v3 ? 4 : MessageConnection.NO_PREFIX, message.data(), compress);
            }
        } else {
            open.send(false, EngineCodec.type(packet), EngineCodec.data(packet), compress);
        }
    }

    @Override
    MessageConnection.@Nullable DirectWrite startDirect(long bytes, int messages, boolean compress) {
        MessageConnection open = connection;
        EngineSocket owner = session;
        if (open == null || owner == null || base64 || owner.protocol() == 3) {
            return null;
        }
        return open.startDirect(bytes, messages, compress);
    }

    @Override
    void queueRemaining() {
        if (connection != null) {
            connection.queueRemaining();
        }
    }

    @Override
    long mostAtOnce() {
        return 64 * 1024;
    }

    @Override
    long pendingBytes() {
        return connection == null ? 0 : connection.pendingBytes();
    }

    @Override
    boolean isFlushPending() {
        return connection != null && connection.isFlushPending();
    }

    @Override
    void pauseReading(boolean pause) {
        if (connection != null) {
            connection.autoRead(!pause);
        }
    }

    @Override
    void close(boolean discarded, Runnable closed) {
        if (closing) {
            return;
        }
        closing = true;
        if (connection != null) {
            connection.close(MessageConnection.NO_STATUS, "");
        }
        closed.run();
    }

    @Override
    void abort() {
        closing = true;
        if (connection != null) {
            connection.abort();
        }
    }

    @Override
    public void onOpen(MessageConnection opened) {
        Handshakes next = handshakes;
        handshakes = null;
        connection = opened;
        if (next != null) {
            next.opened(this, opened);
        } else {
            opened.abort();
        }
    }

    @Override
    public void onText(byte[] utf8) {
        EngineSocket owner = session;
        if (owner != null && utf8.length > 0 && utf8[0] == '4') {
            owner.onTextMessage(utf8, 1, utf8.length - 1);
        } else if (owner != null || candidate != null) {
            try {
                boolean v3 = protocol() == 3;
                accept(v3 ? EngineCodecV3.decode(utf8, 0, utf8.length) : EngineCodec.decode(utf8, 0, utf8.length));
            } catch (EngineDecodeException e) {
                parseError(e);
            }
        }
    }

    @Override
    public void onBinary(byte[] data) {
        EngineSocket owner = session;
        if (protocol() == 3) {
            try {
                accept(EngineCodecV3.decodeBinary(data, 0, data.length));
            } catch (EngineDecodeException e) {
                parseError(e);
            }
        } else if (owner != null) {
            owner.onBinaryMessage(data);
        } else if (candidate != null) {
            candidate.onPacket(Message.binary(data));
        }
    }

    private int protocol() {
        return candidate != null ? candidate.protocol() : session != null ? session.protocol() : 4;
    }

    private void accept(EnginePacket packet) {
        if (candidate != null) {
            candidate.onPacket(packet);
        } else if (session != null) {
            session.onPacket(packet);
        }
    }

    private void parseError(EngineDecodeException error) {
        if (candidate != null) {
            candidate.fail();
        } else if (session != null) {
            session.end(CloseReason.PARSE_ERROR, error);
        }
    }

    @Override
    public void onDrained() {
        if (session != null) {
            session.onTransportDrained();
            session.flush();
        }
    }

    private static CloseReason reason(@Nullable Throwable error) {
        if (error instanceof EngineDecodeException) {
            return CloseReason.PARSE_ERROR;
        }
        return error == null ? CloseReason.TRANSPORT_CLOSE : CloseReason.TRANSPORT_ERROR;
    }

    @Override
    public void onClose(int code, @Nullable Throwable error) {
        Handshakes waiting = handshakes;
        handshakes = null;
        if (waiting != null) {
            waiting.neverOpened();
        }
        connection = null;
        closing = true;
        EngineSocket owner = session;
        UpgradeCandidate probing = candidate;
        if (probing != null) {
            probing.fail();
        } else if (owner != null) {
            owner.end(reason(error), error == null ? new DisconnectDetails("", code, null) : error);
        }
    }
}
