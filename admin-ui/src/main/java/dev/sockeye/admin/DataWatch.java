package dev.sockeye.admin;

import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.server.Socket;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Detects changes of the data of a socket by comparing snapshots. This also finds changes of nested objects, and costs nothing
 * while no admin is connected.
 */
final class DataWatch {
    private static final byte[] NOTHING = {};

    /** A socket, and its data as last sent to the admins. */
    private static final class Followed {
        final String namespace;
        volatile byte[] sent = NOTHING;

        Followed(String namespace) {
            this.namespace = namespace;
        }
    }

    private final AdminNamespace admins;
    private final Map<Socket, Followed> followed = new ConcurrentHashMap<>();

    DataWatch(AdminNamespace admins) {
        this.admins = admins;
    }

    /**
     * Reports changes of this socket's data from now on.
     *
     * @param sent the data that the admins have already received; {@code null} for none
     */
    @SuppressWarnings("unchecked")
    void follow(Socket socket, String namespace, @Nullable Object sent) {
        Followed added = new Followed(namespace);
        if (sent != null) {
            added.sent = encode((Map<String, @Nullable Object>) sent);
        }
        followed.put(socket, added);
    }

    void forget(Socket socket) {
        followed.remove(socket);
    }

    /** Checks for changes; called by the timer. */
    void look() {
        if (admins.watched()) {
            followed.forEach(this::look);
        }
    }

    private void look(Socket socket, Followed known) {
        if (socket.data().size() <= 1 && known.sent.length <= 1) {
            return; // only our own key
        }
        try {
            Map<String, @Nullable Object> data = SocketDocuments.data(socket.data());
            byte[] encoded = encode(data);
            if (Arrays.equals(encoded, known.sent)) {
                return;
            }
            known.sent = encoded;
            Map<String, Object> update = new LinkedHashMap<>(4);
            update.put("id", socket.id());
            update.put("nsp", known.namespace);
            update.put("data", data);
            admins.emit("socket_updated", update);
        } catch (Throwable e) {
            // the application is modifying it right now, or a getter failed: it is checked again next time
            known.sent = NOTHING;
        }
    }

    /** Encodes the data; a single byte if it is empty. */
    private static byte[] encode(Map<String, @Nullable Object> data) {
        return ClusterCodec.encodeDocument(data);
    }
}
