package dev.sockeye.socketio.client;

import dev.sockeye.socketio.ConnectErrorException;

/** Called when a socket could not connect. Official counterpart: a {@code connect_error} listener. */
@FunctionalInterface
public interface ConnectErrorListener {

    /**
     * The socket could not connect: the connection failed, or the server has refused the socket. Runs like an event handler.
     *
     * @throws Exception is logged, and reported to the error listeners of the socket
     */
    void onConnectError(ConnectErrorException error) throws Exception;
}
