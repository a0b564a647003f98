package dev.sockeye.socketio.client.webtransport;

import dev.sockeye.log.LogEvent;

/** The log events of WebTransport for the client. See {@link LogEvent} for the rules. */
enum QuicLog implements LogEvent {
    /**
     * {@code trustAllCertificates} is on: the connection can be read and changed by anyone on the path.
     *
     * <p>Never use it in production: set {@code trustedCertificates}.
     */
    TRUSTS_ANY_CERTIFICATE(2101);

    private final int number;

    QuicLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
