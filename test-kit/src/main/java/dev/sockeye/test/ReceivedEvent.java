package dev.sockeye.test;

import dev.sockeye.socketio.protocol.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * An event that a {@link TestSocket} received.
 *
 * @param name the name of the event
 * @param args its arguments, without the acknowledgement and the offset that connection state recovery appends
 */
public record ReceivedEvent(String name, Arguments args) {

    /** Converts an argument; {@code null} if there are fewer arguments. See {@link Arguments#get(int, Class)}. */
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <T> @Nullable T get(int index, Class<T> type) {
        return args.get(index, type);
    }

    boolean is(String event, @Nullable Object[] expected) {
        return name.equals(event) && WireValues.same(WireValues.of(expected), args.toList());
    }

    /** The event in the form <code>name("text", 1, {key=value})</code>. */
    @Override
    public String toString() {
        return WireValues.show(name, args.toList());
    }
}
