package dev.sockeye.socketio.adapter;

/** Makes an adapter for each namespace. Official counterpart: the {@code adapter} option. */
@FunctionalInterface
public interface AdapterFactory {

    /** An adapter for a namespace. It must not use the namespace before {@link Adapter#init()}. */
    Adapter create(AdapterNamespace namespace);
}
