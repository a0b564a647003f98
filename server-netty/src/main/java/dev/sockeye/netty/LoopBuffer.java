package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A direct buffer that a loop uses again and again for what is usually through before the next one is needed. Whoever takes it
 * releases it, as any other; while somebody still holds it, others are made. For the loop's thread only.
 */
final class LoopBuffer {

    /** How many other buffers are made before this one is given up to those who hold it. */
    private static final int PATIENCE = 64;

    private final int capacity;
    /** Retained once more than those who took it know of. */
    private @Nullable ByteBuf own;

    private int others;

    LoopBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** An empty buffer with room for so many bytes, to be released by the caller. */
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
            // the garbage collector frees it when the loop has ended and nobody holds it
            buffer = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(capacity));
            own = buffer;
        }
        return buffer.clear().retain();
    }
}
