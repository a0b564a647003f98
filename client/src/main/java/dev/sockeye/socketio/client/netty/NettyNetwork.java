package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.HttpConnection;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import dev.sockeye.socketio.client.transport.WebSocketConnection;

/** TCP and TLS connections of Netty to one server. */
record NettyNetwork(Connector connector, NetworkOptions options) implements ClientNetwork {

    @Override
    public HttpConnection http(int maxBytes, long timeoutMillis) {
        return new PollingConnection(connector, maxBytes, timeoutMillis);
    }

    @Override
    public WebSocketConnection webSocket(WebSocketConnection.Listener listener) {
        return new NettyWebSocket(connector, options, listener);
    }
}
