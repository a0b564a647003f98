package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.HandshakeThrottle;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.runtime.AddressKey;
import dev.sockeye.runtime.Removal;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.RateLimitAction;
import dev.sockeye.socketio.server.RateLimitExceeded;
import dev.sockeye.socketio.server.RateLimitExceeded.Scope;
import dev.sockeye.socketio.server.RateLimitListener;
import dev.sockeye.socketio.server.RateLimits;
import dev.sockeye.socketio.server.ServerTimer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Applies the {@link RateLimits} of a server: the state that is shared by its clients. Thread-safe. */
final class RateLimiter implements HandshakeThrottle {
    static final String EXCEEDED = "rate limit exceeded";

    private static final QuietLog LOG = new QuietLog(RateLimiter.class);

    private final RateLimits limits;
    private final ServerTimer timer;
    private final @Nullable KeyedBuckets users;
    private final @Nullable KeyedBuckets addresses;
    private final @Nullable KeyedBuckets connects;
    private final @Nullable TokenBucket socketEvents;
    private final @Nullable TokenBucket socketBytes;
    private final Map<String, TokenBucket> named = new HashMap<>();
    private final List<RateLimitListener> listeners = new CopyOnWriteArrayList<>();

    RateLimiter(@Nullable RateLimits given, ServerTimer timer) {
        this.limits = given == null ? RateLimits.builder().build() : given;
        this.timer = timer;
        users = KeyedBuckets.of(limits.eventsPerUser(), limits.bytesPerUser(), limits.maxKeys());
        addresses = KeyedBuckets.of(limits.eventsPerAddress(), limits.bytesPerAddress(), limits.maxKeys());
        socketEvents = TokenBucket.of(limits.eventsPerSocket());
        socketBytes = TokenBucket.of(limits.bytesPerSocket());
        limits.events().forEach((name, limit) -> named.put(name, Objects.requireNonNull(TokenBucket.of(limit))));
        connects = KeyedBuckets.of(limits.connectsPerAddress(), null, limits.maxKeys());
    }

    RateLimits limits() {
        return limits;
    }

    @Nullable
    KeyedBuckets users() {
        return users;
    }

    @Nullable
    KeyedBuckets addresses() {
        return addresses;
    }

    @Nullable
    TokenBucket socketEvents() {
        return socketEvents;
    }

    @Nullable
    TokenBucket socketBytes() {
        return socketBytes;
    }

    /** The limit of the events with this name. */
    @Nullable
    TokenBucket named(String event) {
        return named.get(event);
    }

    long now() {
        return timer.nanoTime();
    }

    /** Whether connections are limited. */
    boolean limitsConnects() {
        return connects != null;
    }

    /** Whether events are limited. */
    boolean limitsEvents() {
        return socketEvents != null || socketBytes != null || !named.isEmpty() || users != null || addresses != null;
    }

    /** Creates the limits of one client; {@code null} if events are not limited. */
    @Nullable
    ClientLimits forClient(ClientCore client) {
        return connects != null || limitsEvents() ? new ClientLimits(this, client) : null;
    }

    Registration onExceeded(RateLimitListener listener) {
        listeners.add(listener);
        return new Removal(() -> listeners.remove(listener));
    }

    @Override
    public Duration delay(HostRequest request) {
        return connect(request.remoteAddress());
    }

    /** Counts a connection of an address; returns zero if it is accepted. */
    Duration connect(String address) {
        if (connects == null) {
            return Duration.ZERO;
        }
        KeyedBuckets.Answer answer = connects.take(AddressKey.of(address), 0, now());
        Duration wait = Duration.ofNanos(answer.nanos());
        if (answer.nanos() > 0) {
            told(
                    new RateLimitExceeded(Scope.CONNECTS_PER_ADDRESS, null, "", address, null, wait, 1),
                    RateLimitAction.ERROR);
        }
        return wait;
    }

    void told(RateLimitExceeded exceeded, RateLimitAction action) {
        LOG.debug(() -> exceeded.scope().text() + " exceeded by " + exceeded.address() + ", event "
                + QuietLog.quoted(exceeded.event()) + ": " + action);
        for (RateLimitListener listener : listeners) {
            try {
                listener.onRateLimited(exceeded, action);
            } catch (Throwable e) {
                LOG.warning(() -> ServerLog.RATE_LIMIT_LISTENER_FAILED.text("a listener of rate limits failed: " + e));
            }
        }
    }
}
