package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;

/** Buffers of more bytes than an array can have. */
final class HugeBuffers {
    private static final int PIECE = 1 << 20;

    private HugeBuffers() {}

    /** As many readable bytes as an {@code int} can count, all in the same small piece of memory. */
    static CompositeByteBuf largest() {
        ByteBuf piece = Unpooled.wrappedBuffer(new byte[PIECE]);
        CompositeByteBuf all = Unpooled.compositeBuffer(Integer.MAX_VALUE);
        for (int left = Integer.MAX_VALUE; left > 0; left -= PIECE) {
            all.addComponent(true, piece.retainedSlice(0, Math.min(left, PIECE)));
        }
        piece.release();
        return all;
    }
}
