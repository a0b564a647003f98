package dev.sockeye.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * An epoll handler that does not let a socket be closed while another thread writes to it: the number of its descriptor could belong to
 * another connection by then. A channel cancels its registration before it closes its socket.
 */
final class SocketGuard implements IoHandler {
    private final IoHandler epoll;

    private SocketGuard(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory factory(IoHandlerFactory epoll) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new SocketGuard(epoll.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return epoll.isChangingThreadSupported();
            }
        };
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        IoRegistration registration = epoll.register(handle);
        return handle instanceof Channel.Unsafe unsafe ? new Guarded(registration, unsafe) : registration;
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    private static final class Guarded implements IoRegistration {
        private final IoRegistration registration;
        private final Channel.Unsafe unsafe;

        Guarded(IoRegistration registration, Channel.Unsafe unsafe) {
            this.registration = registration;
            this.unsafe = unsafe;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals")
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            return registration.submit(ops);
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            ChannelHandler last = unsafe.voidPromise().channel().pipeline().last();
            if (last instanceof ChannelWire wire) {
                wire.beforeDeregistration();
            }
            return registration.cancel();
        }
    }
}
