package dev.sockeye.socketio.protocol;

/** The default parser: JSON text with binary attachments. Compatible with npm {@code socket.io-parser}. */
public final class JsonParser implements Parser {

    /** A parser with default settings. */
    public static JsonParser create() {
        return new JsonParser();
    }

    @Override
    public EncodedPacket encode(SocketPacket packet) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Decoder newDecoder() {
        throw new UnsupportedOperationException();
    }
}
