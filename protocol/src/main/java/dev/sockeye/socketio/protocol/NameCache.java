package dev.sockeye.socketio.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Event and namespace names seen lately, found by their bytes so that a known name costs no allocation. Of fixed size; a
 * new name drives out the one in its place. Any thread: a race loses an entry at most, never gives a wrong name.
 */
final class NameCache {
    private static final int SLOTS = 512;
    private static final int MAX_LENGTH = 64;

    private record Entry(byte[] bytes, String name) {}

    private final @Nullable Entry[] entries = new Entry[SLOTS];

    /** The text of these bytes (UTF-8, without JSON escapes). */
    String name(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length > MAX_LENGTH) {
            return new String(bytes, from, length, StandardCharsets.UTF_8);
        }
        int hash = length;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        int slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
        Entry entry = entries[slot];
        if (entry != null && Arrays.equals(entry.bytes, 0, entry.bytes.length, bytes, from, to)) {
            return entry.name;
        }
        String name = new String(bytes, from, length, StandardCharsets.UTF_8);
        entries[slot] = new Entry(Arrays.copyOfRange(bytes, from, to), name);
        return name;
    }
}
