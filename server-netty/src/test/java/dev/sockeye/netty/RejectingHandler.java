package dev.sockeye.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;

/** An epoll handler that rejects all sockets, as the system does when it has no memory for another one. */
final class RejectingHandler implements IoHandler {
    private final IoHandler epoll;
    private final boolean atOnce;

    private RejectingHandler(IoHandler epoll, boolean atOnce) {
        this.epoll = epoll;
        this.atOnce = atOnce;
    }

    /**
     * @param atOnce whether the registration fails, otherwise the first use of it
     */
    static IoHandlerFactory factory(boolean atOnce) {
        IoHandlerFactory handlers = EpollIoHandler.newFactory();
        return executor -> new RejectingHandler(handlers.newHandler(executor), atOnce);
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
        if (atOnce) {
            throw new IOException("rejected");
        }
        IoRegistration registration = epoll.register(handle);
        return new IoRegistration() {
            @Override
            @SuppressWarnings("TypeParameterUnusedInFormals")
            public <T> T attachment() {
                return registration.attachment();
            }

            @Override
            public long submit(IoOps ops) {
                throw new UncheckedIOException(new IOException("rejected"));
            }

            @Override
            public boolean isValid() {
                return registration.isValid();
            }

            @Override
            public boolean cancel() {
                return registration.cancel();
            }
        };
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return epoll.isCompatible(type);
    }
}
