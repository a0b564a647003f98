package dev.sockeye.admin;

import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketHandler;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the namespace of a closed Admin UI closed: without its login, anyone could join it. The next Admin UI of the same server
 * replaces it. Thread-safe.
 */
final class AdminGuard {
    /** The guards of closed Admin UIs. A guard is referenced by its namespace. */
    private static final Map<Namespace, WeakReference<AdminGuard>> LEFT =
            Collections.synchronizedMap(new WeakHashMap<>());

    private final Namespace namespace;
    private final SocketHandler connected;
    private final @Nullable AdminGuard before;
    private volatile boolean closed;
    private volatile @Nullable Registration middleware;
    private volatile @Nullable Registration handler;

    /** @param connected receives the sockets of admins until the Admin UI is closed */
    AdminGuard(Namespace namespace, SocketHandler connected) {
        this.namespace = namespace;
        this.connected = connected;
        WeakReference<AdminGuard> left = LEFT.remove(namespace);
        this.before = left == null ? null : left.get();
    }

    /** @param login runs for each admin; {@code null} to admit everyone */
    void install(@Nullable Login login) {
        middleware = namespace.use((socket, next) -> {
            if (login == null) {
                next.next();
            } else if (closed) {
                next.fail("the Admin UI is closed");
            } else {
                login.handle(socket, next);
            }
        });
        handler = namespace.onConnection(this::connected);
        if (before != null) {
            before.remove();
        }
    }

    private void connected(Socket socket) throws Exception {
        if (closed) {
            socket.disconnect();
        } else {
            connected.handle(socket);
        }
    }

    /** Admits nobody from now on. */
    void close() {
        closed = true;
        LEFT.put(namespace, new WeakReference<>(this));
    }

    private void remove() {
        Registration ofLogin = middleware;
        Registration ofHandler = handler;
        if (ofLogin != null && ofHandler != null) {
            ofLogin.close();
            ofHandler.close();
        }
    }
}
