package dev.sockeye.socketio.server.internal;

import dev.sockeye.runtime.AddressKey;
import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.server.RateLimitAction;
import dev.sockeye.socketio.server.RateLimitExceeded;
import dev.sockeye.socketio.server.RateLimitExceeded.Scope;
import java.time.Duration;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The {@link dev.sockeye.socketio.server.RateLimits} of one client connection. In its mailbox. */
final class ClientLimits {
    private final RateLimiter limiter;
    private final ClientCore client;
    private final String addressKey;
    private final @Nullable TokenBucket events;
    private final @Nullable TokenBucket bytes;
    private final IdentityHashMap<SocketCore, SocketBuckets> sockets = new IdentityHashMap<>(2);
    private boolean connected;
    private long refused;

    /** The times at which the buckets of a socket will be full. */
    private static final class SocketBuckets {
        private long eventsFullAt;
        private long bytesFullAt;
        private final Map<String, Long> namesFullAt = new HashMap<>(4);

        SocketBuckets(long now) {
            eventsFullAt = now;
            bytesFullAt = now;
        }
    }

    ClientLimits(RateLimiter limiter, ClientCore client) {
        this.limiter = limiter;
        this.client = client;
        this.addressKey = AddressKey.of(client.conn().remoteAddress());
        this.events = limiter.socketEvents();
        this.bytes = limiter.socketBytes();
    }

    /**
     * Counts a request to join a namespace, from the second one on: the first one belongs to the connection, which was counted.
     *
     * @return zero if it is accepted; otherwise the time to wait
     */
    Duration connect() {
        if (!connected) {
            connected = true;
            return Duration.ZERO;
        }
        return limiter.connect(client.conn().remoteAddress());
    }

    void forget(SocketCore socket) {
        sockets.remove(socket);
    }

    /** Counts an event. Returns false if it exceeded a limit and has been rejected. */
    boolean admit(SocketCore socket, SocketPacket.Event event, int size) {
        if (!limiter.limitsEvents()) {
            return true;
        }
        long now = limiter.now();
        SocketBuckets own = sockets.computeIfAbsent(socket, key -> new SocketBuckets(now));
        TokenBucket named = limiter.named(event.name());
        long nameFullAt = named == null ? now : own.namesFullAt.getOrDefault(event.name(), now);
        long wait;
        if (events != null && (wait = events.waitFor(1, own.eventsFullAt, now)) > 0) {
            refuse(Scope.EVENTS_PER_SOCKET, socket, event, null, wait);
            return false;
        }
        if (bytes != null && (wait = bytes.waitFor(size, own.bytesFullAt, now)) > 0) {
            refuse(Scope.BYTES_PER_SOCKET, socket, event, null, wait);
            return false;
        }
        if (named != null && (wait = named.waitFor(1, nameFullAt, now)) > 0) {
            refuse(Scope.EVENT_NAME, socket, event, null, wait);
            return false;
        }
        if (!takeShared(socket, event, size, now)) {
            return false;
        }
        if (events != null) {
            own.eventsFullAt = events.take(1, own.eventsFullAt, now);
        }
        if (bytes != null) {
            own.bytesFullAt = bytes.take(size, own.bytesFullAt, now);
        }
        if (named != null) {
            own.namesFullAt.put(event.name(), named.take(1, nameFullAt, now));
        }
        return true;
    }

    private boolean takeShared(SocketCore socket, SocketPacket.Event event, int size, long now) {
        KeyedBuckets users = limiter.users();
        KeyedBuckets addresses = limiter.addresses();
        String user = users == null ? null : user(socket, event.name());
        if (users != null && user != null) {
            KeyedBuckets.Answer answer = users.take(user, size, now);
            if (answer.nanos() > 0) {
                boolean byEvents = answer.missing() == KeyedBuckets.Missing.EVENTS;
                Scope scope = byEvents ? Scope.EVENTS_PER_USER : Scope.BYTES_PER_USER;
                refuse(scope, socket, event, user, answer.nanos());
                return false;
            }
        }
        if (addresses != null) {
            KeyedBuckets.Answer answer = addresses.take(addressKey, size, now);
            if (answer.nanos() > 0) {
                if (users != null && user != null) {
                    users.giveBack(user, size);
                }
                boolean byEvents = answer.missing() == KeyedBuckets.Missing.EVENTS;
                Scope scope = byEvents ? Scope.EVENTS_PER_ADDRESS : Scope.BYTES_PER_ADDRESS;
                refuse(scope, socket, event, null, answer.nanos());
                return false;
            }
        }
        return true;
    }

    private @Nullable String user(SocketCore socket, String event) {
        var key = limiter.limits().userKey();
        try {
            return key == null ? null : key.apply(socket.facade());
        } catch (RuntimeException | Error e) {
            socket.listeners().failed(event, e);
            return null;
        }
    }

    private void refuse(Scope scope, SocketCore socket, SocketPacket.Event event, @Nullable String user, long nanos) {
        refused++;
        RateLimitExceeded exceeded = new RateLimitExceeded(
                scope,
                socket.facade(),
                event.name(),
                client.conn().remoteAddress(),
                user,
                Duration.ofNanos(nanos),
                refused);
        RateLimitAction action = RateLimitAction.ERROR;
        try {
            action = Objects.requireNonNull(limiter.limits().action().apply(exceeded), "no action");
        } catch (RuntimeException | Error e) {
            socket.listeners().failed(event.name(), e);
        }
        limiter.told(exceeded, action);
        switch (action) {
            case DROP -> {}
            case ERROR -> {
                if (event.id() != SocketPacket.NO_ID) {
                    Ack ack = new EventAck(socket, event.id());
                    Map<String, Object> answer = new LinkedHashMap<>(4);
                    answer.put("error", RateLimiter.EXCEEDED);
                    answer.put("retryAfter", millis(exceeded.retryAfter()));
                    ack.send(answer);
                }
            }
            case DISCONNECT -> socket.disconnect(DisconnectDetails.of(RateLimiter.EXCEEDED), true);
        }
    }

    /** Rounded up, so that a client that waits this long is accepted. */
    static long millis(Duration wait) {
        return wait.plusNanos(999_999).toMillis();
    }
}
