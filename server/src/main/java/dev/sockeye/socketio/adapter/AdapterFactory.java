package dev.sockeye.socketio.adapter;

/** Makes an adapter for each namespace. Official counterpart: the {@code adapter} option. */
@FunctionalInterface
public interface AdapterFactory {

    /**
     * An adapter for a namespace. It must not use the namespace, nor have an effect on anything else, before {@link Adapter#init()}: one that
     * is never started is thrown away. Called without a lock, by several threads at once.
     */
    Adapter create(AdapterNamespace namespace);
}
