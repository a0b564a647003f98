package dev.sockeye.socketio.server;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.HostRequest;

/**
 * A session with its sockets, one for each joined namespace. Thread-safe. Official counterpart: {@code Client}.
 *
 * <p>Implemented by Sockeye only.
 */
public interface ClientConnection {

    /** The session. {@code client.conn}. */
    EngineSocket conn();

    /** The first HTTP request of the session. {@code client.request}. */
    HostRequest request();

    /** The number of packets of the client that are waiting for handlers, including the one being handled. */
    int waiting();

    /**
     * Runs a task in the client's mailbox: after all tasks that are already queued, and never concurrently with a
     * handler of this client.
     */
    void execute(Runnable action);
}
