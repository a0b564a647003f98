package dev.sockeye.socketio;

import org.jspecify.annotations.Nullable;

/** What can go wrong with a connection or an acknowledgement, as unchecked exceptions; the same for server and client. */
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
