package dev.sockeye.socketio.server;

import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.TypeRef;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The listeners of a socket. Registration from any thread; kept as one small array that is copied at each change, so that a
 * socket without listeners costs nothing, one with some little, and dispatch takes no lock.
 *
 * <p>Listeners are called in the order of registration. Typed listeners get {@code null} for an argument that did not come.
 */
abstract class SocketListeners {

    /** A listener that is not just what the application gave: {@code original}, which {@code off} looks for. */
    private record Adapted(RawHandler handler, Object original, boolean once) implements RawHandler {
        @Override
        public void handle(Arguments args, Ack ack) throws Exception {
            handler.handle(args, ack);
        }
    }

    /** What a client is told of an exception that was not meant for it. */
    static final String INTERNAL_ERROR = "internal error";

    private static final Object[] NONE = {};

    /** The name of an event and its listener, in turn. */
    private volatile Object[] listeners = NONE;

    /** Listens to an event with all its arguments. {@code socket.on(event, (...args) => {})}. */
    public final Socket on(String event, RawHandler handler) {
        return add(event, handler, handler, false);
    }

    /** Listens to an event without looking at its arguments. */
    public final Socket on(String event, Runnable handler) {
        return add(event, (args, ack) -> handler.run(), handler, false);
    }

    /** Listens to an event with one typed argument. */
    public final <T> Socket on(String event, Class<T> type, Consumer<T> handler) {
        return add(event, one(event, type, handler), handler, false);
    }

    /** As {@link #on(String, Class, Consumer)}; what a lambda or a method reference means. */
    public final <T> Socket on(String event, Class<T> type, EventHandler<T> handler) {
        return on(event, type, (Consumer<T>) handler);
    }

    /** Listens to an event with one typed argument and answers it. */
    public final <T> Socket on(String event, Class<T> type, BiConsumer<T, Ack> handler) {
        return add(event, one(event, type, handler), handler, false);
    }

    /** Listens to an event with one argument of a generic type. */
    public final <T> Socket on(String event, TypeRef<T> type, Consumer<T> handler) {
        return add(event, one(event, type.type(), handler), handler, false);
    }

    /** As {@link #on(String, TypeRef, Consumer)}; what a lambda or a method reference means. */
    public final <T> Socket on(String event, TypeRef<T> type, EventHandler<T> handler) {
        return on(event, type, (Consumer<T>) handler);
    }

    /** Listens to an event with one argument of a generic type and answers it. */
    public final <T> Socket on(String event, TypeRef<T> type, BiConsumer<T, Ack> handler) {
        return add(event, one(event, type.type(), handler), handler, false);
    }

    /** Listens to an event with two typed arguments. */
    public final <A, B> Socket on(String event, Class<A> first, Class<B> second, BiConsumer<A, B> handler) {
        return add(
                event,
                SocketListeners.<A, B>two(event, first, second, (a, b, ack) -> handler.accept(a, b)),
                handler,
                false);
    }

    /** Listens to an event with two typed arguments and answers it. */
    public final <A, B> Socket on(String event, Class<A> first, Class<B> second, TwoArgumentHandler<A, B> handler) {
        return add(event, two(event, first, second, handler), handler, false);
    }

    /** Listens to a typed event. */
    public final <T> Socket on(Event<T> event, Consumer<T> handler) {
        return add(event.name(), one(event.name(), event.type(), handler), handler, false);
    }

    /** As {@link #on(Event, Consumer)}; what a lambda or a method reference means. */
    public final <T> Socket on(Event<T> event, EventHandler<T> handler) {
        return on(event, (Consumer<T>) handler);
    }

    /** Listens to a typed event and answers it. */
    public final <T> Socket on(Event<T> event, BiConsumer<T, Ack> handler) {
        return add(event.name(), one(event.name(), event.type(), handler), handler, false);
    }

    /** As {@link #on(String, RawHandler)}, for one event only. {@code socket.once(...)}. */
    public final Socket once(String event, RawHandler handler) {
        return add(event, handler, handler, true);
    }

    /** As {@link #on(String, Runnable)}, once. */
    public final Socket once(String event, Runnable handler) {
        return add(event, (args, ack) -> handler.run(), handler, true);
    }

    /** As {@link #on(String, Class, Consumer)}, once. */
    public final <T> Socket once(String event, Class<T> type, Consumer<T> handler) {
        return add(event, one(event, type, handler), handler, true);
    }

    /** As {@link #once(String, Class, Consumer)}; what a lambda or a method reference means. */
    public final <T> Socket once(String event, Class<T> type, EventHandler<T> handler) {
        return once(event, type, (Consumer<T>) handler);
    }

    /** As {@link #on(String, Class, BiConsumer)}, once. */
    public final <T> Socket once(String event, Class<T> type, BiConsumer<T, Ack> handler) {
        return add(event, one(event, type, handler), handler, true);
    }

    /** As {@link #on(String, TypeRef, Consumer)}, once. */
    public final <T> Socket once(String event, TypeRef<T> type, Consumer<T> handler) {
        return add(event, one(event, type.type(), handler), handler, true);
    }

    /** As {@link #once(String, TypeRef, Consumer)}; what a lambda or a method reference means. */
    public final <T> Socket once(String event, TypeRef<T> type, EventHandler<T> handler) {
        return once(event, type, (Consumer<T>) handler);
    }

    /** As {@link #on(String, TypeRef, BiConsumer)}, once. */
    public final <T> Socket once(String event, TypeRef<T> type, BiConsumer<T, Ack> handler) {
        return add(event, one(event, type.type(), handler), handler, true);
    }

