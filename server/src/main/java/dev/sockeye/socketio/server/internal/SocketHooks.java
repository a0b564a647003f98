package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.Answers;
import dev.sockeye.socketio.AnyListener;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.ErrorListener;
import dev.sockeye.socketio.UnknownEventHandler;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.DisconnectHandler;
import dev.sockeye.socketio.server.DisconnectReason;
import dev.sockeye.socketio.server.SocketMiddleware;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The listeners and middlewares of a socket, without its event handlers; most sockets have none. Immutable. */
record SocketHooks(
        AnyListener[] any,
        AnyListener[] anyOutgoing,
        SocketMiddleware[] middlewares,
        DisconnectHandler[] disconnecting,
        DisconnectHandler[] disconnect,
        ErrorListener[] error,
        UnknownEventHandler[] unknown,
        Runnable[] writable) {

    static final SocketHooks NONE = new SocketHooks(
            new AnyListener[0],
            new AnyListener[0],
            new SocketMiddleware[0],
            new DisconnectHandler[0],
            new DisconnectHandler[0],
            new ErrorListener[0],
            new UnknownEventHandler[0],
            new Runnable[0]);

    /** A component of this record. */
    record Kind<H>(Function<SocketHooks, H[]> get, BiFunction<SocketHooks, H[], SocketHooks> set) {
        SocketHooks with(SocketHooks hooks, H[] changed) {
            return set.apply(hooks, changed);
        }

        SocketHooks plus(SocketHooks hooks, H hook, boolean first) {
            H[] before = get.apply(hooks);
            return with(hooks, first ? CopyOnWrite.prepend(before, hook) : CopyOnWrite.append(before, hook));
        }

        SocketHooks minus(SocketHooks hooks, H hook) {
            return with(hooks, CopyOnWrite.remove(get.apply(hooks), hook));
        }
    }

    static final Kind<AnyListener> ANY = new Kind<>(
            SocketHooks::any,
            (hooks, changed) -> new SocketHooks(
                    changed,
                    hooks.anyOutgoing,
                    hooks.middlewares,
                    hooks.disconnecting,
                    hooks.disconnect,
                    hooks.error,
                    hooks.unknown,
                    hooks.writable));
    static final Kind<AnyListener> ANY_OUTGOING = new Kind<>(
            SocketHooks::anyOutgoing,
            (hooks, changed) -> new SocketHooks(
                    hooks.any,
                    changed,
                    hooks.middlewares,
                    hooks.disconnecting,
                    hooks.disconnect,
                    hooks.error,
                    hooks.unknown,
                    hooks.writable));
    static final Kind<SocketMiddleware> MIDDLEWARES = new Kind<>(
            SocketHooks::middlewares,
            (hooks, changed) -> new SocketHooks(
                    hooks.any,
                    hooks.anyOutgoing,
                    changed,
                    hooks.disconnecting,
                    hooks.disconnect,
                    hooks.error,
                    hooks.unknown,
                    hooks.writable));
    static final Kind<DisconnectHandler> DISCONNECTING = new Kind<>(
            SocketHooks::disconnecting,
            (hooks, changed) -> new SocketHooks(
                    hooks.any,
                    hooks.anyOutgoing,
                    hooks.middlewares,
                    changed,
                    hooks.disconnect,
                    hooks.error,
                    hooks.unknown,
                    hooks.writable));
    static final Kind<DisconnectHandler> DISCONNECT = new Kind<>(
            SocketHooks::disconnect,
            (hooks, changed) -> new SocketHooks(
                    hooks.any,
                    hooks.anyOutgoing,
                    hooks.middlewares,
                    hooks.disconnecting,
                    changed,
                    hooks.error,
                    hooks.unknown,
                    hooks.writable));
    static final Kind<ErrorListener> ERROR = new Kind<>(
            SocketHooks::error,
            (hooks, changed) -> new SocketHooks(
                    hooks.any,
                    hooks.anyOutgoing,
                    hooks.middlewares,
                    hooks.disconnecting,
                    hooks.disconnect,
                    changed,
                    hooks.unknown,
                    hooks.writable));
    static final Kind<UnknownEventHandler> UNKNOWN = new Kind<>(
            SocketHooks::unknown,
            (hooks, changed) -> new SocketHooks(
                    hooks.any,
                    hooks.anyOutgoing,
                    hooks.middlewares,
                    hooks.disconnecting,
                    hooks.disconnect,
                    hooks.error,
                    changed,
                    hooks.writable));
    static final Kind<Runnable> WRITABLE = new Kind<>(
            SocketHooks::writable,
            (hooks, changed) -> new SocketHooks(
                    hooks.any,
                    hooks.anyOutgoing,
                    hooks.middlewares,
                    hooks.disconnecting,
                    hooks.disconnect,
                    hooks.error,
                    hooks.unknown,
                    changed));

    // calls, in the mailbox; if one throws, the others are still called

    static void callAny(SocketListeners owner, AnyListener[] listeners, String event, Arguments args) {
        for (AnyListener listener : listeners) {
            try {
                listener.onEvent(event, args);
            } catch (Throwable e) {
                owner.failed(event, e);
            }
        }
    }

    static void callDisconnect(
            SocketListeners owner,
            String event,
            DisconnectHandler[] handlers,
            DisconnectReason reason,
            DisconnectDetails details) {
        for (DisconnectHandler handler : handlers) {
            try {
                handler.handle(reason, details);
            } catch (Throwable e) {
                owner.failed(event, e);
            }
        }
    }

    static void callWritable(SocketListeners owner, Runnable[] handlers) {
        for (Runnable handler : handlers) {
            try {
                handler.run();
            } catch (Throwable e) {
                owner.failed("writable", e);
            }
        }
    }

    void callUnknown(SocketListeners owner, String event, Arguments args, Ack ack) {
        for (UnknownEventHandler handler : unknown) {
            try {
                handler.handle(event, args, ack);
            } catch (Throwable e) {
                owner.failed(event, e);
                ack.error(Answers.INTERNAL_ERROR); // has no effect if the handler has answered
            }
        }
    }

    void callError(SocketListeners owner, Throwable problem) {
        for (ErrorListener listener : error) {
            try {
                listener.onError(problem);
            } catch (Throwable e) {
                owner.failed("error", e);
            }
        }
    }
}
