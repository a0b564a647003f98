package dev.sockeye.socketio.server.internal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.runtime.Removal;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.NamespaceListener;
import dev.sockeye.socketio.server.NamespacePredicate;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The namespaces of a server and the parents of dynamic ones. Any thread; listeners are called without a lock. */
final class Namespaces {

    /** A parent namespace, its children by their numbers, and what decides about their names. */
    private record Parent(
            NamespaceCore core,
            Map<Long, NamespaceCore> children,
            @Nullable Pattern pattern,
            NamespacePredicate predicate) {}

    /** The place of a dynamic namespace: the numbers of children are in the order of their creation. */
    private record Place(Parent parent, long number) {}

    private static final Logger LOG = System.getLogger(Namespaces.class.getName());

    private final ServerContext context;
    private final Map<String, NamespaceCore> byName = new ConcurrentHashMap<>();
    private final Map<String, Place> places = new ConcurrentHashMap<>(4);
    private final List<Parent> parents = new CopyOnWriteArrayList<>();
    private final List<NamespaceListener> listeners = new CopyOnWriteArrayList<>();
    private final NamespaceCore main;

    /** Whether the server has been closed and not started again. */
    private volatile boolean adaptersClosed;

    @GuardedBy("this")
    private int parentsMade;

    @GuardedBy("this")
    private long childrenMade;

    /** Ids of acknowledgements from here on were not used by removed dynamic namespaces, whose clients may still answer. */
    @GuardedBy("this")
    private long removedAckIds;

    Namespaces(ServerContext context) {
        this.context = context;
        this.main = NamespaceCore.create(context, "/", null);
        byName.put("/", main);
        main.announce();
        main.initAdapter();
    }

    NamespaceCore main() {
        return main;
    }

    @Nullable
    NamespaceCore get(String name) {
        return byName.get(name);
    }

    /** All without the parents, by name; a snapshot. */
    Map<String, NamespaceCore> byName() {
        return new TreeMap<>(byName);
    }

    /** All without the parents, in the order of their names; a snapshot. */
    Collection<NamespaceCore> cores() {
        return byName().values();
    }

    boolean hasParents() {
        return !parents.isEmpty();
    }

    Registration onNew(NamespaceListener listener) {
        listeners.add(listener);
        return new Removal(() -> listeners.remove(listener));
    }

    NamespaceCore of(String given) {
        String name = given.startsWith("/") ? given : "/" + given;
        NamespaceCore existing = byName.get(name);
        if (existing != null) {
            start(existing);
            return existing;
        }
        for (Parent parent : parents) {
            if (parent.pattern != null && parent.pattern.matcher(name).find()) {
                return child(parent, name);
            }
        }
        // created without the lock, which calls the adapter factory; when two threads do, one result
        // is dropped, never started
        NamespaceCore made = NamespaceCore.create(context, name, null);
        existing = byName.putIfAbsent(name, made);
        if (existing != null) {
            start(existing);
            return existing;
        }
        start(made, true);
        return made;
    }

    NamespaceCore of(Pattern pattern) {
        return add(
                pattern, NamespacePredicate.ofName(name -> pattern.matcher(name).find()));
    }

    NamespaceCore of(NamespacePredicate predicate) {
        return add(null, predicate);
    }

    private NamespaceCore add(@Nullable Pattern pattern, NamespacePredicate predicate) {
        String name;
        synchronized (this) {
            name = "/_" + parentsMade++;
        }
        Map<Long, NamespaceCore> children = new ConcurrentSkipListMap<>();
        NamespaceCore core = NamespaceCore.parent(context, name, children.values());
        parents.add(new Parent(core, children, pattern, predicate));
        return core;
    }

    /** Asks the parents in order; {@code null} when none accepts the name. */
    CompletableFuture<@Nullable NamespaceCore> find(String name, Map<String, @Nullable Object> auth) {
        return ask(0, List.copyOf(parents), name, auth);
    }

