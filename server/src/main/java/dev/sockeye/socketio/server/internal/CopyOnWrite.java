package dev.sockeye.socketio.server.internal;

import java.util.Arrays;

/** Small arrays that are copied at each change. The caller holds a lock. */
final class CopyOnWrite {
    private CopyOnWrite() {}

    static <T> T[] append(T[] array, T item) {
        T[] more = Arrays.copyOf(array, array.length + 1);
        more[array.length] = item;
        return more;
    }

    static <T> T[] prepend(T[] array, T item) {
        T[] more = Arrays.copyOf(array, array.length + 1);
        System.arraycopy(array, 0, more, 1, array.length);
        more[0] = item;
        return more;
    }

    /** Without the first occurrence; the same array if there is none. */
    static <T> T[] remove(T[] array, Object item) {
        for (int i = 0; i < array.length; i++) {
            if (array[i] == item) {
                T[] fewer = Arrays.copyOf(array, array.length - 1);
                System.arraycopy(array, i + 1, fewer, i, array.length - i - 1);
                return fewer;
            }
        }
        return array;
    }
}
