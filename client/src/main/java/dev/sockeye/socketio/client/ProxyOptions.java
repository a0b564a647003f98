package dev.sockeye.socketio.client;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A proxy to connect through; names are resolved by the proxy (SOCKS 5 and HTTP). Official counterpart: the {@code agent}
 * option.
 *
 * @param type its protocol
 * @param address where it listens
 * @param user the user name; {@code null} when it asks for none
 * @param password the password; {@code null} when it asks for none
 */
public record ProxyOptions(
        Type type,
        InetSocketAddress address,
        @Nullable String user,
        @Nullable String password) {

    /** The protocols of proxies. */
    public enum Type {
        /** An HTTP proxy, by {@code CONNECT}. */
        HTTP,
        /** SOCKS 5. */
        SOCKS5
    }

    /** An HTTP proxy that asks for no password. */
    public static ProxyOptions http(String host, int port) {
        return new ProxyOptions(Type.HTTP, new InetSocketAddress(host, port), null, null);
    }

    /** A SOCKS 5 proxy that asks for no password. */
    public static ProxyOptions socks5(String host, int port) {
        return new ProxyOptions(Type.SOCKS5, new InetSocketAddress(host, port), null, null);
    }

    @Override
    public String toString() {
        return "ProxyOptions[" + type + " " + address + "]";
    }
}
