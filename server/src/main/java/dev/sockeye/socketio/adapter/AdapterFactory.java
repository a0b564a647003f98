package dev.sockeye.socketio.adapter;

/** Creates an adapter for each namespace. Official counterpart: the {@code adapter} option. */
@FunctionalInterface
public interface AdapterFactory {

    /**
     * Creates the adapter of a namespace. The adapter must not use the namespace or have side effects before {@link
     * Adapter#init()}, because it may be discarded without being started. Called without a lock, possibly by several
     * threads at once.
     */
    Adapter create(AdapterNamespace namespace);
}
