package dev.sockeye.socketio.client;

import org.jspecify.annotations.Nullable;

/** What can go wrong with a client, as unchecked exceptions. */
public sealed class SocketIoException extends RuntimeException
        permits AckTimeoutException,
                ConnectErrorException,
                PacketTooLargeException,
                SendBufferFullException,
                SocketDisconnectedException,
                TransportException {
    private static final long serialVersionUID = 1L;

    SocketIoException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
