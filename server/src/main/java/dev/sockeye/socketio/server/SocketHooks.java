package dev.sockeye.socketio.server;

import dev.sockeye.socketio.protocol.Arguments;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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

    // calling them: in the mailbox; one that throws does not keep the others from being called

    static void callAny(SocketCore socket, AnyHandler[] handlers, String event, Arguments args) {
        for (AnyHandler handler : handlers) {
            try {
                handler.handle(event, args);
            } catch (Throwable e) {
                socket.onHandlerError(event, e);
            }
        }
    }

    static void callDisconnect(
            SocketCore socket,
            String event,
            DisconnectHandler[] handlers,
            DisconnectReason reason,
            @Nullable Object description) {
        for (DisconnectHandler handler : handlers) {
            try {
                handler.handle(reason, description);
            } catch (Throwable e) {
                socket.onHandlerError(event, e);
            }
        }
    }

    static void callWritable(SocketCore socket, Runnable[] handlers) {
        for (Runnable handler : handlers) {
            try {
                handler.run();
            } catch (Throwable e) {
                socket.onHandlerError("writable", e);
            }
        }
    }

    void callError(SocketCore socket, Throwable problem) {
        for (Consumer<Throwable> handler : error) {
            try {
                handler.accept(problem);
            } catch (Throwable e) {
                socket.onHandlerError("error", e);
            }
        }
    }
}
