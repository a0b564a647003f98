package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.server.Socket;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import org.jspecify.annotations.Nullable;

/**
 * A read-only view of the cores of a namespace as its sockets. Sockets may connect and disconnect during an iteration; it does not fail,
 * and streams do not rely on a size.
 */
final class SocketMap extends AbstractMap<String, Socket> {
    private final Map<String, SocketCore> cores;

    SocketMap(Map<String, SocketCore> cores) {
        this.cores = cores;
    }

    @Override
    public @Nullable Socket get(@Nullable Object id) {
        SocketCore core = id == null ? null : cores.get(id);
        return core == null ? null : core.facade();
    }

    @Override
    public boolean containsKey(@Nullable Object id) {
        return id != null && cores.containsKey(id);
    }

    @Override
    public int size() {
        return cores.size();
    }

    @Override
    public Set<String> keySet() {
        return Collections.unmodifiableSet(cores.keySet());
    }

    @Override
    public Collection<Socket> values() {
        return new Values();
    }

    @Override
    public Set<Entry<String, Socket>> entrySet() {
        return new Entries();
    }

    private static <T> Spliterator<T> ofUnknownSize(Iterator<T> iterator) {
        return Spliterators.spliteratorUnknownSize(
                iterator, Spliterator.CONCURRENT | Spliterator.DISTINCT | Spliterator.NONNULL);
    }

    private final class Values extends AbstractCollection<Socket> {
        @Override
        public Iterator<Socket> iterator() {
            return cores.values().stream().map(SocketCore::facade).iterator();
        }

        @Override
        public Spliterator<Socket> spliterator() {
            return ofUnknownSize(iterator());
        }

        @Override
        public int size() {
            return cores.size();
        }
    }

    private final class Entries extends AbstractSet<Map.Entry<String, Socket>> {
        @Override
        public Iterator<Map.Entry<String, Socket>> iterator() {
            return cores.values().stream()
                    .map(core -> Map.entry(core.id(), core.facade()))
                    .iterator();
        }

        @Override
        public Spliterator<Map.Entry<String, Socket>> spliterator() {
            return ofUnknownSize(iterator());
        }

        @Override
        public int size() {
            return cores.size();
        }
    }
}
