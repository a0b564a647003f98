package dev.sockeye.socketio.protocol;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;

/**
 * Converts Jackson's errors to messages that may be sent to a peer: they contain no package names, no stack trace and
 * no internals of the server.
 */
final class BindingErrors {
    static final String TOO_DEEP = "the value contains itself or is nested too deeply";

    private static final int MAX_TEXT = 40;
    private static final int MAX_PATH = 200;

    private BindingErrors() {}

    static BindingException notRead(JacksonException error, @Nullable Object value, Type type) {
        String path = path(error);
        Class<?> uncreatable = uncreatable(error);
        if (uncreatable != null) {
            return new BindingException(Uncreatable.message(uncreatable) + " at " + path, type, path, error);
        }
        Type expected = type;
        if (error instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            expected = mismatch.getTargetType();
        }
        String message = "expected " + words(expected) + " but got " + found(value, error.getPath()) + " at " + path;
        if (error instanceof ValueInstantiationException
                && error.getCause() instanceof IllegalArgumentException cause) {
            message = message + ": " + cause.getMessage();
        }
        return new BindingException(message, type, path, error);
    }

    /** The class that cannot be instantiated; {@code null} if the error has another cause. */
    private static @Nullable Class<?> uncreatable(JacksonException error) {
        if (error instanceof InvalidDefinitionException definition && definition.getType() != null) {
            return definition.getType().getRawClass();
        }
        return error instanceof MismatchedInputException mismatch && Uncreatable.lacksCreator(mismatch)
                ? mismatch.getTargetType()
                : null;
    }

    static BindingException notWritten(JacksonException error, Object value) {
        String path = path(error);
        String why = error instanceof StreamConstraintsException ? TOO_DEEP : "a value cannot be encoded";
        return new BindingException(why + " at " + path, value.getClass(), path, error);
    }

    private static String path(JacksonException error) {
        StringBuilder path = new StringBuilder("$");
        for (JacksonException.Reference step : error.getPath()) {
            if (path.length() > MAX_PATH) {
                return path.append("...").toString();
            }
            if (step.getPropertyName() != null) {
                path.append('.').append(shortened(step.getPropertyName()));
            } else {
                path.append('[').append(step.getIndex()).append(']');
            }
        }
        return path.toString();
    }

    /** Returns the received value at the path. */
    private static String found(@Nullable Object value, List<JacksonException.Reference> path) {
        Object at = value;
        for (JacksonException.Reference step : path) {
            if (at instanceof Map<?, ?> map && step.getPropertyName() != null) {
                if (!map.containsKey(step.getPropertyName())) {
                    return "nothing";
                }
                at = map.get(step.getPropertyName());
            } else if (at instanceof List<?> list && step.getIndex() >= 0) {
                if (step.getIndex() >= list.size()) {
                    return "nothing";
                }
                at = list.get(step.getIndex());
            } else {
                break;
            }
        }
        return foundWords(at);
    }

    private static String foundWords(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof String text) {
            return "the text \"" + shortened(text) + '"';
        }
        if (value instanceof Number number) {
            return "the number " + shortened(number.toString());
        }
        if (value instanceof Boolean) {
            return value.toString();
        }
        if (value instanceof byte[] binary) {
            return "binary of " + binary.length + " bytes";
        }
        return value instanceof List ? "an array" : "an object";
    }

    private static String shortened(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
    }

    /** Describes a type in words. */
    static String words(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return words(parameterized.getRawType());
        }
        if (type instanceof GenericArrayType) {
            return "an array";
        }
        return type instanceof Class<?> raw ? classWords(raw) : "a value";
    }

    private static String classWords(Class<?> type) {
        if (type == Boolean.class || type == boolean.class) {
            return "a boolean";
        }
        if (type == Double.class || type == double.class || type == Float.class || type == float.class) {
            return "a number";
        }
        if (type == int.class || type == Integer.class) {
            return "a whole number of 32 bits";
        }
        if (type == long.class || type == Long.class) {
            return "a whole number of 64 bits";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "a number";
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return "a text";
        }
        if (type == byte[].class || ByteBuffer.class.isAssignableFrom(type)) {
            return "binary";
        }
        if (type.isArray() || Collection.class.isAssignableFrom(type)) {
            return "an array";
        }
        if (Date.class.isAssignableFrom(type) || Temporal.class.isAssignableFrom(type)) {
            return "a date or time";
        }
        Object[] constants = type.getEnumConstants();
        if (constants != null) {
            return "one of "
                    + Arrays.stream(constants).limit(20).map(String::valueOf).collect(Collectors.joining(", "));
        }
        return Map.class.isAssignableFrom(type) ? "an object" : "an object (" + type.getSimpleName() + ")";
    }
}
