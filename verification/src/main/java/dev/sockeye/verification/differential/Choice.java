package dev.sockeye.verification.differential;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Random choices determined by a seed. */
final class Choice {
    private final Random random;

    Choice(long seed) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        random.nextInt(); // skip the first number, which hardly depends on the seed
    }

    /** A number from 0 to bound - 1. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** True with this probability in percent. */
    boolean percent(int percent) {
        return random.nextInt(100) < percent;
    }

    @SafeVarargs
    final <T> T of(T... values) {
        return values[random.nextInt(values.length)];
    }

    <T> T of(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** The text with one character removed, duplicated or replaced. */
    String mutated(String text) {
        if (text.isEmpty()) {
            return of("\u0000", " ", "4");
        }
        int at = random.nextInt(text.length());
        String head = text.substring(0, at);
        String tail = text.substring(at + 1);
        return switch (random.nextInt(4)) {
            case 0 -> head + tail;
            case 1 -> head + text.charAt(at) + text.charAt(at) + tail;
            case 2 -> head;
            default ->
                head + of("0", "9", "-", ",", "/", "\"", "[", "]", "{", " ", ":", "\\", "e", "ä", "b", "4") + tail;
        };
    }

    /** At most this many bytes. */
    byte[] bytes(int most) {
        byte[] data = new byte[random.nextInt(most + 1)];
        random.nextBytes(data);
        return data;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String framed(String packet) {
        return packet.length() + ":" + packet;
    }

    static byte[] typed(int type, byte[] data) {
        byte[] all = new byte[data.length + 1];
        all[0] = (byte) type;
        System.arraycopy(data, 0, all, 1, data.length);
        return all;
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
