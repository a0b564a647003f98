package dev.sockeye.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Unmasks payloads eight bytes at a time. */
final class Masking {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long SIGNS = 0x8080808080808080L;

    private Masking() {}

    /**
     * Unmasks a part of an array in place.
     *
     * @param mask the key as a big-endian number, rotated so that it starts with the first byte of the part
     * @return whether all bytes are below 128 after unmasking
     */
    static boolean unmask(byte[] data, int from, int to, int mask) {
        long wide = ((long) mask << 32) | (mask & 0xffffffffL);
        long seen = 0;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long value = (long) LONGS.get(data, i) ^ wide;
            LONGS.set(data, i, value);
            seen |= value;
        }
        for (int shift = 24; i < to; i++, shift = shift - 8 & 31) {
            byte value = (byte) (data[i] ^ mask >>> shift);
            data[i] = value;
            seen |= value & 0x80;
        }
        return (seen & SIGNS) == 0;
    }

    /** Returns the key rotated by a number of bytes. */
    static int turn(int mask, int bytes) {
        return Integer.rotateLeft(mask, (bytes & 3) << 3);
    }
}
