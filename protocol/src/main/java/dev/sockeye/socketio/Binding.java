package dev.sockeye.socketio;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.Payload;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Binds single arguments of events and answers. The result is never {@code null}, except for {@link Void}. */
@SuppressWarnings("TypeParameterUnusedInFormals") // same as Arguments.get
final class Binding {
    private static final String ERROR = "error";

    private Binding() {}

    /** An argument of an event. */
    static <T> T argument(String event, Arguments args, int index, Type type) {
        return bind("event \"", event, args, index, type);
    }

    /** Returns the first argument of an answer, or throws the error that it represents. */
    static <T> T answer(String event, Arguments args, Type type) {
        if (args.size() == 1 && args.get(0) instanceof Map<?, ?> map && map.size() == 1 && map.containsKey(ERROR)) {
            Object error = map.get(ERROR);
            throw new AckErrorException(String.valueOf(error), Payload.of(error));
        }
        return bind("answer to \"", event, args, 0, type);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // null for Void only
    private static <T> T bind(String what, String event, Arguments args, int index, Type type) {
        if (type == Void.class) {
            return (T) (Object) null;
        }
        Object value;
        try {
            value = args.get(index, type);
        } catch (BindingException e) {
            throw new BindingException(place(what, event, index) + e.getMessage(), type, e.path(), e);
        }
        if (value == null) {
            String found = index < args.size() ? "it is null" : "the argument is missing";
            throw new BindingException(
                    place(what, event, index) + "expected " + simpleName(type) + " but " + found, type, "$", null);
        }
        return (T) value;
    }

    private static String place(String what, String event, int index) {
        return what + event + "\", argument " + (index + 1) + ": ";
    }

    /** Formats a type without package names, because the text may be sent to the other side. */
    static String simpleName(@Nullable Type type) {
        if (type instanceof Class<?> raw) {
            return raw.getSimpleName();
        }
        if (type instanceof ParameterizedType generic) {
            return Arrays.stream(generic.getActualTypeArguments())
                    .map(Binding::simpleName)
                    .collect(Collectors.joining(", ", simpleName(generic.getRawType()) + "<", ">"));
        }
        return "a value";
    }
}
