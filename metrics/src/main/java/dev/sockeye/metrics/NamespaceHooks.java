package dev.sockeye.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Registrations on all namespaces of a server, including those created later: one for each namespace. Registrations on dynamic
 * namespaces that no longer exist are forgotten, so that clients cannot make them accumulate. Thread-safe.
 */
final class NamespaceHooks implements Registration {
    private static final int FIRST_CHECK = 64;

    private final SocketIoServer io;
    private final Function<Namespace, Registration> install;

    /** By namespace; {@code null} while it is being installed. */
    @GuardedBy("this")
    private final IdentityHashMap<Namespace, @Nullable Registration> hooks = new IdentityHashMap<>();

    @GuardedBy("this")
    private int checkAt = FIRST_CHECK;

    @GuardedBy("this")
    private @Nullable Registration listening;

    @GuardedBy("this")
    private boolean closed;

    private NamespaceHooks(SocketIoServer io, Function<Namespace, Registration> install) {
        this.io = io;
        this.install = install;
    }

    /**
     * Calls a function for each namespace, once.
     *
     * @param install returns a registration that is closed when the result is closed
     */
    static NamespaceHooks install(SocketIoServer io, Function<Namespace, Registration> install) {
        NamespaceHooks hooks = new NamespaceHooks(io, install);
        Registration listening = io.onNewNamespace(hooks::add);
        synchronized (hooks) {
            hooks.listening = listening;
        }
        io.namespaces().values().forEach(hooks::add);
        return hooks;
    }

    private void add(Namespace namespace) {
        synchronized (this) {
            // a namespace created during the installation is reported twice
            if (closed || hooks.containsKey(namespace)) {
                return;
            }
            hooks.put(namespace, null);
        }
        forgetRemoved();
        Registration made = install.apply(namespace);
        synchronized (this) {
            if (!closed) {
                hooks.replace(namespace, made);
                return;
            }
        }
        made.close();
    }

    private void forgetRemoved() {
        Set<Namespace> removed = Collections.newSetFromMap(new IdentityHashMap<>());
        synchronized (this) {
            if (hooks.size() < checkAt) {
                return;
            }
            removed.addAll(hooks.keySet());
        }
        io.namespaces().values().forEach(removed::remove);
        synchronized (this) {
            removed.forEach(hooks::remove);
            checkAt = Math.max(FIRST_CHECK, 2 * hooks.size());
        }
    }

    /** The number of namespaces, including some that no longer exist. */
    synchronized int size() {
        return hooks.size();
    }

    @Override
    public void close() {
        List<Registration> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            if (listening != null) {
                all.add(listening);
            }
            for (Registration hook : hooks.values()) {
                if (hook != null) {
                    all.add(hook);
                }
            }
            hooks.clear();
        }
        all.forEach(Registration::close);
    }
}
