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
    private final boolean replaced;
    /** Retained once by this object, in addition to its users. */
    private @Nullable ByteBuf own;

    private int others;

    private LoopBuffer(int capacity, boolean replaced) {
        this.capacity = capacity;
        this.replaced = replaced;
    }

    /** A buffer that its users may retain for long: it is replaced then. */
    static LoopBuffer replaced(int capacity) {
        return new LoopBuffer(capacity, true);
    }

    /** A buffer whose users release it at the end of the iteration at the latest. */
    static LoopBuffer returned(int capacity) {
        return new LoopBuffer(capacity, false);
    }

    /** Returns an empty buffer with room for this many bytes; the caller releases it. */
    ByteBuf take(ByteBufAllocator allocator, int room) {
        if (room > capacity) {
            return allocator.ioBuffer(room);
        }
        ByteBuf buffer = own;
        if (buffer == null || buffer.refCnt() != 1) {
            if (buffer != null) {
                if (!replaced || ++others % PATIENCE != 0) {
                    return allocator.ioBuffer(room);
                }
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
