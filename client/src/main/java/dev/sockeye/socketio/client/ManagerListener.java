package dev.sockeye.socketio.client;

/**
 * Observes the connection of a {@link Manager}.
 *
 * @param <T> what it is told
 */
@FunctionalInterface
public interface ManagerListener<T> {

    /**
     * Something happened to the connection. On the handler executor, one call at a time and in order for each manager; may block, and
     * delays the other listeners of the manager then.
     *
     * @throws Exception is logged
     */
    void onEvent(T event) throws Exception;
}
