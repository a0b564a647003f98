package dev.sockeye.socketio.protocol;

/** One msgpack message for each packet. Compatible with npm {@code socket.io-msgpack-parser}. */
public final class MsgpackParser implements Parser {

    /** A parser with default settings. */
    public static MsgpackParser create() {
        return new MsgpackParser();
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
