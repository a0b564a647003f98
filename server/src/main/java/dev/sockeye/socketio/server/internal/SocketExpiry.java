package dev.sockeye.socketio.server.internal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.Socket;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Disconnects a socket at a time that can be changed. Any thread. */
final class SocketExpiry {
    /** The wall clock may have been changed in the meantime. */
    private static final Duration LONGEST_TIMER = Duration.ofHours(1);

    /** The interval between two checks of a socket that is still in the middlewares. */
    private static final Duration RETRY = Duration.ofMillis(100);

    private final SocketCore socket;

    @GuardedBy("this")
    private @Nullable Instant end;

    /** Identifies the call of {@link #set} that a timer belongs to. */
    @GuardedBy("this")
    private long version;

    @GuardedBy("this")
    private boolean closed;

    @GuardedBy("this")
    private EngineLoop.@Nullable Timer timer;

    SocketExpiry(SocketCore socket) {
        this.socket = socket;
    }

    synchronized @Nullable Instant end() {
        return end;
    }

    /** Replaces the time; {@code null} for none. Without effect once the socket has left. */
    void set(@Nullable Instant when) {
        EngineLoop.Timer before;
        long mine;
        synchronized (this) {
            if (closed) {
                return;
            }
            end = when;
            mine = ++version;
            before = timer;
            timer = null;
        }
        if (before != null) {
            before.cancel();
        }
        if (when != null) {
            schedule(mine, left(when));
        }
    }

    /** The socket has left: stops the timer. */
    void close() {
        EngineLoop.Timer last;
        synchronized (this) {
            closed = true;
            version++;
            last = timer;
            timer = null;
        }
        if (last != null) {
            last.cancel();
        }
    }

    private Duration left(Instant when) {
        Duration left = Duration.between(socket.namespace().context().timer().now(), when);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(LONGEST_TIMER) < 0 ? left : LONGEST_TIMER;
    }

    private void schedule(long mine, Duration delay) {
        EngineLoop.Timer made = socket.conn().loop().schedule(() -> due(mine), delay);
        synchronized (this) {
            if (version == mine) {
                timer = made;
                return;
            }
        }
        made.cancel();
    }

    /** Runs on the loop, so that a long-running handler does not delay the disconnection. */
    private void due(long mine) {
        Instant when;
        synchronized (this) {
            if (version != mine || end == null) {
                return;
            }
            when = end;
        }
        Duration left = left(when);
        if (!left.isZero()) {
            schedule(mine, left);
        } else if (socket.connected()) {
            notifyClient();
            socket.disconnect(DisconnectDetails.of(Socket.EXPIRED), false);
        } else if (socket.client().open()) {
            schedule(mine, RETRY);
        }
    }

    /** If the client cannot be notified, for example because of a failing adapter, it is disconnected nevertheless. */
    private void notifyClient() {
        try {
            socket.emit(Socket.EXPIRED, Arguments.none(), BroadcastFlags.NONE);
        } catch (RuntimeException | Error e) {
            socket.namespace().adapterFailed("broadcast", e);
        }
    }
}
