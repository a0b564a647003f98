package dev.sockeye.socketio.client;

/**
 * An event is larger than the server takes ({@code maxPayload} of its handshake). Nothing of it was sent, the connection lives
 * on.
 */
public final class PacketTooLargeException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    private final long size;
    private final long maxPayload;

    PacketTooLargeException(long size, long maxPayload) {
        super("packet of " + size + " bytes is larger than the server's maxPayload of " + maxPayload + " bytes", null);
        this.size = size;
        this.maxPayload = maxPayload;
    }

    /** The bytes of its largest message on the wire. */
    public long size() {
        return size;
    }

    /** The bytes that the server takes. */
    public long maxPayload() {
        return maxPayload;
    }
}
