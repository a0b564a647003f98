package dev.sockeye.redis;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One entry that is sent to a stream and read back. Its fields are guarded by the {@link StreamAppender}. */
final class StreamEntry {
    static final Object[] NOTHING = {};

    final String key;
    final long number;
    final int size;
    private final Consumer<@Nullable String> local;
    private final AtomicBoolean ran = new AtomicBoolean();

    Object[] fields;

    /** Whether it must be looked up before it is sent again. */
    boolean unsure;

    /** Redis has not confirmed it. */
    boolean queued = true;

    /** It has not come back. It counts as long as this or {@link #queued} is true. */
    boolean expected;

    /** @param uid the server, in the namespace of the entry */
    StreamEntry(@Nullable String uid, long number, List<byte[]> fields, Consumer<@Nullable String> local, int size) {
        this.key = key(uid, String.valueOf(number));
        this.number = number;
        this.fields = fields.toArray();
        this.local = local;
        this.size = size;
    }

    /** What tells an entry from all others of the stream. */
    static String key(@Nullable String uid, @Nullable String number) {
        return uid + ' ' + number;
    }

    /** Handles the entry on this server, once. */
    void run(@Nullable String offset) {
        if (ran.compareAndSet(false, true)) {
            local.accept(offset);
        }
    }
}
