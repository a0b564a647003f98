package dev.sockeye.socketio.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A cache of event and namespace names, keyed by their bytes, so that known names cost no allocation. It has a fixed
 * size; a new name replaces the one in its slot. Thread-safe: a race may lose an entry, but never returns a wrong name.
 */
final class NameCache {
    private static final int SLOTS = 512;
    private static final int MAX_LENGTH = 64;

    private record Entry(byte[] bytes, String name) {}

    private final @Nullable Entry[] entries = new Entry[SLOTS];

    /** Returns the string of these bytes (UTF-8 without JSON escapes). */
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
