package dev.sockeye.admin;

import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisKeyAsyncCommands;
import io.lettuce.core.api.async.RedisStringAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Sessions in Redis, under the keys of the official {@code RedisStore}: Sockeye and Node.js servers share their logins.
 * Requires {@code io.lettuce:lettuce-core}, which is not a transitive dependency of this module. Thread-safe; the caller owns
 * the connection.
 */
public final class RedisSessionStore implements AdminSessionStore {
    /** The official prefix. */
    public static final String DEFAULT_PREFIX = "socket.io-admin";

    /** The official duration: one day. */
    public static final Duration DEFAULT_DURATION = Duration.ofDays(1);

    private final Function<String, CompletionStage<Long>> exists;
    private final BiFunction<String, SetArgs, CompletionStage<String>> set;
    private final String prefix;
    private final Duration duration;

    private RedisSessionStore(
            Function<String, CompletionStage<Long>> exists,
            BiFunction<String, SetArgs, CompletionStage<String>> set,
            String prefix,
            Duration duration) {
        if (duration.toSeconds() < 1) {
            throw new IllegalArgumentException("a session must be kept for a second or longer: " + duration);
        }
        this.exists = exists;
        this.set = set;
        this.prefix = prefix;
        this.duration = duration;
    }

    /**
     * Creates a store with the official prefix and duration.
     *
     * @param redis the commands of a connection, {@code connection.async()}, to a single Redis or to a Redis cluster
     */
    public static <C extends RedisKeyAsyncCommands<String, String> & RedisStringAsyncCommands<String, String>>
            RedisSessionStore of(C redis) {
        return of(redis, DEFAULT_PREFIX, DEFAULT_DURATION);
    }

    /**
     * Creates a store.
     *
     * @param prefix the keys are {@code <prefix>#<session id>}
     * @param duration how long a session is kept, in whole seconds, at least one
     */
    public static <C extends RedisKeyAsyncCommands<String, String> & RedisStringAsyncCommands<String, String>>
            RedisSessionStore of(C redis, String prefix, Duration duration) {
        return new RedisSessionStore(redis::exists, (key, args) -> redis.set(key, "1", args), prefix, duration);
    }

    @Override
    public CompletionStage<Boolean> exists(String sessionId) {
        return exists.apply(key(sessionId)).thenApply(count -> count > 0);
    }

    @Override
    public CompletionStage<Void> save(String sessionId) {
        return set.apply(key(sessionId), SetArgs.Builder.ex(duration)).thenApply(ok -> null);
    }

    private String key(String sessionId) {
        return prefix + "#" + sessionId;
    }
}
