package dev.sockeye.socketio.server;

import java.util.function.Consumer;

/** What a socket has beside the listeners of events; most sockets have none of it. Immutable. */
record SocketHooks(
        AnyHandler[] any,
        AnyHandler[] anyOutgoing,
        SocketMiddleware[] middlewares,
        DisconnectHandler[] disconnecting,
        DisconnectHandler[] disconnect,
        Consumer<Throwable>[] error,
        Runnable[] writable) {

    @SuppressWarnings({"unchecked", "rawtypes"})
    static final SocketHooks NONE = new SocketHooks(
            new AnyHandler[0],
            new AnyHandler[0],
            new SocketMiddleware[0],
            new DisconnectHandler[0],
            new DisconnectHandler[0],
            (Consumer<Throwable>[]) new Consumer[0],
            new Runnable[0]);

    SocketHooks withAny(AnyHandler[] changed) {
        return new SocketHooks(changed, anyOutgoing, middlewares, disconnecting, disconnect, error, writable);
    }

    SocketHooks withAnyOutgoing(AnyHandler[] changed) {
        return new SocketHooks(any, changed, middlewares, disconnecting, disconnect, error, writable);
    }

    SocketHooks withMiddlewares(SocketMiddleware[] changed) {
        return new SocketHooks(any, anyOutgoing, changed, disconnecting, disconnect, error, writable);
    }

    SocketHooks withDisconnecting(DisconnectHandler[] changed) {
        return new SocketHooks(any, anyOutgoing, middlewares, changed, disconnect, error, writable);
    }

    SocketHooks withDisconnect(DisconnectHandler[] changed) {
        return new SocketHooks(any, anyOutgoing, middlewares, disconnecting, changed, error, writable);
    }

    SocketHooks withError(Consumer<Throwable>[] changed) {
        return new SocketHooks(any, anyOutgoing, middlewares, disconnecting, disconnect, changed, writable);
    }

    SocketHooks withWritable(Runnable[] changed) {
        return new SocketHooks(any, anyOutgoing, middlewares, disconnecting, disconnect, error, changed);
    }
}
