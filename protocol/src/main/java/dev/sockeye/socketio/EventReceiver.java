package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.TypeRef;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Handles events of the other side: the part that the sockets of server and client have in common. Implemented by the library.
 *
 * <p>Any thread may add and remove handlers. The handlers of an event are called in the order in which they were added, one at a time
 * and in the order of the events for each connection, off the I/O threads. They may block and may throw: an exception is reported to
 * the error listeners and the log, and the sender gets <code>{"error": "internal error"}</code> if it waits for an answer.
 * Each method that adds something returns a {@link Registration}, which removes it again.
 */
public interface EventReceiver {

    /**
     * Handles an event with all its arguments. {@code socket.on(event, (...args) => {})}.
     *
     * @throws IllegalArgumentException the name is reserved
     */
    Registration on(String event, RawHandler handler);

    /** Handles an event without looking at its arguments. */
    default Registration on(String event, NoArgumentHandler handler) {
        return on(event, (RawHandler) handler);
    }

    /**
     * Handles an event with one typed argument. An event whose argument does not fit, or is missing or {@code null}, does not reach
     * the handler: it is answered with an error and reported to the error listeners.
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

    /** Handles an event as it is declared. */
    default <T> Registration on(Event<T> event, EventHandler<T> handler) {
        return on(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    /** Handles an event as it is declared and answers it. */
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

    /** As {@link #on(String, RawHandler)}, called before the handlers that are there. {@code socket.prependListener(event, fn)}. */
    Registration prepend(String event, RawHandler handler);

    /** As {@link #on(String, NoArgumentHandler)}, called before the handlers that are there. */
    default Registration prepend(String event, NoArgumentHandler handler) {
        return prepend(event, (RawHandler) handler);
    }

    /** As {@link #on(String, Class, EventHandler)}, called before the handlers that are there. */
    default <T> Registration prepend(String event, Class<T> type, EventHandler<T> handler) {
        return prepend(event, TypedHandler.of(event, type, handler));
    }

    /** As {@link #on(String, Class, AckEventHandler)}, called before the handlers that are there. */
    default <T> Registration prepend(String event, Class<T> type, AckEventHandler<T> handler) {
        return prepend(event, TypedHandler.of(event, type, handler));
    }

    /** As {@link #on(String, TypeRef, EventHandler)}, called before the handlers that are there. */
    default <T> Registration prepend(String event, TypeRef<T> type, EventHandler<T> handler) {
        return prepend(event, TypedHandler.of(event, type.type(), handler));
    }

    /** As {@link #on(String, TypeRef, AckEventHandler)}, called before the handlers that are there. */
    default <T> Registration prepend(String event, TypeRef<T> type, AckEventHandler<T> handler) {
        return prepend(event, TypedHandler.of(event, type.type(), handler));
    }

    /** As {@link #on(String, Class, Class, TwoArgumentHandler)}, called before the handlers that are there. */
    default <A, B> Registration prepend(
            String event, Class<A> first, Class<B> second, TwoArgumentHandler<A, B> handler) {
        return prepend(event, TypedHandler.of(event, first, second, handler));
    }

    /** As {@link #on(String, Class, Class, AckTwoArgumentHandler)}, called before the handlers that are there. */
    default <A, B> Registration prepend(
            String event, Class<A> first, Class<B> second, AckTwoArgumentHandler<A, B> handler) {
        return prepend(event, TypedHandler.of(event, first, second, handler));
    }

    /** As {@link #on(Event, EventHandler)}, called before the handlers that are there. */
    default <T> Registration prepend(Event<T> event, EventHandler<T> handler) {
        return prepend(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    /** As {@link #on(Event, AckEventHandler)}, called before the handlers that are there. */
    default <T> Registration prepend(Event<T> event, AckEventHandler<T> handler) {
        return prepend(event.name(), TypedHandler.of(event.name(), event.type(), handler));
    }

    /**
     * Handles an event by returning the answer; the answer of a returned {@link CompletionStage} is awaited. {@link RequestHandler}
     * says what an exception does. Handlers of one connection run one at a time: to answer later without blocking the others, return
     * a stage.
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

    /** Handles the events that have no handler. Without one they are ignored, with a line in the log at level debug. */
    Registration onUnknownEvent(UnknownEventHandler handler);

    /** Removes all handlers of an event. {@code socket.off(event)}. */
    void off(String event);

    /**
     * Removes a handler of an event: the first that was added as this object. {@code socket.off(event, listener)}.
     *
     * @param handler what was given to {@code on}, {@code once}, {@code prepend} or {@code onRequest}
     */
    void off(String event, Object handler);

    /** Removes the handlers of all events. Listeners such as {@link #onAny} stay. {@code socket.removeAllListeners()}. */
    void removeAllListeners();

    /** The names of the events that have handlers, a snapshot. {@code socket.eventNames()}. */
    Set<String> eventNames();

    /** The handlers of an event, as they were given; a snapshot. {@code socket.listeners(event)}. */
    List<Object> listeners(String event);

    /** Adds a listener of all incoming events, called before their handlers. {@code socket.onAny(fn)}. */
    Registration onAny(AnyListener listener);

    /** As {@link #onAny}, before the listeners that are there. {@code socket.prependAny(fn)}. */
    Registration prependAny(AnyListener listener);

    /** Removes a listener of all incoming events. {@code socket.offAny(fn)}. */
    void offAny(AnyListener listener);

    /** Removes all listeners of all incoming events. {@code socket.offAny()}. */
    void offAny();

    /** The listeners of all incoming events, a snapshot. {@code socket.listenersAny()}. */
    List<AnyListener> listenersAny();

    /** Adds a listener of all outgoing events; acknowledgements are none. {@code socket.onAnyOutgoing(fn)}. */
    Registration onAnyOutgoing(AnyListener listener);

    /** As {@link #onAnyOutgoing}, before the listeners that are there. {@code socket.prependAnyOutgoing(fn)}. */
    Registration prependAnyOutgoing(AnyListener listener);

    /** Removes a listener of all outgoing events. {@code socket.offAnyOutgoing(fn)}. */
    void offAnyOutgoing(AnyListener listener);

    /** Removes all listeners of all outgoing events. {@code socket.offAnyOutgoing()}. */
    void offAnyOutgoing();

    /** The listeners of all outgoing events, a snapshot. {@code socket.listenersAnyOutgoing()}. */
    List<AnyListener> listenersAnyOutgoing();

    /**
     * Adds a listener of errors: a packet or a payload that does not fit, a middleware's refusal of an event, and what each side adds.
     * {@code socket.on("error", fn)}.
     */
    Registration onError(ErrorListener listener);
}
