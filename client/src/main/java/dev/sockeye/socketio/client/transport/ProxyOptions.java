package dev.sockeye.socketio.client.transport;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A proxy to connect through. The proxy resolves the host names of servers. Official counterpart: the {@code agent} option.
 *
 * @param type the protocol of the proxy
 * @param address where the proxy listens; the host name of an unresolved address is looked up at each connection
 * @param user the user name; {@code null} if the proxy needs none
 * @param password the password; {@code null} if there is none
 */
public record ProxyOptions(
        Type type,
        InetSocketAddress address,
        @Nullable String user,
        @Nullable String password) {

    /** The protocols of proxies. */
    public enum Type {
        /** An HTTP proxy with the method {@code CONNECT}. */
        HTTP,
        /** SOCKS 5. */
        SOCKS5
    }

    /** An HTTP proxy without authentication. Its host name is looked up at each connection. */
    public static ProxyOptions http(String host, int port) {
        return new ProxyOptions(Type.HTTP, InetSocketAddress.createUnresolved(host, port), null, null);
    }

    /** A SOCKS 5 proxy without authentication. Its host name is looked up at each connection. */
    public static ProxyOptions socks5(String host, int port) {
        return new ProxyOptions(Type.SOCKS5, InetSocketAddress.createUnresolved(host, port), null, null);
    }

    /** Leaves out user name and password. */
    @Override
    public String toString() {
        return "ProxyOptions[" + type + " " + address + "]";
    }
}
