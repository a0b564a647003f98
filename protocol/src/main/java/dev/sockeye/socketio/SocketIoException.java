package dev.sockeye.socketio;

import org.jspecify.annotations.Nullable;

/** The base of the unchecked exceptions for failed connections and acknowledgements, shared by server and client. */
public abstract sealed class SocketIoException extends RuntimeException
        permits AckErrorException,
                AckTimeoutException,
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
