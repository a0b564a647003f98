package dev.sockeye.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of a host.
 *
 * @param ring whether each of them has a {@link ReceiveRing}
 */
record HostLoops(EventLoopGroup group, boolean ring) {

    private static final System.Logger LOG = System.getLogger(HostLoops.class.getName());

    /** Creates the loops of a host. */
    static HostLoops create(NettyIo io, int count) {
        ThreadFactory threads = new DefaultThreadFactory("sockeye-netty", false);
        if (io != NettyIo.IO_URING) {
            return new HostLoops(new MultiThreadIoEventLoopGroup(count, threads, io.handlers()), false);
        }
        return create(count, threads, ReceiveRing.supported() ? ReceiveRing.handlers() : null, io.handlers());
    }

    /**
     * Creates loops with a ring, or without one if that is not possible.
     *
     * @param ring {@code null} if the kernel has no rings
     */
    static HostLoops create(int count, ThreadFactory threads, @Nullable IoHandlerFactory ring, IoHandlerFactory plain) {
        if (ring == null) {
            withoutRing("it requires Linux 5.19 or later", null);
        } else {
            try {
                return new HostLoops(new MultiThreadIoEventLoopGroup(count, threads, ring), true);
            } catch (RuntimeException e) {
                // for example not enough lockable memory; if it is something else, the loops without a ring fail as
                // well
                Throwable cause = e.getCause() == null ? e : e.getCause();
                withoutRing(String.valueOf(cause.getMessage()), e);
            }
        }
        return new HostLoops(new MultiThreadIoEventLoopGroup(count, threads, plain), false);
    }

    private static void withoutRing(String reason, @Nullable Throwable cause) {
        LOG.log(
                System.Logger.Level.INFO,
                NettyLog.NO_RECEIVE_RING.text(
                        "io_uring runs without a ring of receive buffers, which costs CPU: " + reason),
                cause);
    }
}
