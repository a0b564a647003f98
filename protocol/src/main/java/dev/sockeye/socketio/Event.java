package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.ReservedEvents;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.protocol.TypeRef;
import java.lang.reflect.Type;

/**
 * An event name together with the type of its single argument, declared once and used by sender and receiver:
 *
 * <pre>{@code
 * static final Event<ChatMessage> CHAT = Event.of("chat message", ChatMessage.class);
 * }</pre>
 *
 * <p>Immutable. Equal when name and type are equal. Not to be confused with the packet {@link SocketPacket.Event}.
 *
 * @param <T> the type of the argument
 */
@SuppressWarnings("UnusedTypeParameter") // the type parameter links the declaration to on(...) and emit(...)
public final class Event<T> {
    private final String name;
    private final Type type;

    private Event(String name, Type type) {
        this.name = ReservedEvents.check(name);
        this.type = type;
    }

    /**
     * Creates an event whose argument has the given class.
     *
     * @throws IllegalArgumentException if the name is reserved (see {@link ReservedEvents})
     */
    public static <T> Event<T> of(String name, Class<T> type) {
        return new Event<>(name, type);
    }

    /**
     * Creates an event whose argument has a generic type: {@code Event.of("orders", new TypeRef<List<Order>>() {})}.
     *
     * @throws IllegalArgumentException if the name is reserved (see {@link ReservedEvents})
     */
    public static <T> Event<T> of(String name, TypeRef<T> type) {
        return new Event<>(name, type.type());
    }

    /** The name on the wire. */
    public String name() {
        return name;
    }

    /** The type of the argument. */
    public Type type() {
        return type;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Event<?> event && name.equals(event.name) && type.equals(event.type);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + type.hashCode();
    }

    @Override
    public String toString() {
        return "Event[" + name + ": " + type.getTypeName() + "]";
    }
}
