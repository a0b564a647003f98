package dev.sockeye.socketio.client;

/** Called when a socket is connected. Runs like an event handler. */
@FunctionalInterface
public interface ConnectHandler {

    /**
     * The socket is connected, for the first time or again.
     *
     * @param id the public id of this connection; {@link Socket#id()} may be another one already, or {@code null}, when the
     *     connection was lost before the listener ran
     * @param recovered whether the earlier connection was recovered: same id, same rooms, missed events
     */
    void handle(String id, boolean recovered) throws Exception;
}
