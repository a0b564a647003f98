package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.engine.ClientNetwork;
import dev.sockeye.socketio.client.engine.HttpConnection;
import dev.sockeye.socketio.client.engine.WebSocketConnection;

/** TCP and TLS connections of Netty to one server. */
record NettyNetwork(Connector dialer, Endpoint endpoint, ClientOptions options) implements ClientNetwork {

    @Override
    public HttpConnection http(int maxBytes, long timeoutMillis) {
        return new PollingConnection(dialer, maxBytes, timeoutMillis);
    }

    @Override
    public WebSocketConnection webSocket(WebSocketConnection.Listener listener) {
        return new NettyWebSocket(dialer, endpoint, options, listener);
    }
}
