package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.TypeRef;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Handles events of the other side: the API that is common to the sockets of server and client. Implemented by the
 * library.
 *
 * <p>Handlers may be added and removed on any thread. The handlers of an event are called in the order in which they
 * were added. For each connection, handlers run one at a time, in the order of the events, and off the I/O threads.
 * They may block and may throw: an exception is reported to the error listeners and the log, and the sender receives
 * <code>{"error": "internal error"}</code> if it expects an answer. Each method that adds a handler or listener returns
 * a {@link Registration}, which removes it.
 */
public interface EventReceiver {

    /**
     * Handles an event with all its arguments. {@code socket.on(event, (...args) => {})}.
     *
     * @throws IllegalArgumentException if the name is reserved
     */
    Registration on(String event, RawHandler handler);

    /** Handles an event and ignores its arguments. */
    default Registration on(String event, NoArgumentHandler handler) {
        return on(event, (RawHandler) handler);
    }

    /**
     * Handles an event with one typed argument. An event whose argument does not fit, is missing or is {@code null} is
     * not passed to the handler: it is answered with an error and reported to the error listeners.
     */
    default <T> Registration on(String event, Class<T> type, EventHandler<T> handler) {
        return on(event, TypedHandler.of(event, type, handler));
    }

    /** Handles an event with one typed argument and answers it. */
    default <T> Registration on(String event, Class<T> type, AckEventHandler<T> handler) {
        return on(event, TypedHandler.of(event, type, handler));
    }

    /** Handles an event with one argument of a generic type. */
    default <T> Registration on(String event, TypeRef<T> type, EventHandler<T> handler) {
        return on(event, TypedHandler.of(event, type.type(), handler));
    }

    /** Handles an event with one argument of a generic type and answers it. */
    default <T> Registration on(String event, TypeRef<T> type, AckEventHandler<T> handler) {
        return on(event, TypedHandler.of(event, type.type(), handler));
    }

    /** Handles an event with two typed arguments. */
    default <A, B> Registration on(String event, Class<A> first, Class<B> second, TwoArgumentHandler<A, B> handler) {
        return on(event, TypedHandler.of(event, first, second, handler));
    }

    /** Handles an event with two typed arguments and answers it. */
    default <A, B> Registration on(String event, Class<A> first, Class<B> second, AckTwoArgumentHandler<A, B> handler) {
        return on(event, TypedHandler.of(event, first, second, handler));
    }

