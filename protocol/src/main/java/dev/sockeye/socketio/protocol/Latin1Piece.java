package dev.sockeye.socketio.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A reusable byte buffer for a chunk of text. The JDK's Latin-1 encoder processes many characters at a time, while
 * {@code getBytes} allocates a new array for each string.
 */
final class Latin1Piece {
    private static final int SIZE = 1024;

    private final CharBuffer chars = CharBuffer.allocate(SIZE);
    private final ByteBuffer bytes = ByteBuffer.allocate(SIZE);
    private final CharsetEncoder latin1 = StandardCharsets.ISO_8859_1.newEncoder();

    /**
     * Encodes as many characters as fit, starting at an index; returns their number, or 0 if one of them is not
     * Latin-1.
     */
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
