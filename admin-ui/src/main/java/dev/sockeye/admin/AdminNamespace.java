package dev.sockeye.admin;

import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.SessionAwareAdapter;
import dev.sockeye.socketio.server.BroadcastTarget;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The namespace of the page: tracks whether admins are connected, and sends to them. Thread-safe. */
final class AdminNamespace {
    private static final Logger LOG = System.getLogger(AdminUi.class.getName());

    /** An admin with more queued bytes than this misses events of the clients, so that a busy server does not run out of memory. */
    private static final long MAX_WAITING_BYTES = 1 << 20;

    private final Namespace namespace;
    private final boolean clustered;
    private final Set<Socket> local = ConcurrentHashMap.newKeySet();
    private volatile boolean elsewhere;

    AdminNamespace(Namespace namespace) {
        this.namespace = namespace;
        this.clustered =
                !(namespace.adapter() instanceof InMemoryAdapter || namespace.adapter() instanceof SessionAwareAdapter);
        this.elsewhere = clustered;
    }

    Namespace namespace() {
        return namespace;
    }

    void joined(Socket socket) {
        local.add(socket);
        socket.onDisconnect((reason, description) -> local.remove(socket));
    }

    /**
     * Whether an admin may be connected to any server. Always true in a cluster, where an admin may just have connected to another server.
     */
    boolean mayBeWatched() {
        return clustered || !local.isEmpty();
    }

    /** Whether an admin was connected when the servers were last asked. */
    boolean watched() {
        return elsewhere || !local.isEmpty();
    }

    /** Asks the other servers whether they have admins. */
    void lookAround() {
        if (!clustered) {
            return;
        }
        try {
            var unused = namespace.fetchSockets().whenComplete((all, error) -> {
                // a server that does not respond may have one
                elsewhere = error != null || all.size() > local.size();
            });
        } catch (RuntimeException e) {
            elsewhere = true;
        }
    }

    /** Sends an event to all admins of the cluster. */
    void emit(String event, @Nullable Object... args) {
        emit(namespace, event, args);
    }

    /** Sends an event that may be frequent: admins that do not keep up do not receive it. */
    void emitMuch(String event, @Nullable Object... args) {
        List<String> slow = List.of();
        for (Socket socket : local) {
            if (socket.bufferedBytes() > MAX_WAITING_BYTES) {
                slow = slow.isEmpty() ? new ArrayList<>() : slow;
                slow.add(socket.id());
            }
        }
        if (!clustered && slow.size() == local.size()) {
            return;
        }
        emit(slow.isEmpty() ? namespace : namespace.except(slow.toArray(new String[0])), event, args);
    }

    private static void emit(BroadcastTarget target, String event, @Nullable Object... args) {
        try {
            target.emit(event, args);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "an event that cannot be encoded was not reported to the admins: " + event, e);
        }
    }
}
