package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.HttpConnection;
import dev.sockeye.socketio.client.transport.MessageConnection;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import java.util.function.Function;

/** TCP, TLS and QUIC connections of Netty to one server. */
record NettyNetwork(
        Connector connector,
        NetworkOptions options,
        Function<MessageConnection.Listener, MessageConnection> webTransports)
        implements ClientNetwork {

    @Override
    public HttpConnection http(int maxBytes, long timeoutMillis) {
        return new PollingConnection(connector, maxBytes, timeoutMillis);
    }

    @Override
    public MessageConnection webSocket(MessageConnection.Listener listener) {
        return new NettyWebSocket(connector, options, listener);
    }

    @Override
    public MessageConnection webTransport(MessageConnection.Listener listener) {
        return webTransports.apply(listener);
    }
}
