package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.ReservedEvents;
import dev.sockeye.socketio.protocol.TypeRef;
import java.lang.reflect.Type;

/**
 * The name of an event that is answered, together with the types of its single argument and of the answer, declared
 * once and used by both sides:
 *
 * <pre>{@code
 * static final Request<Order, Receipt> ORDER = Request.of("order", Order.class, Receipt.class);
 *
 * socket.onRequest(ORDER, order -> store.place(order));          // one side
 * CompletableFuture<Receipt> receipt = socket.emitWithAck(ORDER, order);  // the other
 * }</pre>
 *
 * <p>The type {@link Void} stands for no argument or no answer. Immutable. Equal when name and types are equal.
 *
 * @param <Q> the type of the argument
 * @param <A> the type of the answer
 */
@SuppressWarnings(
        "UnusedTypeParameter") // the type parameters link the declaration to onRequest(...) and emitWithAck(...)
public final class Request<Q, A> {
    private final String name;
    private final Type type;
    private final Type answerType;

    private Request(String name, Type type, Type answerType) {
        this.name = ReservedEvents.check(name);
        this.type = type;
        this.answerType = answerType;
    }

    /**
     * Creates a request whose argument and answer have the given classes.
     *
     * @throws IllegalArgumentException if the name is reserved (see {@link ReservedEvents})
     */
    public static <Q, A> Request<Q, A> of(String name, Class<Q> type, Class<A> answerType) {
        return new Request<>(name, type, answerType);
    }

    /** As {@link #of(String, Class, Class)}, with an answer of a generic type. */
    public static <Q, A> Request<Q, A> of(String name, Class<Q> type, TypeRef<A> answerType) {
        return new Request<>(name, type, answerType.type());
    }

    /** As {@link #of(String, Class, Class)}, with an argument of a generic type. */
    public static <Q, A> Request<Q, A> of(String name, TypeRef<Q> type, Class<A> answerType) {
        return new Request<>(name, type.type(), answerType);
    }

    /** As {@link #of(String, Class, Class)}, with generic types. */
    public static <Q, A> Request<Q, A> of(String name, TypeRef<Q> type, TypeRef<A> answerType) {
        return new Request<>(name, type.type(), answerType.type());
    }

    /** The name on the wire. */
    public String name() {
        return name;
    }

    /** The type of the argument. */
    public Type type() {
        return type;
    }

    /** The type of the answer. */
    public Type answerType() {
        return answerType;
    }

    /**
     * Converts an acknowledgement to the answer, in the same way as {@code emitWithAck}.
     *
     * @throws AckErrorException if the answer is <code>{"error": …}</code>
     * @throws dev.sockeye.socketio.protocol.BindingException if the answer is missing, {@code null} or does not fit
     */
    public A answer(Arguments acknowledgement) {
        return Binding.answer(name, acknowledgement, answerType);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Request<?, ?> request
                && name.equals(request.name)
                && type.equals(request.type)
                && answerType.equals(request.answerType);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * name.hashCode() + type.hashCode()) + answerType.hashCode();
    }

    @Override
    public String toString() {
        return "Request[" + name + ": " + type.getTypeName() + " -> " + answerType.getTypeName() + "]";
    }
}
