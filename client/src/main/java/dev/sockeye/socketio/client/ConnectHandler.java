package dev.sockeye.socketio.client;

/** Hears that a socket is connected. Runs as {@link EventHandler}. */
@FunctionalInterface
public interface ConnectHandler {

    /**
     * Connected, for the first time or again.
     *
     * @param id the public id of this connection; {@link Socket#id()} may be another one already, or {@code null}, when the
     *     connection was lost before the listener ran
     * @param recovered whether what was missed came back: same id, same rooms, missed events
     */
    void handle(String id, boolean recovered) throws Exception;
}
