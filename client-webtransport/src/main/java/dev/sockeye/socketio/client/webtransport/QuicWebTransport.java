package dev.sockeye.socketio.client.webtransport;

import dev.sockeye.socketio.client.netty.WebTransportProvider;
import dev.sockeye.socketio.client.transport.MessageConnection;

/**
 * WebTransport over HTTP/3 with Netty's QUIC codec. Found by {@link java.util.ServiceLoader}; used by connections whose {@code
 * transports} include {@code WEBTRANSPORT}. Thread-safe.
 */
public final class QuicWebTransport implements WebTransportProvider {
    private final QuicTls tls = new QuicTls();

    /** Used by {@link java.util.ServiceLoader}. */
    public QuicWebTransport() {}

    @Override
    public MessageConnection session(Setup setup, MessageConnection.Listener listener) {
        return new Session(setup, tls, listener);
    }
}
