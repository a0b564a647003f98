package dev.sockeye.socketio.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.runtime.Removal;
import dev.sockeye.socketio.Registration;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The namespaces of a server. Any thread; listeners are called without a lock. */
final class Namespaces {

    /** A parent with what decides about its names. */
    private record Rule(ParentNamespace parent, @Nullable Pattern pattern, NamespacePredicate predicate) {}

    private static final Logger LOG = System.getLogger(Namespaces.class.getName());

    private final SocketIoServer server;
    private final Map<String, Namespace> byName = new ConcurrentHashMap<>();
    private final Map<String, ParentNamespace> parentOf = new ConcurrentHashMap<>(4);
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<NamespaceListener> listeners = new CopyOnWriteArrayList<>();
    private final Namespace main;

    @GuardedBy("this")
    private int parents;

    Namespaces(SocketIoServer server) {
        this.server = server;
        this.main = new Namespace(server, "/", false);
        byName.put("/", main);
        server.lifecycle().initQuietly(main);
    }

    Namespace main() {
        return main;
    }

    @Nullable
    Namespace get(String name) {
        return byName.get(name);
    }

    Map<String, Namespace> all() {
        return new TreeMap<>(byName);
    }

    boolean hasParents() {
        return !rules.isEmpty();
    }

    Registration onNew(NamespaceListener listener) {
        listeners.add(listener);
        return new Removal(() -> listeners.remove(listener));
    }

    Namespace of(String given) {
        String name = given.startsWith("/") ? given : "/" + given;
        Namespace existing = byName.get(name);
        if (existing != null) {
            return existing;
        }
        for (Rule rule : rules) {
            if (rule.pattern != null && rule.pattern.matcher(name).find()) {
                return child(rule.parent, name);
            }
        }
        // made without the lock, as the adapter's factory is not ours; of two made at once one is thrown away, never
        // started
        Namespace made = new Namespace(server, name, false);
        existing = byName.putIfAbsent(name, made);
        if (existing != null) {
            return existing;
        }
        tell(made);
        return made;
    }

    ParentNamespace of(Pattern pattern) {
        return add(
                pattern, NamespacePredicate.ofName(name -> pattern.matcher(name).find()));
    }

    ParentNamespace of(NamespacePredicate predicate) {
        return add(null, predicate);
    }

    private ParentNamespace add(@Nullable Pattern pattern, NamespacePredicate predicate) {
        ParentNamespace parent;
        synchronized (this) {
            parent = new ParentNamespace(server, "/_" + parents++);
        }
        rules.add(new Rule(parent, pattern, predicate));
        return parent;
    }

    /** Asks the parents in order; {@code null} when none accepts the name. */
    CompletableFuture<@Nullable Namespace> find(String name, Map<String, @Nullable Object> auth) {
        return ask(0, List.copyOf(rules), name, auth);
    }

    private CompletableFuture<@Nullable Namespace> ask(
            int index, List<Rule> asked, String name, Map<String, @Nullable Object> auth) {
        if (index == asked.size()) {
            return CompletableFuture.completedFuture(null);
        }
        Rule rule = asked.get(index);
        CompletionStage<Boolean> answer;
        try {
            answer = rule.predicate.test(name, auth);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a predicate of namespaces threw: taken as no", e);
            return ask(index + 1, asked, name, auth);
        }
        return answer.handle((accepted, error) -> error == null && Boolean.TRUE.equals(accepted))
                .thenCompose(accepted -> {
                    if (!accepted) {
                        return ask(index + 1, asked, name, auth);
                    }
                    Namespace existing = byName.get(name);
                    return CompletableFuture.<@Nullable Namespace>completedFuture(
                            existing == null ? child(rule.parent, name) : existing);
                })
                .toCompletableFuture();
    }

    private Namespace child(ParentNamespace parent, String name) {
        Namespace made = new Namespace(server, name, server.options().cleanupEmptyChildNamespaces());
        synchronized (this) {
            Namespace existing = byName.get(name);
            if (existing != null) {
                return existing;
            }
            made.inherit(parent.middlewares(), parent.handlers());
            parent.liveChildren().add(made);
            parentOf.put(name, parent);
            byName.put(name, made);
        }
        tell(made);
        return made;
    }

    /** A dynamic namespace has lost its last client. */
    void removeChild(Namespace child) {
        synchronized (this) {
            byName.remove(child.name(), child);
            ParentNamespace parent = parentOf.remove(child.name());
            if (parent != null) {
                parent.liveChildren().remove(child);
            }
        }
        server.lifecycle().closeQuietly(child);
    }

    private void tell(Namespace made) {
        server.lifecycle().initQuietly(made);
        for (NamespaceListener listener : listeners) {
            try {
                listener.onNamespace(made);
            } catch (Exception e) {
                LOG.log(Level.WARNING, "a listener of new namespaces threw", e);
            }
        }
    }
}
