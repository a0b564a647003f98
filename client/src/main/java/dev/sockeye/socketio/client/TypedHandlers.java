package dev.sockeye.socketio.client;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.lang.reflect.Type;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Listeners that take the first argument of an event as a type. */
final class TypedHandlers {
    private TypedHandlers() {}

    @SuppressWarnings("unchecked")
    static <T> EventHandler typed(String event, Type type, Consumer<? super T> handler) {
        return (args, ack) -> handler.accept((T) bind(event, args, type));
    }

    @SuppressWarnings("unchecked")
    static <T> EventHandler typed(String event, Type type, BiConsumer<? super T, Ack> handler) {
        return (args, ack) -> handler.accept((T) bind(event, args, type), ack);
    }

    private static @Nullable Object bind(String event, Arguments args, Type type) {
        try {
            return args.get(0, type);
        } catch (BindingException e) {
            throw new BindingException("event \"" + event + "\", argument 0: " + e.getMessage(), type, e.path(), e);
        }
    }
}
