package dev.sockeye.socketio.client.engine;

import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.client.transport.WebSocketConnection;
import java.util.List;

/** WebSocket: one packet in each message. */
final class WebSocketTransport extends EngineTransport implements WebSocketConnection.Listener {
    private static final String ERROR = "websocket error";

    private final RequestTemplate template;
    private final boolean forceBase64;
    private final WebSocketConnection connection;

    WebSocketTransport(ClientNetwork network, RequestTemplate template, EngineOptions options, Listener listener) {
        super(TransportName.WEBSOCKET, listener);
        this.template = template;
        this.forceBase64 = options.forceBase64(TransportName.WEBSOCKET);
        this.connection = network.webSocket(this);
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
                        binary, binary ? WebSocketConnection.NO_PREFIX : '4', message.data(), outgoing.compress());
            } else {
                connection.send(false, WebSocketConnection.NO_PREFIX, EngineCodec.encode(packet), outgoing.compress());
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
            writable = true;
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
            fail(TransportFailures.of(ERROR, e));
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
        fail(TransportFailures.http(ERROR, status, body));
    }

    @Override
    public void onFailed(Throwable cause) {
        fail(TransportFailures.of(ERROR, cause));
    }

    @Override
    public void onClosed(int code, String reason) {
        ended(new DisconnectDetails(
                "websocket connection closed" + (reason.isEmpty() ? "" : ": " + reason), code, null));
    }
}
