package dev.sockeye.socketio.server;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.HostRequest;

/**
 * A session with its sockets, one for each namespace joined. Any thread. Official counterpart: {@code Client}.
 *
 * <p>Implemented by Sockeye only.
 */
public interface ClientConnection {

    /** The session. {@code client.conn}. */
    EngineSocket conn();

    /** The first HTTP request of the session. {@code client.request}. */
    HostRequest request();

    /** How many packets of the client wait for handlers, including the one being handled. */
    int waiting();

    /** Runs something after everything that waits, never at the same time as a handler of this client. */
    void execute(Runnable action);
}
