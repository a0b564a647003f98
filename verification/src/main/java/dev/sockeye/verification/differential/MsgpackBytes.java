package dev.sockeye.verification.differential;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes and prints msgpack without the code under test. */
final class MsgpackBytes {

    /** Bytes that are written unchanged. */
    record Raw(byte[] bytes) {
        static Raw hex(String hex) {
            return new Raw(HexFormat.of().parseHex(hex));
        }
    }

    private MsgpackBytes() {}

    static byte[] of(@Nullable Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(value, out);
        return out.toByteArray();
    }

    private static void write(@Nullable Object value, ByteArrayOutputStream out) {
        if (value instanceof Raw raw) {
            out.writeBytes(raw.bytes);
        } else if (value instanceof String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            out.write(0xda);
            out.write(utf8.length >> 8);
            out.write(utf8.length);
            out.writeBytes(utf8);
        } else if (value instanceof Integer number) {
            out.write(0xd2);
            out.writeBytes(ByteBuffer.allocate(4).putInt(number).array());
        } else if (value instanceof Double number) {
            out.write(0xcb);
            out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
        } else if (value instanceof Boolean flag) {
            out.write(flag ? 0xc3 : 0xc2);
        } else if (value instanceof byte[] bytes) {
            out.write(0xc4);
            out.write(bytes.length);
            out.writeBytes(bytes);
        } else if (value instanceof List<?> list) {
            out.write(0x90 | list.size());
            list.forEach(element -> write(element, out));
        } else if (value instanceof Map<?, ?> map) {
            out.write(0x80 | map.size());
            map.forEach((key, element) -> {
                write(key, out);
                write(element, out);
            });
        } else {
            out.write(0xc0);
        }
    }

    /** Readable text, with maps sorted by key. */
    static String print(byte[] message) {
        try {
            ByteBuffer in = ByteBuffer.wrap(message);
            String text = print(in);
            return in.hasRemaining() ? text + " and " + in.remaining() + " bytes" : text;
        } catch (RuntimeException e) {
            return "0x" + HexFormat.of().formatHex(message);
        }
    }

    private static String print(ByteBuffer in) {
        int type = in.get() & 0xff;
        if (type < 0x80) {
            return Integer.toString(type);
        } else if (type < 0x90) {
            return map(in, type & 0x0f);
        } else if (type < 0xa0) {
            return list(in, type & 0x0f);
        } else if (type < 0xc0) {
            return text(in, type & 0x1f);
        } else if (type >= 0xe0) {
            return Integer.toString((byte) type);
        }
        return switch (type) {
            case 0xc0 -> "null";
            case 0xc2 -> "false";
            case 0xc3 -> "true";
            case 0xc4 -> bytes(in, in.get() & 0xff, "bin");
            case 0xc5 -> bytes(in, in.getShort() & 0xffff, "bin");
            case 0xc6 -> bytes(in, in.getInt(), "bin");
            case 0xc7 -> extension(in, in.get() & 0xff);
            case 0xca -> number(in.getFloat());
            case 0xcb -> number(in.getDouble());
            case 0xcc -> Integer.toString(in.get() & 0xff);
            case 0xcd -> Integer.toString(in.getShort() & 0xffff);
            case 0xce -> Long.toString(in.getInt() & 0xffffffffL);
            case 0xcf -> Long.toUnsignedString(in.getLong());
            case 0xd0 -> Integer.toString(in.get());
            case 0xd1 -> Integer.toString(in.getShort());
            case 0xd2 -> Integer.toString(in.getInt());
            case 0xd3 -> Long.toString(in.getLong());
            case 0xd4 -> extension(in, 1);
            case 0xd5 -> extension(in, 2);
            case 0xd6 -> extension(in, 4);
            case 0xd7 -> extension(in, 8);
            case 0xd8 -> extension(in, 16);
            case 0xd9 -> text(in, in.get() & 0xff);
            case 0xda -> text(in, in.getShort() & 0xffff);
            case 0xdb -> text(in, in.getInt());
            case 0xdc -> list(in, in.getShort() & 0xffff);
            case 0xde -> map(in, in.getShort() & 0xffff);
            default -> throw new IllegalArgumentException("type " + type);
        };
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static String text(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return '"' + new String(bytes, StandardCharsets.UTF_8) + '"';
    }

    private static String bytes(ByteBuffer in, int length, String name) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return name + ":" + HexFormat.of().formatHex(bytes);
    }

    private static String extension(ByteBuffer in, int length) {
        int type = in.get();
        return bytes(in, length, "ext" + type);
    }

    private static String list(ByteBuffer in, int size) {
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            elements.add(print(in));
        }
        return elements.toString();
    }

    private static String map(ByteBuffer in, int size) {
        Map<String, String> entries = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            String key = print(in);
            String value = print(in);
            if (!value.equals("ext0:00")) { // undefined
                entries.put(key, value);
            }
        }
        return Arrays.toString(entries.entrySet().toArray()).replace('[', '{').replace(']', '}');
    }
}
