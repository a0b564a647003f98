package dev.sockeye.socketio.adapter;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to send. Official counterpart: {@code BroadcastFlags}.
 *
 * @param onlyWritable the {@code volatile} flag: dropped for sockets that are not ready
 * @param compress whether the transport may compress
 * @param local only this server
 * @param timeout how long to wait for acknowledgements and for other servers; {@code null} for the default
 */
public record BroadcastFlags(
        boolean onlyWritable,
        boolean compress,
        boolean local,
        @Nullable Duration timeout) {

    /** No flag set: not volatile, compress, whole cluster, default timeout. */
    public static final BroadcastFlags NONE = new BroadcastFlags(false, true, false, null);

    /** The same, volatile. */
    public BroadcastFlags asVolatile() {
        return new BroadcastFlags(true, compress, local, timeout);
    }

    /** The same with another compress flag. */
    public BroadcastFlags withCompress(boolean on) {
        return new BroadcastFlags(onlyWritable, on, local, timeout);
    }

    /** The same, local. */
    public BroadcastFlags asLocal() {
        return new BroadcastFlags(onlyWritable, compress, true, timeout);
    }

    /** The same with another timeout. */
    public BroadcastFlags withTimeout(Duration duration) {
        return new BroadcastFlags(onlyWritable, compress, local, duration);
    }
}
