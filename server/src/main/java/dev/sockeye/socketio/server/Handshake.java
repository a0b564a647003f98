package dev.sockeye.socketio.server;

import dev.sockeye.socketio.protocol.Payload;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The request with which a socket was created. Official counterpart: {@code socket.handshake}. Any thread.
 *
 * <p>Headers, URL and query are those of the connection's first HTTP request; auth is what the client sent for this namespace.
 * Implemented by Sockeye only.
 */
public interface Handshake {

    /** The headers: names in lower case, the values of one name joined by a comma. */
    Map<String, String> headers();

    /** When the socket was created, in the format of JavaScript dates. */
    String time();

    /**
     * The address of the client, without port. Behind a proxy it is the proxy's, unless the engine option {@code trustedProxies}
     * names the proxy; the official server always gives the proxy's.
     */
    String address();

    /** Whether the request had an {@code Origin}. */
    boolean xdomain();

    /** Whether the connection is encrypted. */
    boolean secure();

    /**
     * Other facts that the host knows about the request, by name. In a servlet container: {@code principal} (a {@code
     * java.security.Principal}), {@code session} (the {@code HttpSession} that existed) and the request attributes, of filters
     * for example. {@code null} when the host has no such attribute, and for a socket of another server.
     */
    @Nullable
    Object attribute(String name);

    /** When the socket was created, in milliseconds since 1970. */
    long issued();

    /** The request target, still percent-encoded. */
    String url();

    /**
     * The query parameters, decoded; for a repeated name the last value, as in the reference. {@link #queryAll} has all values.
     * {@code socket.handshake.query}.
     */
    Map<String, String> query();

    /**
     * All values of each query parameter, decoded, in the order of the URL. Of a socket on another server only the last value of each
     * is known.
     */
    Map<String, List<String>> queryAll();

    /**
     * A query parameter, decoded; for a repeated name the last value; {@code null} when absent. {@code
     * socket.handshake.query.token} is {@code handshake.query("token")}.
     */
    @Nullable
    String query(String name);

    /** All values of a query parameter, decoded, in the order of the URL; empty when absent. */
    List<String> queryAll(String name);

    /** What the client sent for this namespace, as natural types; empty when it sent nothing. */
    Map<String, @Nullable Object> auth();

    /**
     * What the client sent for this namespace, as a type.
     *
     * @throws dev.sockeye.socketio.protocol.BindingException it does not fit
     */
    <T> @Nullable T auth(Class<T> type);

    /** What the client sent for this namespace, not decoded yet. */
    Payload authPayload();

    /** All facts under the official keys, to be sent as JSON. */
    Map<String, @Nullable Object> toMap();
}
