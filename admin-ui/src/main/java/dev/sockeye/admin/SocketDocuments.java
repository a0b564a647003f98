package dev.sockeye.admin;

import dev.sockeye.socketio.adapter.cluster.ClusterDocuments;
import dev.sockeye.socketio.server.Handshake;
import dev.sockeye.socketio.server.RemoteSocket;
import dev.sockeye.socketio.server.Socket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The description of a socket that the page receives: {@code SerializedSocket}, with the keys in the order of the reference. */
final class SocketDocuments {
    /** The key in a socket's data from which other servers of the cluster get the facts of its connection. */
    static final String ADMIN = "_admin";

    private static final int CLIENT_ID_LENGTH = 12;

    private static final Set<String> CREDENTIALS = Set.of(
            "authorization",
            "cf-access-jwt-assertion",
            "cookie",
            "proxy-authorization",
            "x-access-token",
            "x-amz-security-token",
            "x-amzn-oidc-accesstoken",
            "x-amzn-oidc-data",
            "x-api-key",
            "x-auth-token",
            "x-csrf-token",
            "x-forwarded-access-token",
            "x-goog-iap-jwt-assertion",
            "x-xsrf-token");

    private final boolean credentialHeaders;

    SocketDocuments(boolean credentialHeaders) {
        this.credentialHeaders = credentialHeaders;
    }

    /** The part of a socket's data that is intended for other servers. */
    static Map<String, Object> adminData(Socket socket) {
        Map<String, Object> admin = new LinkedHashMap<>(4);
        admin.put("clientId", clientId(socket));
        admin.put("transport", socket.conn().transport());
        return admin;
    }

    /** The first characters of the session's id; the full id must stay secret. */
    private static String clientId(Socket socket) {
        String sid = socket.conn().id();
        return sid.substring(0, Math.min(CLIENT_ID_LENGTH, sid.length()));
    }

    /** The application's data, as far as it can be encoded. */
    static Map<String, @Nullable Object> data(Map<String, Object> data) {
        Map<String, @Nullable Object> shown = ClusterDocuments.encodable(data);
        shown.remove(ADMIN);
        return shown;
    }

    Map<String, @Nullable Object> of(Socket socket, String namespace) {
        return document(socket.id(), adminData(socket), namespace, socket.data(), socket.handshake(), socket.rooms());
    }

    Map<String, @Nullable Object> of(RemoteSocket socket, String namespace) {
        Map<?, ?> admin = socket.data().get(ADMIN) instanceof Map<?, ?> map ? map : Map.of();
        return document(socket.id(), admin, namespace, socket.data(), socket.handshake(), socket.rooms());
    }

    private Map<String, @Nullable Object> document(
            String id,
            Map<?, ?> admin,
            String namespace,
            Map<String, Object> data,
            Handshake handshake,
            Collection<String> rooms) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("id", id);
        putKnown(document, "clientId", admin);
        putKnown(document, "transport", admin);
        document.put("nsp", namespace);
        document.put("data", data(data));
        document.put("handshake", handshake(handshake));
        document.put("rooms", new ArrayList<>(rooms));
        return document;
    }

    /** If a server does not provide the value, the key is omitted, as JSON does with {@code undefined}. */
    private static void putKnown(Map<String, @Nullable Object> document, String key, Map<?, ?> admin) {
        Object value = admin.get(key);
        if (value != null) {
            document.put(key, value);
        }
    }

    private Map<String, @Nullable Object> handshake(Handshake handshake) {
        Map<String, String> headers = new LinkedHashMap<>(handshake.headers());
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("address", address(handshake, headers));
        if (!credentialHeaders) {
            headers.keySet().removeAll(CREDENTIALS);
        }
        document.put("headers", headers);
        document.put("query", handshake.query());
        document.put("issued", handshake.issued());
        document.put("secure", handshake.secure());
        document.put("time", handshake.time());
        document.put("url", handshake.url());
        document.put("xdomain", handshake.xdomain());
        return document;
    }

    /** Like the reference: shows the value of the proxy's header, even if the proxy is not trusted. */
    private static String address(Handshake handshake, Map<String, String> headers) {
        for (String name : new String[] {"cf-connecting-ip", "x-forwarded-for"}) {
            String value = headers.get(name);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return handshake.address();
    }
}
