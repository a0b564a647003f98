package dev.sockeye.socketio;

/** Thrown when an event is larger than the other side accepts. Nothing was sent, and the connection stays open. */
public final class PacketTooLargeException extends SocketIoException {
    private static final long serialVersionUID = 1L;

    private final long size;
    private final long maxPayload;

    /** Creates an exception for a packet of {@code size} bytes. */
    public PacketTooLargeException(long size, long maxPayload) {
        super("packet of " + size + " bytes is larger than the server's maxPayload of " + maxPayload + " bytes", null);
        this.size = size;
        this.maxPayload = maxPayload;
    }

    /** The size in bytes of its largest message on the wire. */
    public long size() {
        return size;
    }

    /** The maximum size in bytes that the other side accepts. */
    public long maxPayload() {
        return maxPayload;
    }
}