    /** As {@link #on(String, Class, Class, BiConsumer)}, once. */
    public final <A, B> Socket once(String event, Class<A> first, Class<B> second, BiConsumer<A, B> handler) {
        return add(
                event,
                SocketListeners.<A, B>two(event, first, second, (a, b, ack) -> handler.accept(a, b)),
                handler,
                true);
    }

    /** As {@link #on(String, Class, Class, TwoArgumentHandler)}, once. */
    public final <A, B> Socket once(String event, Class<A> first, Class<B> second, TwoArgumentHandler<A, B> handler) {
        return add(event, two(event, first, second, handler), handler, true);
    }

    /** As {@link #on(Event, Consumer)}, once. */
    public final <T> Socket once(Event<T> event, Consumer<T> handler) {
        return add(event.name(), one(event.name(), event.type(), handler), handler, true);
    }

    /** As {@link #once(Event, Consumer)}; what a lambda or a method reference means. */
    public final <T> Socket once(Event<T> event, EventHandler<T> handler) {
        return once(event, (Consumer<T>) handler);
    }

    /** As {@link #on(Event, BiConsumer)}, once. */
    public final <T> Socket once(Event<T> event, BiConsumer<T, Ack> handler) {
        return add(event.name(), one(event.name(), event.type(), handler), handler, true);
    }

    /** Removes all listeners of an event. {@code socket.off(event)}. */
    public final Socket off(String event) {
        return removeAll(event);
    }

    /** Removes one listener of an event: the object that was given to {@code on}. {@code socket.off(event, listener)}. */
    public final Socket off(String event, Object handler) {
        removeFirst(event, handler);
        return (Socket) this;
    }

    /** The listeners of an event, as they were given to {@code on}. {@code socket.listeners(event)}. */
    public final List<Object> listeners(String event) {
        List<Object> found = new ArrayList<>();
        Object[] now = listeners;
        for (int i = 0; i < now.length; i += 2) {
            if (now[i].equals(event)) {
                found.add(original(now[i + 1]));
            }
        }
        return found;
    }

    private static Object original(Object listener) {
        return listener instanceof Adapted adapted ? adapted.original : listener;
    }

    /** Calls the listeners of an event. In the mailbox. */
    final void dispatch(String event, Arguments args, Ack ack) {
        Object[] now = listeners;
        boolean failed = false;
        for (int i = 0; i < now.length; i += 2) {
            if (now[i].equals(event)) {
                RawHandler listener = (RawHandler) now[i + 1];
                if (listener instanceof Adapted adapted && adapted.once && !removeFirst(event, adapted)) {
                    continue;
                }
                try {
                    listener.handle(args, ack);
                } catch (Unbound unbound) {
                    ack.error(String.valueOf(unbound.error.getMessage()));
                    onBindingError(unbound.error);
                } catch (Throwable error) {
                    failed = true;
                    onHandlerError(event, error);
                }
            }
        }
        if (failed) {
            ack.error(INTERNAL_ERROR); // does nothing when a listener has answered
        }
    }

    /** A payload did not fit. */
    abstract void onBindingError(BindingException error);

    /** A listener threw. */
    abstract void onHandlerError(String event, Throwable error);

    private Socket add(String event, RawHandler handler, Object original, boolean once) {
        ReservedEvents.checkListener(event);
        RawHandler listener = handler == original && !once ? handler : new Adapted(handler, original, once);
        synchronized (this) {
            Object[] before = listeners;
            Object[] after = Arrays.copyOf(before, before.length + 2);
            after[before.length] = event;
            after[before.length + 1] = listener;
            listeners = after;
        }
        return (Socket) this;
    }

    private synchronized Socket removeAll(String event) {
        Object[] before = listeners;
        Object[] after = new Object[before.length];
        int kept = 0;
        for (int i = 0; i < before.length; i += 2) {
            if (!before[i].equals(event)) {
                after[kept] = before[i];
                after[kept + 1] = before[i + 1];
                kept += 2;
            }
        }
        listeners = kept == 0 ? NONE : Arrays.copyOf(after, kept);
        return (Socket) this;
    }

    /** Removes one listener: the object itself, or what the application gave for it. */
    private synchronized boolean removeFirst(String event, Object wanted) {
        Object[] before = listeners;
        for (int i = 0; i < before.length; i += 2) {
            if (before[i].equals(event) && (before[i + 1] == wanted || original(before[i + 1]) == wanted)) {
                Object[] after = Arrays.copyOf(before, before.length - 2);
                System.arraycopy(before, i + 2, after, i, after.length - i);
                listeners = after.length == 0 ? NONE : after;
                return true;
            }
        }
        return false;
    }

    private static <T> RawHandler one(String event, Type type, Consumer<T> handler) {
        return (args, ack) -> handler.accept(SocketListeners.<T>bind(event, args, 0, type));
    }

    private static <T> RawHandler one(String event, Type type, BiConsumer<T, Ack> handler) {
        return (args, ack) -> handler.accept(SocketListeners.<T>bind(event, args, 0, type), ack);
    }

    private static <A, B> RawHandler two(String event, Type first, Type second, TwoArgumentHandler<A, B> handler) {
        return (args, ack) -> handler.handle(
                SocketListeners.<A>bind(event, args, 0, first), SocketListeners.<B>bind(event, args, 1, second), ack);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
    private static <T> T bind(String event, Arguments args, int index, Type type) {
        try {
            return (T) args.get(index, type);
        } catch (BindingException e) {
            throw new Unbound(new BindingException(
                    "event \"" + event + "\", argument " + (index + 1) + ": " + e.getMessage(), type, e.path(), e));
        }
    }

    /** Tells a payload that does not fit from a handler's own binding trouble. */
    private static final class Unbound extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient BindingException error;

        Unbound(BindingException error) {
            super(null, null, false, false);
            this.error = error;
        }
    }
}
