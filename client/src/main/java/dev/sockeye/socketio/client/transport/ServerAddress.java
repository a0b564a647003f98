package dev.sockeye.socketio.client.transport;

/**
 * The address of a server.
 *
 * @param secure whether TLS is used
 * @param host a name or an IP address, without brackets
 * @param port from 1 to 65535
 */
public record ServerAddress(boolean secure, String host, int port) {

    /** Scheme, host and port, for example {@code https://example.org}. */
    public String origin() {
        return (secure ? "https://" : "http://") + authority();
    }

    /** The value of the {@code Host} header: the host, and the port unless it is the default of the scheme. */
    public String authority() {
        String bare = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        boolean usual = secure ? port == 443 : port == 80;
        return usual ? bare : bare + ":" + port;
    }
}
