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
        return (secure ? "https://" : "http://") + authority(host);
    }

    /**
     * The value of the {@code Host} header: the host, and the port unless it is the default of the scheme. The network interface of an
     * IPv6 address ({@code fe80::1%eth0}) is not included, because it has no meaning for the server.
     */
    public String authority() {
        int zone = host.indexOf('%');
        return authority(zone < 0 ? host : host.substring(0, zone));
    }

    private String authority(String of) {
        String bare = of.indexOf(':') >= 0 ? "[" + of + "]" : of;
        boolean usual = secure ? port == 443 : port == 80;
        return usual ? bare : bare + ":" + port;
    }
}
