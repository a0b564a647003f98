package dev.sockeye.socketio.client.netty;

import dev.sockeye.log.LogEvent;

/** The log events of the connections of the client. See {@link LogEvent} for the rules. */
enum ConnectorLog implements LogEvent {
    /**
     * {@code dangerouslyTrustAllCertificates} is set: anyone on the network path can read and change all data.
     *
     * <p>Never use it in production: set {@code trustedCertificates}.
     */
    TRUSTS_ANY_CERTIFICATE(2051);

    private final int number;

    ConnectorLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
