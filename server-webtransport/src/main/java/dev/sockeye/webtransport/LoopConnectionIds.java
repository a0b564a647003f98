package dev.sockeye.webtransport;

import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import java.nio.ByteBuffer;

/**
 * Random connection ids whose first byte is the index of the connection's loop. If a client's address changes, the operating
 * system may deliver its packets to the socket of another loop; the index is used to forward them. See {@link PacketRouter}.
 */
final class LoopConnectionIds implements QuicConnectionIdGenerator {
    /** The length of all ids that the server chooses. */
    static final int LENGTH = 16;

    private final QuicConnectionIdGenerator random = QuicConnectionIdGenerator.randomGenerator();
    private final byte loop;

    LoopConnectionIds(int loop) {
        this.loop = (byte) loop;
    }

    @Override
    public ByteBuffer newId(int length) {
        return mark(random.newId(length));
    }

    @Override
    public ByteBuffer newId(ByteBuffer input, int length) {
        return mark(random.newId(length));
    }

    private ByteBuffer mark(ByteBuffer id) {
        id.put(id.position(), loop);
        return id;
    }

    @Override
    public int maxConnectionIdLength() {
        return random.maxConnectionIdLength();
    }

    @Override
    public boolean isIdempotent() {
        return false;
    }
}
