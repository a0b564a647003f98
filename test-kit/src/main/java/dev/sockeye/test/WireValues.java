package dev.sockeye.test;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares and formats arguments as the other side receives them: records as maps, numbers by value. */
final class WireValues {
    private static final Parser PARSER = JsonParser.create();

    private WireValues() {}

    /** Converts Java objects to the form in which the other side receives them. */
    static List<@Nullable Object> of(@Nullable Object... values) {
        EncodedPacket encoded = PARSER.encode(new SocketPacket.Event("/", -1, "event", Arguments.of(values)));
        Parser.Decoder decoder = PARSER.newDecoder();
        try {
            SocketPacket packet = decoder.text(encoded.head(), 0, encoded.head().length);
            for (byte[] attachment : encoded.attachments()) {
                packet = decoder.binary(attachment);
            }
            if (packet instanceof SocketPacket.Event event) {
                return event.args().toList();
            }
            throw new IllegalStateException("not an event: " + packet);
        } catch (DecodeException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean same(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number left && b instanceof Number right) {
            return new BigDecimal(left.toString()).compareTo(new BigDecimal(right.toString())) == 0;
        }
        if (a instanceof byte[] left && b instanceof byte[] right) {
            return Arrays.equals(left, right);
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            boolean same = left.size() == right.size();
            for (int i = 0; same && i < left.size(); i++) {
                same = same(left.get(i), right.get(i));
            }
            return same;
        }
        if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) {
            return left.keySet().equals(right.keySet())
                    && left.entrySet().stream().allMatch(entry -> same(entry.getValue(), right.get(entry.getKey())));
        }
        return a == null ? b == null : a.equals(b);
    }

    static String show(String event, List<? extends @Nullable Object> args) {
        return args.stream().map(WireValues::show).collect(Collectors.joining(", ", event + "(", ")"));
    }

    private static String show(@Nullable Object value) {
        if (value instanceof String text) {
            return '"' + text + '"';
        }
        if (value instanceof byte[] data) {
            return "byte[" + data.length + "]";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(WireValues::show).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + show(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return String.valueOf(value);
    }
}
