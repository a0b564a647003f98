package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A direct buffer that a loop reuses for data that is usually written before the next buffer is needed. The caller releases
 * it like any other buffer; while it is still retained, new buffers are allocated. For the loop's thread only.
 */
final class LoopBuffer {

    /** The number of new buffers after which this one is replaced, if it is still retained. */
    private static final int PATIENCE = 64;

    private final int capacity;
    /** Retained once by this object, in addition to its users. */
    private @Nullable ByteBuf own;

    private int others;

    LoopBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** Returns an empty buffer with room for this many bytes; the caller releases it. */
    ByteBuf take(ByteBufAllocator allocator, int room) {
        if (room > capacity) {
            return allocator.ioBuffer(room);
        }
        ByteBuf buffer = own;
        if (buffer == null || buffer.refCnt() != 1) {
            if (others++ % PATIENCE != 0) {
                return allocator.ioBuffer(room);
            }
            if (buffer != null) {
                buffer.release();
            }
            // the garbage collector frees it when the loop has ended and it is no longer used
            buffer = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(capacity));
            own = buffer;
        }
        return buffer.clear().retain();
    }

    /** Whether this buffer is the one that the loop reuses. */
    @SuppressWarnings("ReferenceEquality") // equal bytes are not the same buffer
    boolean owns(ByteBuf buffer) {
        return buffer == own;
    }
}
