package dev.sockeye.socketio.client.webtransport;

import dev.sockeye.log.LogEvent;

/** The log events of WebTransport for the client. See {@link LogEvent} for the rules. */
enum QuicLog implements LogEvent {
    /**
     * {@code dangerouslyTrustAllCertificates} is set: anyone on the network path can read and change all data.
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
