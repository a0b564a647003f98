package dev.sockeye.socketio.client.webtransport;

import dev.sockeye.socketio.client.netty.WebTransportProvider;
import dev.sockeye.socketio.client.transport.MessageConnection;

/**
 * WebTransport over HTTP/3 by Netty's QUIC codec. Found by {@link java.util.ServiceLoader}; used by connections whose {@code transports}
 * name {@code WEBTRANSPORT}. Any thread.
 */
public final class QuicWebTransport implements WebTransportProvider {
    private final QuicTls tls = new QuicTls();

    /** For {@link java.util.ServiceLoader}. */
    public QuicWebTransport() {}

    @Override
    public MessageConnection session(Setup setup, MessageConnection.Listener listener) {
        return new Session(setup, tls, listener);
    }
}
