package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A binding of this package: it writes into the packet's buffer and reads what a scanner has checked. Uses no library. */
abstract class DirectBinding implements PayloadBinding {

    /** Appends a value; its binaries go to the output too. */
    abstract void writeTo(JsonOutput out, @Nullable Object value);

    /** Reads a value that is known to be valid, without white space around. */
    @Nullable
    abstract Object readChecked(byte[] json, int offset, int length, List<byte[]> attachments, Type type);

    /** A value as maps, lists and scalars; binaries and instants are kept as they are. */
    @Nullable
    abstract Object toTree(Object value);

    static void checkDepth(int depth) {
        if (depth > JsonScanner.MAX_DEPTH) {
            throw new BindingException(BindingErrors.TOO_DEEP, Object.class, "$", null);
        }
    }

    /** Whether the class of the value belongs to the JDK's base module. */
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
