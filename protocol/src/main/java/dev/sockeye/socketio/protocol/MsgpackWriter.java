package dev.sockeye.socketio.protocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Date;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes msgpack in the format of the JavaScript encoder {@code notepack}: numbers in their smallest form, dates as
 * timestamps.
 */
final class MsgpackWriter {
    private static final long MAX_SECONDS_32 = 0xffff_ffffL;
    private static final long MAX_SECONDS_64 = 0x3_ffff_ffffL;

    private final PayloadBinding binding;
    private final boolean timestamps;
    private byte[] buffer = new byte[256];
    private int size;

    /**
     * @param timestamps whether dates are msgpack timestamps; otherwise they have the format of npm {@code notepack.io}
     *     2
     */
    MsgpackWriter(PayloadBinding binding, boolean timestamps) {
        this.binding = binding;
        this.timestamps = timestamps;
    }

    byte[] toBytes() {
        return Arrays.copyOf(buffer, size);
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            long wanted = Math.max((long) size + more, Math.min(2L * buffer.length, Integer.MAX_VALUE - 8));
            if (wanted > Integer.MAX_VALUE - 8) {
                throw new BindingException("the value is too large to be sent", Object.class, "$", null);
            }
            buffer = Arrays.copyOf(buffer, (int) wanted);
        }
    }

    private void put(int b) {
        ensure(1);
        buffer[size++] = (byte) b;
    }

    /** Writes a type byte and a big-endian number. */
    private void put(int first, long value, int bytes) {
        ensure(bytes + 1);
        buffer[size++] = (byte) first;
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (value >> shift);
        }
    }

    void writeRaw(byte[] bytes, int offset, int length) {
        ensure(length);
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
    }

    void writeArrayHeader(int count) {
        if (count < 0x10) {
            put(0x90 | count);
        } else if (count < 0x10000) {
            put(0xdc, count, 2);
        } else {
            put(0xdd, count, 4);
        }
    }

    void writeMapHeader(int count) {
        if (count < 0x10) {
            put(0x80 | count);
        } else if (count < 0x10000) {
            put(0xde, count, 2);
        } else {
            put(0xdf, count, 4);
        }
    }

    void writeString(String text) {
        int length = text.length();
        if (length < 0x20) {
            ensure(length + 1);
            int at = size + 1;
            int i = 0;
            while (i < length && text.charAt(i) < 0x80) {
                buffer[at++] = (byte) text.charAt(i++);
            }
            if (i == length) {
                buffer[size] = (byte) (0xa0 | length);
                size = at;
                return;
            }
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length < 0x20) {
            put(0xa0 | utf8.length);
        } else {
            putLength(0xd9, utf8.length);
        }
        writeRaw(utf8, 0, utf8.length);
    }

    private void writeBinary(byte[] bytes) {
        putLength(0xc4, bytes.length);
        writeRaw(bytes, 0, bytes.length);
    }

    /** Writes a length with 8, 16 or 32 bits; the type bytes of the three forms are consecutive. */
    private void putLength(int first, int length) {
        if (length < 0x100) {
            put(first, length, 1);
        } else if (length < 0x10000) {
            put(first + 1, length, 2);
        } else {
            put(first + 2, length, 4);
        }
    }

    void writeLong(long value) {
        if (value >= 0) {
            if (value < 0x80) {
                put((int) value);
            } else if (value < 0x100) {
                put(0xcc, value, 1);
            } else if (value < 0x10000) {
                put(0xcd, value, 2);
            } else if (value <= 0xffff_ffffL) {
                put(0xce, value, 4);
            } else {
                put(0xcf, value, 8);
            }
        } else if (value >= -0x20) {
            put((int) value);
        } else if (value >= Byte.MIN_VALUE) {
            put(0xd0, value, 1);
        } else if (value >= Short.MIN_VALUE) {
            put(0xd1, value, 2);
        } else if (value >= Integer.MIN_VALUE) {
            put(0xd2, value, 4);
        } else {
            put(0xd3, value, 8);
        }
    }

    private void writeDouble(double value) {
        if (DirectBinding.isWhole(value)) {
            writeLong((long) value);
        } else {
            put(0xcb, Double.doubleToLongBits(value), 8);
        }
    }

    private void writeInstant(Instant instant) {
        if (!timestamps) {
            put(0xd7);
            put(0, millis(instant), 8);
            return;
        }
        long seconds = instant.getEpochSecond();
        // JavaScript dates have millisecond precision
        long nanos = instant.getNano() / 1_000_000 * 1_000_000L;
        if (seconds < 0 || seconds > MAX_SECONDS_64) {
            put(0xc7, 12, 1);
            put(0xff, nanos, 4);
            put((int) (seconds >> 56), seconds, 7);
        } else if (nanos == 0 && seconds <= MAX_SECONDS_32) {
            put(0xd6);
            put(0xff, seconds, 4);
        } else {
            put(0xd7);
            put(0xff, (nanos << 34) | seconds, 8);
        }
    }

    private static long millis(Instant instant) {
        try {
            return instant.toEpochMilli();
        } catch (ArithmeticException e) {
            // an "Invalid Date" in JavaScript
            return instant.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    void writeValue(@Nullable Object value) {
        try {
            write(value, 1, false);
        } catch (ConcurrentModificationException e) {
            throw new BindingException("the value was changed while it was encoded", Object.class, "$", e);
        }
    }

    /**
     * Writes a value.
     *
     * @param bound whether it is already the result of the binding, which is applied only once
     */
    private void write(@Nullable Object value, int depth, boolean bound) {
        if (value == null) {
            put(0xc0);
        } else if (value instanceof String text) {
            writeString(text);
        } else if (value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte) {
            writeLong(((Number) value).longValue());
        } else if (value instanceof Boolean truth) {
            put(truth ? 0xc3 : 0xc2);
        } else if (value instanceof Double || value instanceof Float || value instanceof BigDecimal) {
            writeDouble(((Number) value).doubleValue());
        } else if (value instanceof BigInteger big) {
            writeBig(big);
        } else if (value instanceof byte[] bytes) {
            writeBinary(bytes);
        } else if (value instanceof ByteBuffer bytes) {
            writeBinary(DirectBinding.bytes(bytes));
        } else if (value instanceof Instant instant) {
            writeInstant(instant);
        } else if (value instanceof MsgpackPayload received) {
            received.writeTo(this);
        } else if (value instanceof Payload payload) {
            DirectBinding.checkDepth(depth);
            write(payload.get(), depth + 1, bound);
        } else if (value instanceof Arguments args) {
            writeAll(args.toList(), depth, bound);
        } else if (DirectBinding.isOfJava(value) && value instanceof Map<?, ?> map && DirectBinding.hasTextKeys(map)) {
            writeMap(map, depth, bound);
        } else if (DirectBinding.isOfJava(value) && value instanceof Collection<?> collection) {
            writeAll(collection, depth, bound);
        } else {
            writeBound(value, depth, bound);
        }
    }

    @SuppressWarnings("JavaUtilDate") // still used by applications
    private void writeBound(Object value, int depth, boolean bound) {
        if (value instanceof Date date) {
            writeInstant(Instant.ofEpochMilli(date.getTime()));
        } else if (bound) {
            throw new BindingException("a value cannot be encoded", value.getClass(), "$", null);
        } else if (binding instanceof DirectBinding direct) {
            write(direct.toTree(value), depth, true);
        } else {
            write(binding.toNatural(value), depth, true);
        }
    }

    private void writeBig(BigInteger value) {
        if (value.bitLength() < 64) {
            writeLong(value.longValue());
        } else if (value.signum() > 0 && value.bitLength() == 64) {
            put(0xcf, value.longValue(), 8);
        } else {
            put(0xcb, Double.doubleToLongBits(value.doubleValue()), 8);
        }
    }

    private void writeMap(Map<?, ?> map, int depth, boolean bound) {
        DirectBinding.checkDepth(depth);
        int count = map.size();
        writeMapHeader(count);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            writeString((String) entry.getKey());
            write(entry.getValue(), depth + 1, bound);
            count--;
        }
        checkCount(count);
    }

    private void writeAll(Collection<?> values, int depth, boolean bound) {
        DirectBinding.checkDepth(depth);
        int count = values.size();
        writeArrayHeader(count);
        for (Object value : values) {
            write(value, depth + 1, bound);
            count--;
        }
        checkCount(count);
    }

    /** A concurrent collection may have changed without an exception. */
    private static void checkCount(int left) {
        if (left != 0) {
            throw new ConcurrentModificationException();
        }
    }
}
