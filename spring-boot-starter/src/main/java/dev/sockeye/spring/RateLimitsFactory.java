package dev.sockeye.spring;

import dev.sockeye.socketio.server.RateLimit;
import dev.sockeye.socketio.server.RateLimits;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** Converts the properties {@code sockeye.rate-limits.*} to options of the server. */
final class RateLimitsFactory {
    private static final String PREFIX = "sockeye.rate-limits.";

    private final SockeyeProperties.RateLimits given;

    RateLimitsFactory(SockeyeProperties.RateLimits given) {
        this.given = given;
    }

    /** Sets the limits, if there are any. */
    void apply(SocketIoServerOptions.Builder server) {
        RateLimits.Builder limits = RateLimits.builder()
                .eventsPerSocket(limit("events-per-socket", given.eventsPerSocket()))
                .bytesPerSocket(limit("bytes-per-socket", given.bytesPerSocket()))
                .eventsPerUser(limit("events-per-user", given.eventsPerUser()))
                .bytesPerUser(limit("bytes-per-user", given.bytesPerUser()))
                .eventsPerAddress(limit("events-per-address", given.eventsPerAddress()))
                .bytesPerAddress(limit("bytes-per-address", given.bytesPerAddress()))
                .connectsPerAddress(limit("connects-per-address", given.connectsPerAddress()))
                .userKey(RateLimitsFactory::user)
                .action(given.action());
        given.events().forEach((name, rate) -> {
            RateLimit limit = limit("events[" + name + "]", rate);
            if (limit != null) {
                limits.event(name, limit);
            }
        });
        if (given.maxKeys() < 1) {
            throw new InvalidSockeyePropertyException(
                    PREFIX + "max-keys must be 1 or more, was " + given.maxKeys(), null);
        }
        if (isAny()) {
            RateLimits built = limits.maxKeys(given.maxKeys()).build();
            server.rateLimits(ignored -> built.toBuilder());
        }
    }

    private boolean isAny() {
        return given.eventsPerSocket() != null
                || given.bytesPerSocket() != null
                || !given.events().isEmpty()
                || given.eventsPerUser() != null
                || given.bytesPerUser() != null
                || given.eventsPerAddress() != null
                || given.bytesPerAddress() != null
                || given.connectsPerAddress() != null;
    }

    private static @Nullable RateLimit limit(String name, SockeyeProperties.@Nullable Rate rate) {
        if (rate == null) {
            return null;
        }
        try {
            RateLimit limit = RateLimit.of(rate.permits(), rate.period());
            Long burst = rate.burst();
            return burst == null ? limit : limit.burst(burst);
        } catch (IllegalArgumentException e) {
            throw new InvalidSockeyePropertyException(PREFIX + name + "." + e.getMessage(), e);
        }
    }

    /** The name of the principal; {@code null} if there is none. */
    private static @Nullable String user(Socket socket) {
        return HandlerMethod.principal(socket) instanceof Principal principal ? principal.getName() : null;
    }
}