    /** Handles a typed event. */
    default <T> Registration on(Event<T> event, EventHandler<T> handler) {
        return on(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    /** Handles a typed event and answers it. */
    default <T> Registration on(Event<T> event, AckEventHandler<T> handler) {
        return on(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    /** As {@link #on(String, RawHandler)}, for the next event only. {@code socket.once(event, fn)}. */
    Registration once(String event, RawHandler handler);

    /** As {@link #on(String, NoArgumentHandler)}, for the next event only. */
    default Registration once(String event, NoArgumentHandler handler) {
        return once(event, (RawHandler) handler);
    }

    /** As {@link #on(String, Class, EventHandler)}, for the next event only. */
    default <T> Registration once(String event, Class<T> type, EventHandler<T> handler) {
        return once(event, TypedHandler.of(event, type, handler));
    }

    /** As {@link #on(String, Class, AckEventHandler)}, for the next event only. */
    default <T> Registration once(String event, Class<T> type, AckEventHandler<T> handler) {
        return once(event, TypedHandler.of(event, type, handler));
    }

    /** As {@link #on(String, TypeRef, EventHandler)}, for the next event only. */
    default <T> Registration once(String event, TypeRef<T> type, EventHandler<T> handler) {
        return once(event, TypedHandler.of(event, type.type(), handler));
    }

    /** As {@link #on(String, TypeRef, AckEventHandler)}, for the next event only. */
    default <T> Registration once(String event, TypeRef<T> type, AckEventHandler<T> handler) {
        return once(event, TypedHandler.of(event, type.type(), handler));
    }

    /** As {@link #on(String, Class, Class, TwoArgumentHandler)}, for the next event only. */
    default <A, B> Registration once(String event, Class<A> first, Class<B> second, TwoArgumentHandler<A, B> handler) {
        return once(event, TypedHandler.of(event, first, second, handler));
    }

    /** As {@link #on(String, Class, Class, AckTwoArgumentHandler)}, for the next event only. */
    default <A, B> Registration once(
            String event, Class<A> first, Class<B> second, AckTwoArgumentHandler<A, B> handler) {
        return once(event, TypedHandler.of(event, first, second, handler));
    }

    /** As {@link #on(Event, EventHandler)}, for the next event only. */
    default <T> Registration once(Event<T> event, EventHandler<T> handler) {
        return once(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    /** As {@link #on(Event, AckEventHandler)}, for the next event only. */
    default <T> Registration once(Event<T> event, AckEventHandler<T> handler) {
        return once(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    /**
     * As {@link #on(String, RawHandler)}, called before the existing handlers. {@code socket.prependListener(event,
     * fn)}.
     */
    Registration prepend(String event, RawHandler handler);

    /** As {@link #on(String, NoArgumentHandler)}, called before the existing handlers. */
    default Registration prepend(String event, NoArgumentHandler handler) {
        return prepend(event, (RawHandler) handler);
    }

    /** As {@link #on(String, Class, EventHandler)}, called before the existing handlers. */
    default <T> Registration prepend(String event, Class<T> type, EventHandler<T> handler) {
        return prepend(event, TypedHandler.of(event, type, handler));
    }

    /** As {@link #on(String, Class, AckEventHandler)}, called before the existing handlers. */
    default <T> Registration prepend(String event, Class<T> type, AckEventHandler<T> handler) {
        return prepend(event, TypedHandler.of(event, type, handler));
    }

    /** As {@link #on(String, TypeRef, EventHandler)}, called before the existing handlers. */
    default <T> Registration prepend(String event, TypeRef<T> type, EventHandler<T> handler) {
        return prepend(event, TypedHandler.of(event, type.type(), handler));
    }

    /** As {@link #on(String, TypeRef, AckEventHandler)}, called before the existing handlers. */
    default <T> Registration prepend(String event, TypeRef<T> type, AckEventHandler<T> handler) {
        return prepend(event, TypedHandler.of(event, type.type(), handler));
    }

    /** As {@link #on(String, Class, Class, TwoArgumentHandler)}, called before the existing handlers. */
    default <A, B> Registration prepend(
            String event, Class<A> first, Class<B> second, TwoArgumentHandler<A, B> handler) {
        return prepend(event, TypedHandler.of(event, first, second, handler));
    }

    /** As {@link #on(String, Class, Class, AckTwoArgumentHandler)}, called before the existing handlers. */
    default <A, B> Registration prepend(
            String event, Class<A> first, Class<B> second, AckTwoArgumentHandler<A, B> handler) {
        return prepend(event, TypedHandler.of(event, first, second, handler));
    }

    /** As {@link #on(Event, EventHandler)}, called before the existing handlers. */
    default <T> Registration prepend(Event<T> event, EventHandler<T> handler) {
        return prepend(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    /** As {@link #on(Event, AckEventHandler)}, called before the existing handlers. */
    default <T> Registration prepend(Event<T> event, AckEventHandler<T> handler) {
        return prepend(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    /**
     * Handles an event by returning the answer. If the handler returns a {@link CompletionStage}, its result is the
     * answer. Exceptions are handled as described in {@link RequestHandler}. Handlers of one connection run one at a
     * time: to answer later without blocking the others, return a stage.
     */
    default <Q> Registration onRequest(
            String event, Class<Q> type, RequestHandler<Q, ? extends @Nullable Object> handler) {
        return on(event, TypedHandler.ofRequest(event, type, handler));
    }

    /** As {@link #onRequest(String, Class, RequestHandler)}, with an argument of a generic type. */
    default <Q> Registration onRequest(
            String event, TypeRef<Q> type, RequestHandler<Q, ? extends @Nullable Object> handler) {
        return on(event, TypedHandler.ofRequest(event, type.type(), handler));
    }

    /** Handles a request by returning the answer. */
    default <Q, A> Registration onRequest(Request<Q, A> request, RequestHandler<Q, ? extends A> handler) {
        return on(request.name(), TypedHandler.ofRequest(request.name(), request.type(), handler));
    }

    /** Handles a request by returning a stage that completes with the answer. */
    default <Q, A> Registration onRequestAsync(
            Request<Q, A> request, RequestHandler<Q, ? extends CompletionStage<? extends A>> handler) {
        return on(request.name(), TypedHandler.ofRequest(request.name(), request.type(), handler));
    }

    /** Handles the events that have no handler. Without such a handler they are ignored and logged at level debug. */
    Registration onUnknownEvent(UnknownEventHandler handler);

    /** Removes all handlers of an event. {@code socket.off(event)}. */
    void off(String event);

    /**
     * Removes a handler of an event: the first one that was added with this object. {@code socket.off(event,
     * listener)}.
     *
     * @param handler the object that was passed to {@code on}, {@code once}, {@code prepend} or {@code onRequest}
     */
    void off(String event, Object handler);

    /** Removes the handlers of all events. Listeners such as {@link #onAny} stay. {@code socket.removeAllListeners()}. */
    void removeAllListeners();

    /** A snapshot of the names of the events that have handlers. {@code socket.eventNames()}. */
    Set<String> eventNames();

    /** A snapshot of the handlers of an event, as the objects that were added. {@code socket.listeners(event)}. */
    List<Object> listeners(String event);

    /** Adds a listener of all incoming events, called before their handlers. {@code socket.onAny(fn)}. */
    Registration onAny(AnyListener listener);

    /** Same as {@link #onAny}, but called before the existing listeners. {@code socket.prependAny(fn)}. */
    Registration prependAny(AnyListener listener);

    /** Removes a listener of all incoming events. {@code socket.offAny(fn)}. */
    void offAny(AnyListener listener);

    /** Removes all listeners of all incoming events. {@code socket.offAny()}. */
    void offAny();

    /** A snapshot of the listeners of all incoming events. {@code socket.listenersAny()}. */
    List<AnyListener> listenersAny();

    /**
     * Adds a listener of all outgoing events. It is not called for acknowledgements. {@code socket.onAnyOutgoing(fn)}.
     */
    Registration onAnyOutgoing(AnyListener listener);

    /**
     * Same as {@link #onAnyOutgoing}, but called before the existing listeners. {@code socket.prependAnyOutgoing(fn)}.
     */
    Registration prependAnyOutgoing(AnyListener listener);

    /** Removes a listener of all outgoing events. {@code socket.offAnyOutgoing(fn)}. */
    void offAnyOutgoing(AnyListener listener);

    /** Removes all listeners of all outgoing events. {@code socket.offAnyOutgoing()}. */
    void offAnyOutgoing();

    /** A snapshot of the listeners of all outgoing events. {@code socket.listenersAnyOutgoing()}. */
    List<AnyListener> listenersAnyOutgoing();

    /**
     * Adds a listener of errors: malformed packets, payloads that do not fit, events refused by a middleware, and the
     * errors documented on each side's socket. {@code socket.on("error", fn)}.
     */
    Registration onError(ErrorListener listener);
}
