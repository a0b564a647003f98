package dev.sockeye.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import org.jspecify.annotations.Nullable;

/** The I/O implementation of the host. */
public enum NettyIo {
    /** {@link #EPOLL} if it is available, otherwise {@link #NIO}. The default. */
    AUTO,
    /** Linux epoll, with Netty's native library. */
    EPOLL,
    /**
     * Linux io_uring, with Netty's native library; requires a kernel of 5.9 or later that allows it. Each event loop of the host has a
     * ring of receive buffers if the kernel supports it (5.19 or later), otherwise this is logged, and reading costs more CPU. The ring has
     * 32 buffers of 16 KiB, and grows to at most 256 while more data arrives at once. Custom event loops
     * ({@link NettyHostOptions.Builder#eventLoopGroup}) have no ring.
     */
    IO_URING,
    /** The JDK's selectors; available on all platforms. */
    NIO;

    /** Whether this implementation is available on this machine. */
    public boolean available() {
        return unavailability() == null;
    }

    NettyIo resolve() {
        if (this == AUTO) {
            return EPOLL.available() ? EPOLL : NIO;
        }
        Throwable reason = unavailability();
        if (reason != null) {
            throw new IllegalStateException(
                    "io " + this + " is not available here: " + reason.getMessage() + "; use NettyIo.AUTO", reason);
        }
        return this;
    }

    IoHandlerFactory handlers() {
        return switch (this) {
            case EPOLL -> SocketGuard.factory(EpollIoHandler.newFactory());
            case IO_URING -> IoUringIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
            case AUTO -> resolve().handlers();
        };
    }

    Class<? extends ServerChannel> serverChannel() {
        return switch (this) {
            case EPOLL -> EpollServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
            case AUTO -> resolve().serverChannel();
        };
    }

    private @Nullable Throwable unavailability() {
        return switch (this) {
            case EPOLL -> Epoll.unavailabilityCause();
            case IO_URING -> IoUring.unavailabilityCause();
            case AUTO, NIO -> null;
        };
    }
}
