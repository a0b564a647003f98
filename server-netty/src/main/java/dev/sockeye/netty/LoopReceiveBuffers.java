package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Sizes read buffers with one state object for each event loop instead of one for each connection: a loop reads from one
 * channel at a time, and nothing needs to be remembered between two reads. The first read of a turn takes a medium buffer,
 * which the loop keeps and reuses if it is no longer retained. Further reads, which happen only if it was filled, take a large one.
 *
 * <p>With io_uring, the reads of several channels are in progress at the same time, so each channel has its own state. They use these
 * buffers only if the loop has no {@link ReceiveRing}.
 */
final class LoopReceiveBuffers implements RecvByteBufAllocator {

    private static final LoopReceiveBuffers SHARED = new LoopReceiveBuffers(false);
    private static final LoopReceiveBuffers SEPARATE = new LoopReceiveBuffers(true);

    private static final int FIRST = 16 * 1024;
    private static final int FURTHER = 64 * 1024;
    private static final int MAX_READS = 8;

    private static final FastThreadLocal<LoopHandle> OF_LOOP = new FastThreadLocal<>() {
        @Override
        protected LoopHandle initialValue() {
            return new LoopHandle(LoopBuffer.replaced(FIRST));
        }
    };

    private final boolean separate;

    private LoopReceiveBuffers(boolean separate) {
        this.separate = separate;
    }

    /** The allocator for a kind of channels. */
    static LoopReceiveBuffers of(boolean ioUring) {
        return ioUring ? SEPARATE : SHARED;
    }

    /** Returns the buffer for a first read without a channel; the caller releases it. */
    static ByteBuf take() {
        return OF_LOOP.get().first.take(PooledByteBufAllocator.DEFAULT, FIRST);
    }

    @Override
    public ExtendedHandle newHandle() {
        LoopHandle shared = OF_LOOP.get();
        return separate ? new LoopHandle(shared.first) : shared;
    }

    private static final class LoopHandle implements ExtendedHandle {
        private final LoopBuffer first;
        private @Nullable ChannelConfig config;
        private int reads;
        private int attempted;
        private int last;
        private final UncheckedBooleanSupplier filled = () -> attempted == last;

        LoopHandle(LoopBuffer first) {
            this.first = first;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return reads == 0 ? first.take(allocator, FIRST) : allocator.ioBuffer(FURTHER);
        }

        @Override
        public int guess() {
            return reads == 0 ? FIRST : FURTHER;
        }

        @Override
        public void reset(ChannelConfig newConfig) {
            config = newConfig;
            reads = 0;
            last = 0;
            attempted = 0;
        }

        @Override
        public void incMessagesRead(int count) {
            reads += count;
        }

        @Override
        public void lastBytesRead(int bytes) {
            last = bytes;
        }

        @Override
        public int lastBytesRead() {
            return last;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public boolean continueReading() {
            return continueReading(filled);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            ChannelConfig c = config;
            return c != null && c.isAutoRead() && reads < MAX_READS && last > 0 && maybeMore.get();
        }

        @Override
        public void readComplete() {
            config = null;
        }
    }
}
