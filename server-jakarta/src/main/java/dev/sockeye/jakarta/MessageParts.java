package dev.sockeye.jakarta;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Joins the parts of a message, up to a limit, so that the container does not need a buffer of the maximum message size. */
final class MessageParts {

    private static final int SMALLEST_COUNTED = 8 * 1024;

    private final int limit;
    private final LongPredicate receiving;
    private final AtomicInteger counted = new AtomicInteger();
    private volatile boolean ended;
    private @Nullable StringBuilder text;
    private byte @Nullable [] bytes;
    private int size;

    /** @param receiving counts the buffered bytes, as {@link dev.sockeye.engineio.host.HostedEngine#receiving} */
    MessageParts(int limit, LongPredicate receiving) {
        this.limit = limit;
        this.receiving = receiving;
    }

    /** Thrown if the message is longer than the limit. */
    static final class TooLong extends Exception {
        private static final long serialVersionUID = 1;

        TooLong(int limit) {
            super("a message of more than " + limit + " bytes");
        }
    }

    /** Thrown if the server has buffered too many incomplete messages. */
    static final class TooMuch extends Exception {
        private static final long serialVersionUID = 1;

        TooMuch() {
            super("the server is receiving too much data (maxTotalReceivingBytes)");
        }
    }

    /** Replaces the number of counted bytes. */
    private void count(int room) throws TooMuch {
        int now = room < SMALLEST_COUNTED ? 0 : room;
        int change = now - counted.getAndSet(now);
        boolean allowed = change == 0 || receiving.test(change);
        if (ended || (!allowed && change > 0)) {
            drop();
            throw new TooMuch();
        }
    }

    private void drop() {
        text = null;
        bytes = null;
        size = 0;
        forget();
    }

    private void forget() {
        int room = counted.getAndSet(0);
        if (room > 0) {
            boolean unused = receiving.test(-room);
        }
    }

    /** No parts are added after this call. Thread-safe. */
    void end() {
        ended = true;
        forget();
    }

    /** Adds a part; returns the message as UTF-8 if this was the last part. */
    byte @Nullable [] add(String part, boolean last) throws TooLong, TooMuch {
        StringBuilder known = text;
        int length = part.length() + (known == null ? 0 : known.length());
        if (length > limit) { // each char is at least one byte
            drop();
            throw new TooLong(limit);
        }
        if (!last) {
            if (known == null) {
                known = new StringBuilder(part.length() * 2);
                text = known;
            }
            known.append(part);
            count(known.capacity());
            return null;
        }
        String whole = known == null ? part : known.append(part).toString();
        drop();
        byte[] utf8 = whole.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > limit) {
            throw new TooLong(limit);
        }
        return utf8;
    }

    /** Adds a part; returns the message if this was the last part. */
    byte @Nullable [] add(ByteBuffer part, boolean last) throws TooLong, TooMuch {
        int more = part.remaining();
        byte[] known = bytes;
        if (more > limit - size) {
            drop();
            throw new TooLong(limit);
        }
        if (known == null) {
            known = new byte[last ? more : Math.min(limit, more * 2)];
        } else if (known.length < size + more) {
            known = Arrays.copyOf(known, last ? size + more : (int) Math.min(limit, 2L * (size + more)));
        }
        part.get(known, size, more);
        size += more;
        if (!last) {
            bytes = known;
            count(known.length);
            return null;
        }
        byte[] whole = known.length == size ? known : Arrays.copyOf(known, size);
        drop();
        return whole;
    }
}
