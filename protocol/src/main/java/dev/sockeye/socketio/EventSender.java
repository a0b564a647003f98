package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.TypeRef;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to one receiver: the API that is common to the sockets of server and client. Implemented by the library.
 * Thread-safe; no method blocks.
 *
 * <p>The returned futures belong to the caller. If the caller cancels or completes a future, also by a timeout, the
 * answer is no longer awaited.
 */
public interface EventSender {

    /**
     * Sends an event. Its arguments must not change afterwards. {@code socket.emit(event, ...args)}.
     *
     * @throws IllegalArgumentException if the name is reserved
     * @throws dev.sockeye.socketio.protocol.BindingException if an argument cannot be encoded
     */
    void emit(String event, @Nullable Object... args);

    /** Sends a typed event. */
    default <T> void emit(Event<T> event, T value) {
        emit(event.name(), value);
    }

    /** Sends the event {@code message}. {@code socket.send(...args)}. */
    default void send(@Nullable Object... args) {
        emit("message", args);
    }

    /**
     * Sends an event and requests an answer. {@code socket.emitWithAck(event, ...args)}.
     *
     * @return the answer; fails with a {@link SocketIoException}: {@link AckTimeoutException} if a timeout was set and
     *     has expired, {@link SocketDisconnectedException} if the connection was lost before the answer arrived
     */
    CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args);

    /**
     * As {@link #emitWithAck(String, Object...)}, with the first argument of the answer converted to a type.
     *
     * @return the answer; also fails with an {@link AckErrorException} if it is <code>{"error": …}</code> and with a
     *     {@link dev.sockeye.socketio.protocol.BindingException} if it is missing, {@code null} or does not fit. For
     *     the type {@link Void} it is {@code null}
     */
    default <R> CompletableFuture<R> emitWithAck(String event, Class<R> type, @Nullable Object... args) {
        return MappedFuture.of(emitWithAck(event, args), answer -> Binding.answer(event, answer, type));
    }

    /** As {@link #emitWithAck(String, Class, Object...)}, with an answer of a generic type. */
    default <R> CompletableFuture<R> emitWithAck(String event, TypeRef<R> type, @Nullable Object... args) {
        return MappedFuture.of(emitWithAck(event, args), answer -> Binding.answer(event, answer, type.type()));
    }

    /** Sends a request. The answer is handled as in {@link #emitWithAck(String, Class, Object...)}. */
    default <Q, A> CompletableFuture<A> emitWithAck(Request<Q, A> request, Q question) {
        return MappedFuture.of(emitWithAck(request.name(), question), request::answer);
    }
}
