package dev.sockeye.socketio.client;

/**
 * Observes the connection of a {@link Manager}.
 *
 * @param <T> the type of the event
 */
@FunctionalInterface
public interface ManagerListener<T> {

    /**
     * Something happened to the connection. Called on the handler executor, one call at a time and in order for each manager. It may block, which
     * then delays the other listeners of the manager.
     *
     * @throws Exception is logged
     */
    void onEvent(T event) throws Exception;
}