    private CompletableFuture<@Nullable NamespaceCore> ask(
            int index, List<Parent> asked, String name, Map<String, @Nullable Object> auth) {
        if (index == asked.size()) {
            return CompletableFuture.completedFuture(null);
        }
        Parent parent = asked.get(index);
        CompletionStage<Boolean> answer;
        try {
            answer = Objects.requireNonNull(parent.predicate.test(name, auth), "null in place of a future");
        } catch (RuntimeException | Error e) { // a pattern can overflow the stack
            LOG.log(
                    Level.WARNING,
                    ServerLog.NAMESPACE_PREDICATE_FAILED.text(
                            "a namespace predicate threw an exception; the namespace is refused"),
                    e);
            return ask(index + 1, asked, name, auth);
        }
        return answer.handle((accepted, error) -> error == null && Boolean.TRUE.equals(accepted))
                .thenCompose(accepted -> {
                    if (!accepted) {
                        return ask(index + 1, asked, name, auth);
                    }
                    NamespaceCore existing = byName.get(name);
                    if (existing != null) {
                        start(existing);
                    }
                    return CompletableFuture.<@Nullable NamespaceCore>completedFuture(
                            existing == null ? child(parent, name) : existing);
                })
                .toCompletableFuture();
    }

    private NamespaceCore child(Parent parent, String name) {
        NamespaceCore made = NamespaceCore.create(
                context, name, context.options().cleanupEmptyChildNamespaces() ? this::removeChild : null);
        NamespaceCore existing;
        synchronized (this) {
            existing = byName.get(name);
            if (existing == null) {
                made.continueAckIds(removedAckIds);
                made.inherit(parent.core.middlewares(), parent.core.handlers());
                Place place = new Place(parent, childrenMade++);
                parent.children.put(place.number, made);
                places.put(name, place);
                byName.put(name, made);
            }
        }
        if (existing != null) {
            start(existing);
            return existing;
        }
        start(made, true);
        return made;
    }

    /** A dynamic namespace has lost its last client, or its adapter cannot be started and it has none. */
    private void removeChild(NamespaceCore child) {
        synchronized (this) {
            byName.remove(child.name(), child);
            removedAckIds = Math.max(removedAckIds, child.ackIds());
            Place place = places.remove(child.name());
            if (place != null) {
                place.parent.children.remove(place.number);
            }
        }
        var unused = child.closeAdapter();
    }

    /** Starts the adapters that have not been started, and those of new namespaces from now on. */
    void startAdapters() {
        adaptersClosed = false;
        cores().forEach(NamespaceCore::initAdapter);
    }

    /** Closes the adapters; those of new namespaces are started together with the server. The result never fails. */
    CompletableFuture<Void> closeAdapters() {
        adaptersClosed = true;
        return CompletableFuture.allOf(
                cores().stream().map(NamespaceCore::closeAdapter).toArray(CompletableFuture<?>[]::new));
    }

    /**
     * Starts the adapter of a namespace that was found, unless it has been started: the thread that has created the namespace may have
     * failed to.
     */
    void start(NamespaceCore found) {
        if (!found.isStarted() && !found.isRemoved()) { // in this order: the adapter of a removed one is closed
            start(found, false);
        }
    }

    private void start(NamespaceCore namespace, boolean created) {
        boolean started;
        try {
            started = startAdapter(namespace);
        } catch (RuntimeException | Error e) {
            namespace.removeIfUnused(); // the next client or call tries again
            throw e;
        }
        if ((created || started) && namespace.announce()) {
            notifyListeners(namespace);
        }
    }

    /** Returns whether this call has started it. */
    private boolean startAdapter(NamespaceCore namespace) {
        if (adaptersClosed) {
            return false;
        }
        boolean started = namespace.initAdapter();
        if (adaptersClosed || namespace.isRemoved()) { // concurrently, perhaps before this one was started
            var unused = namespace.closeAdapter();
        }
        return started;
    }

    private void notifyListeners(NamespaceCore made) {
        for (NamespaceListener listener : listeners) {
            try {
                listener.onNamespace(made.facade());
            } catch (Throwable e) {
                LOG.log(
                        Level.WARNING,
                        ServerLog.NAMESPACE_LISTENER_FAILED.text("a listener of new namespaces threw"),
                        e);
            }
        }
    }
}
