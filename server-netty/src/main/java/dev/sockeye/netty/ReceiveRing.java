package dev.sockeye.netty;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;

/**
 * The ring of receive buffers of an io_uring loop. The kernel takes a buffer from it when data has arrived, so one request receives
 * everything that arrives on a connection, and a connection without data has no buffer. A buffer that was taken is replaced
 * by a new one before its data is read: data that a handler keeps, for example an incomplete TLS record, takes nothing from other
 * connections. If more data arrives at once than there are buffers, the rest stays in the sockets, and the ring grows.
 */
final class ReceiveRing {

    /** The id of the ring in its loop. */
    static final Short GROUP = 0;

    private static final short MOST_BUFFERS = 256;
    private static final int FIRST_BUFFERS = 32;
    private static final int BUFFER_SIZE = 16 * 1024;

    private ReceiveRing() {}

    static boolean supported() {
        return IoUring.isAvailable() && IoUring.isRegisterBufferRingSupported();
    }

    /** Creates loops that have a ring. */
    static IoHandlerFactory handlers() {
        IoUringBufferRingConfig ring = IoUringBufferRingConfig.builder()
                .bufferGroupId(GROUP)
                .bufferRingSize(MOST_BUFFERS)
                .batchSize(FIRST_BUFFERS)
                .incremental(false)
                .allocator(new IoUringFixedBufferRingAllocator(PooledByteBufAllocator.DEFAULT, false, BUFFER_SIZE))
                .build();
        return IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setBufferRingConfig(ring));
    }
}
