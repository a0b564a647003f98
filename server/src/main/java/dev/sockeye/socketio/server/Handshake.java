package dev.sockeye.socketio.server;

import dev.sockeye.socketio.protocol.Payload;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The request that created a socket. Official counterpart: {@code socket.handshake}. Thread-safe.
 *
 * <p>Headers, URL and query are those of the connection's first HTTP request; auth is what the client sent for this namespace.
 * Implemented by Sockeye only.
 */
public interface Handshake {

    /** The headers. Names are in lower case; several values of one name are joined with a comma. */
    Map<String, String> headers();

    /** When the socket was created, in the format of JavaScript dates. */
    String time();

    /**
     * The IP address of the client, without port. Behind a proxy it is the address of the proxy, unless the proxy is
     * listed in the engine option {@code trustedProxies}. The official server always returns the address of the proxy.
     */
    String address();

    /** Whether the request had an {@code Origin} header. */
    boolean xdomain();

    /** Whether the connection is encrypted. */
    boolean secure();

    /**
     * Returns an attribute that the host provides for the request. In a servlet container these are {@code principal}
     * (a {@code java.security.Principal}), {@code session} (the {@code HttpSession}, if one existed) and the request
     * attributes, for example those set by filters. Returns {@code null} if the host has no such attribute, and for
     * sockets of other servers.
     */
    @Nullable
    Object attribute(String name);

    /** When the socket was created, in milliseconds since 1970. */
    long issued();

    /** The request target, still percent-encoded. */
    String url();

    /**
     * The decoded query parameters. A repeated parameter has its last value, as in the official server; {@link
     * #queryAll} has all values. {@code socket.handshake.query}.
     */
    Map<String, String> query();

    /**
     * All decoded values of each query parameter, in the order of the URL. For a socket of another server, only the
     * last value of each parameter is known.
     */
    Map<String, List<String>> queryAll();

    /**
     * The decoded value of a query parameter: the last one if the parameter is repeated, {@code null} if it is absent.
     * {@code socket.handshake.query.token} is {@code handshake.query("token")}.
     */
    @Nullable
    String query(String name);

    /** All decoded values of a query parameter, in the order of the URL; empty if it is absent. */
    List<String> queryAll(String name);

    /** The auth data that the client sent for this namespace, as natural types; empty if it sent none. */
    Map<String, @Nullable Object> auth();

    /**
     * The auth data that the client sent for this namespace, converted to a type.
     *
     * @throws dev.sockeye.socketio.protocol.BindingException if it does not fit the type
     */
    <T> @Nullable T auth(Class<T> type);

    /** The auth data that the client sent for this namespace, not decoded. */
    Payload authPayload();

    /** Returns all values under their official keys, to be sent as JSON. */
    Map<String, @Nullable Object> toMap();
}
