package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A binding of this package, which writes directly to the packet's buffer and reads values that were validated by a
 * scanner.
 */
abstract class DirectBinding implements PayloadBinding {

    /** Appends a value; its binaries are added to the output. */
    abstract void writeTo(JsonOutput out, @Nullable Object value);

    /** Reads a valid value without surrounding white space. */
    @Nullable
    abstract Object readChecked(byte[] json, int offset, int length, List<byte[]> attachments, Type type);

    /** Converts a value to maps, lists and scalars; binaries and instants are not converted. */
    @Nullable
    abstract Object toTree(Object value);

    static void checkDepth(int depth) {
        if (depth > JsonScanner.MAX_DEPTH) {
            throw new BindingException(BindingErrors.TOO_DEEP, Object.class, "$", null);
        }
    }

    /** Whether the class of the value belongs to the module {@code java.base}. */
    static boolean isOfJava(Object value) {
        return value.getClass().getModule() == Object.class.getModule();
    }

    static boolean hasTextKeys(Map<?, ?> map) {
        for (Object key : map.keySet()) {
            if (!(key instanceof String)) {
                return false;
            }
        }
        return true;
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Whether JavaScript writes this number without a fraction. */
    static boolean isWhole(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15;
    }
}
