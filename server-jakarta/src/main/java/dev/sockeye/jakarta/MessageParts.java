package dev.sockeye.jakarta;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Joins the parts of a message, up to a limit, so that the container needs no buffer of the greatest message's size. */
final class MessageParts {

    private final int limit;
    private @Nullable StringBuilder text;
    private byte @Nullable [] bytes;
    private int size;

    MessageParts(int limit) {
        this.limit = limit;
    }

    /** The message is longer than the limit. */
    static final class TooLong extends Exception {
        TooLong(int limit) {
            super("a message of more than " + limit + " bytes");
        }
    }

    /** The message as UTF-8 if this part was its last. */
    byte @Nullable [] add(String part, boolean last) throws TooLong {
        StringBuilder known = text;
        int length = part.length() + (known == null ? 0 : known.length());
        if (length > limit) { // each char is a byte at least
            text = null;
            throw new TooLong(limit);
        }
        if (!last) {
            if (known == null) {
                known = new StringBuilder(part.length() * 2);
                text = known;
            }
            known.append(part);
            return null;
        }
        String whole = known == null ? part : known.append(part).toString();
        text = null;
        byte[] utf8 = whole.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > limit) {
            throw new TooLong(limit);
        }
        return utf8;
    }

    /** The message if this part was its last. */
    byte @Nullable [] add(ByteBuffer part, boolean last) throws TooLong {
        int more = part.remaining();
        byte[] known = bytes;
        if (more > limit - size) {
            bytes = null;
            size = 0;
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
            return null;
        }
        byte[] whole = known.length == size ? known : Arrays.copyOf(known, size);
        bytes = null;
        size = 0;
        return whole;
    }
}
