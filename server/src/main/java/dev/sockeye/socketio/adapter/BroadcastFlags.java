package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.Retention;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The flags of a broadcast. Official counterpart: {@code BroadcastFlags}.
 *
 * @param onlyWritable the {@code volatile} flag: the event is dropped for sockets that are not writable
 * @param compress whether the transport may compress
 * @param local only this server
 * @param timeout how long to wait for acknowledgements and for other servers, at most 26,000 days (longer ones are shortened);
 *     {@code null} for the default
 * @param latest the key under which it replaces older events that still wait for a slow client; {@code null} for none. Sockeye's own
 */
public record BroadcastFlags(
        boolean onlyWritable,
        boolean compress,
        boolean local,
        @Nullable Duration timeout,
        @Nullable String latest) {

    /** In nanoseconds, it must not overflow. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(26_000);

    /** The default flags: not volatile, compressed, whole cluster, default timeout. */
    public static final BroadcastFlags NONE = new BroadcastFlags(false, true, false, null);

    /** Flags with all values. */
    public BroadcastFlags {
        if (timeout != null && timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            timeout = LONGEST_TIMEOUT;
        }
    }

    /** Flags without a key. */
    public BroadcastFlags(boolean onlyWritable, boolean compress, boolean local, @Nullable Duration timeout) {
        this(onlyWritable, compress, local, timeout, null);
    }

    /** The same, volatile. */
    public BroadcastFlags asVolatile() {
        return new BroadcastFlags(true, compress, local, timeout, latest);
    }

    /** Returns these flags with the given compress flag. */
    public BroadcastFlags withCompress(boolean on) {
        return new BroadcastFlags(onlyWritable, on, local, timeout, latest);
    }

    /** Returns these flags with {@code local} set. */
    public BroadcastFlags asLocal() {
        return new BroadcastFlags(onlyWritable, compress, true, timeout, latest);
    }

    /** Returns these flags with the given timeout. */
    public BroadcastFlags withTimeout(Duration duration) {
        return new BroadcastFlags(onlyWritable, compress, local, duration, latest);
    }

    /** The same with a key. */
    public BroadcastFlags withLatest(String key) {
        return new BroadcastFlags(onlyWritable, compress, local, timeout, Objects.requireNonNull(key));
    }

    /** Whether an event of a namespace may be dropped while it waits for a slow client. */
    public Retention retention(String namespace) {
        return latest == null ? Retention.DROPPABLE : Retention.latest(namespace, latest);
    }
}
