package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.server.DisconnectReason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The recoverable state of a socket, which its client gets back when it reconnects. Exists only with connection state
 * recovery.
 */
final class RecoverableSession {
    private final SocketCore socket;
    private final String pid;
    private final boolean recovered;
    private @Nullable String startOffset; // set before the adapter follows the session
    private volatile boolean awaited;
    private volatile boolean moved;

    private RecoverableSession(SocketCore socket, String pid, boolean recovered, @Nullable String startOffset) {
        this.socket = socket;
        this.pid = pid;
        this.recovered = recovered;
        this.startOffset = startOffset;
    }

    static RecoverableSession create(SocketCore socket, String pid) {
        return new RecoverableSession(socket, pid, false, null);
    }

    static RecoverableSession restored(SocketCore socket, Session session) {
        return new RecoverableSession(socket, session.pid(), true, session.startOffset());
    }

    /** The stored data, without null, which that of a Node.js server may contain. */
    static Map<String, Object> data(Session session) {
        Map<String, ? extends @Nullable Object> stored = session.data();
        Map<String, Object> data = new ConcurrentHashMap<>(4);
        stored.forEach((key, value) -> {
            if (value != null) {
                data.put(key, value);
            }
        });
        return data;
    }

    /** The secret that the client sends to recover the session. */
    String pid() {
        return pid;
    }

    boolean recovered() {
        return recovered;
    }

    /** Whether the socket has left and its client may return: events are kept for it. */
    boolean awaited() {
        return awaited;
    }

    /** Another server has the session now: the socket leaves at once, also while one of its handlers is running. */
    void move() {
        if (socket.connected()) {
            moved = true;
            DisconnectDetails details = DisconnectDetails.of("the client has recovered on another server");
            socket.leave(DisconnectReason.FORCED_SERVER_CLOSE, details);
            socket.client().takenOver(details, () -> {});
        }
    }

    boolean moved() {
        return moved;
    }

    /** The socket receives broadcasts from now on. */
    void markStart() {
        startOffset = socket.namespace().adapter().currentOffset();
    }

    /** Lets the adapter read the session, in case this server fails. */
    void follow() {
        socket.namespace().adapter().followSession(socket.id(), this::snapshot);
    }

    /** The socket leaves: its session is kept, here or on another server, or can no longer be recovered. Its rooms are still known. */
    void keepOrForget(boolean keep) {
        awaited = keep;
        try {
            if (keep && !moved) {
                socket.namespace().adapter().persistSession(snapshot());
            } else {
                socket.namespace().adapter().forgetSession(socket.id(), pid);
            }
        } catch (RuntimeException | Error e) {
            socket.namespace().adapterFailed(keep ? "persistSession" : "forgetSession", e);
        }
    }

    private Session snapshot() {
        return new Session(socket.id(), pid, socket.rooms(), socket.dataIfAny(), startOffset);
    }
}
