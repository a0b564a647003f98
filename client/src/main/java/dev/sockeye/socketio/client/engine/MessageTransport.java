package dev.sockeye.socketio.client.engine;

import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.MessageConnection;
import dev.sockeye.socketio.client.transport.TransportName;
import java.util.List;

/** WebSocket or WebTransport: one packet in each message. */
final class MessageTransport extends EngineTransport implements MessageConnection.Listener {
    private final String error;
    private final RequestTemplate template;
    private final boolean forceBase64;
    private final MessageConnection connection;

    private MessageTransport(
            TransportName name,
            RequestTemplate template,
            boolean forceBase64,
            ClientNetwork network,
            Listener listener) {
        super(name, listener);
        this.error = name.text() + " error";
        this.template = template;
        this.forceBase64 = forceBase64;
        this.connection = name == TransportName.WEBSOCKET ? network.webSocket(this) : network.webTransport(this);
    }

    static MessageTransport webSocket(
            ClientNetwork network, RequestTemplate template, EngineOptions options, Listener listener) {
        boolean base64 = options.forceBase64(TransportName.WEBSOCKET);
        return new MessageTransport(TransportName.WEBSOCKET, template, base64, network, listener);
    }

    /** Binary data is never base64 here, as in the official client. */
    static MessageTransport webTransport(ClientNetwork network, RequestTemplate template, Listener listener) {
        return new MessageTransport(TransportName.WEBTRANSPORT, template, false, network, listener);
    }

    @Override
    void open() {
        connection.open(template.uri(name), template.headers(name));
    }

    @Override
    void send(List<Outgoing> packets) {
        writable = false;
        for (Outgoing outgoing : packets) {
            EnginePacket packet = outgoing.packet();
            if (packet instanceof EnginePacket.Message message && !forceBase64) {
                boolean binary = message.isBinary();
                connection.send(
                        binary, binary ? MessageConnection.NO_PREFIX : '4', message.data(), outgoing.compress());
            } else {
                connection.send(false, MessageConnection.NO_PREFIX, EngineCodec.encode(packet), outgoing.compress());
            }
        }
        connection.flush();
    }

    @Override
    void reading(boolean on) {
        reading = on;
        connection.reading(on);
    }

    @Override
    void close() {
        boolean graceful = state == State.OPEN;
        state = State.CLOSED;
        connection.close(graceful);
    }

    @Override
    public void onOpen(List<String> cookies) {
        template.storeCookies(cookies);
        if (state == State.OPENING) {
            state = State.OPEN;
            if (name == TransportName.WEBTRANSPORT) {
                send(List.of(new Outgoing(template.firstPacket(), false, 0)));
            } else {
                writable = true;
            }
            listener.onTransportOpen(this);
        }
    }

    @Override
    public void onText(byte[] data) {
        if (state != State.OPEN) {
            return;
        }
        EnginePacket packet;
        try {
            packet = EngineCodec.decode(data, 0, data.length);
        } catch (EngineDecodeException e) {
            fail(TransportFailures.of(error, e));
            return;
        }
        listener.onTransportPacket(this, packet);
    }

    @Override
    public void onBinary(byte[] data) {
        if (state == State.OPEN) {
            listener.onTransportPacket(this, EnginePacket.Message.binary(data));
        }
    }

    @Override
    public void onFlushed() {
        if (state != State.CLOSED) {
            writable = true;
            listener.onTransportDrain(this);
        }
    }

    @Override
    public void onRefused(int status, String body, List<String> cookies) {
        template.storeCookies(cookies);
        fail(TransportFailures.http(error, status, body));
    }

    @Override
    public void onFailed(Throwable cause) {
        fail(TransportFailures.of(error, cause));
    }

    @Override
    public void onClosed(int code, String reason) {
        ended(new DisconnectDetails(
                name.text() + " connection closed" + (reason.isEmpty() ? "" : ": " + reason), code, null));
    }
}
