package dev.sockeye.socketio.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Room for a piece of a text as bytes, kept and used again. The JDK's encoder of Latin-1 takes many characters at a time,
 * while {@code getBytes} makes an array for each text, in memory that is cold.
 */
final class Latin1Piece {
    private static final int SIZE = 1024;

    private final CharBuffer chars = CharBuffer.allocate(SIZE);
    private final ByteBuffer bytes = ByteBuffer.allocate(SIZE);
    private final CharsetEncoder latin1 = StandardCharsets.ISO_8859_1.newEncoder();

    /** Takes what fits of the text from an index on; returns how many characters, or 0 when one of them is no Latin-1. */
    int narrow(String text, int from) {
        int length = Math.min(SIZE, text.length() - from);
        text.getChars(from, from + length, chars.array(), 0);
        chars.limit(length).position(0);
        bytes.position(0);
        latin1.reset();
        latin1.encode(chars, bytes, true);
        return chars.hasRemaining() ? 0 : length;
    }

    /** Always the same array. */
    byte[] bytes() {
        return bytes.array();
    }
}
