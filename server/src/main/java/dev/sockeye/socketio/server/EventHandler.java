package dev.sockeye.socketio.server;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A listener of an event with one typed argument that does not answer. To be written as a lambda or as a method reference; as
 * it is both a {@link Consumer} and a {@link BiConsumer}, the compiler takes it for a reference to an overloaded method too,
 * {@code list::add} for example, where it could not choose between those.
 *
 * @param <T> the argument
 */
@FunctionalInterface
@SuppressWarnings("FunctionalInterfaceMethodChanged") // of the two forms the one without an answer is meant
public interface EventHandler<T> extends Consumer<T>, BiConsumer<T, Ack> {

    @Override
    default void accept(T argument, Ack ack) {
        accept(argument);
    }
}
