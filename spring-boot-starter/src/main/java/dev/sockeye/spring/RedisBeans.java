package dev.sockeye.spring;

import dev.sockeye.redis.RedisAdapter;
import dev.sockeye.redis.RedisAdapterOptions;
import dev.sockeye.redis.RedisEmitter;
import dev.sockeye.redis.RedisStreamsAdapter;
import dev.sockeye.redis.RedisStreamsAdapterOptions;
import dev.sockeye.redis.ShardedRedisAdapter;
import dev.sockeye.redis.ShardedRedisAdapterOptions;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.spring.SockeyeProperties.AdapterType;
import io.lettuce.core.RedisURI;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.env.Environment;

/** Adapter and emitter over Redis. Their options are beans. Loaded only if sockeye-adapter-redis is on the class path. */
final class RedisBeans {
    private RedisBeans() {}

    static AdapterFactory adapter(
            AdapterType type, SockeyeProperties.Adapter properties, Environment environment, BeanFactory beans) {
        RedisURI uri = uri(properties, environment);
        return switch (type) {
            case REDIS_STREAMS -> RedisStreamsAdapter.create(uri, streams(beans));
            case REDIS_SHARDED ->
                ShardedRedisAdapter.create(
                        uri,
                        beans.getBeanProvider(ShardedRedisAdapterOptions.class)
                                .getIfAvailable(ShardedRedisAdapterOptions::defaults));
            default -> RedisAdapter.create(uri, plain(beans));
        };
    }

    static Emitter emitter(
            AdapterType type, SockeyeProperties.Adapter properties, Environment environment, BeanFactory beans) {
        RedisURI uri = uri(properties, environment);
        return type == AdapterType.REDIS_STREAMS
                ? RedisEmitter.connectStreams(uri, streams(beans))
                : RedisEmitter.connect(uri, plain(beans).key());
    }

    private static RedisAdapterOptions plain(BeanFactory beans) {
        return beans.getBeanProvider(RedisAdapterOptions.class).getIfAvailable(RedisAdapterOptions::defaults);
    }

    private static RedisStreamsAdapterOptions streams(BeanFactory beans) {
        return beans.getBeanProvider(RedisStreamsAdapterOptions.class)
                .getIfAvailable(RedisStreamsAdapterOptions::defaults);
    }

    /** The address of Redis: Sockeye's property, otherwise Spring's properties, otherwise localhost. */
    static RedisURI uri(SockeyeProperties.Adapter properties, Environment environment) {
        String url = properties.redisUrl();
        String from = url == null ? "spring.data.redis.url" : "sockeye.adapter.redis-url";
        if (url == null) {
            url = environment.getProperty("spring.data.redis.url");
        }
        if (url != null) {
            try {
                return RedisURI.create(url);
            } catch (IllegalArgumentException e) { // whose message contains the password
                throw new InvalidSockeyePropertyException(
                        from + " must have the form redis://user:password@host:port, was "
                                + url.replaceAll("//.*@", "//***@"),
                        null);
            }
        }
        RedisURI uri = RedisURI.create(
                environment.getProperty("spring.data.redis.host", "localhost"),
                environment.getProperty("spring.data.redis.port", Integer.class, 6379));
        uri.setDatabase(environment.getProperty("spring.data.redis.database", Integer.class, 0));
        uri.setSsl(environment.getProperty("spring.data.redis.ssl.enabled", Boolean.class, false));
        String username = environment.getProperty("spring.data.redis.username");
        String password = environment.getProperty("spring.data.redis.password");
        if (password != null) {
            uri.setCredentialsProvider(io.lettuce.core.RedisCredentialsProvider.from(
                    () -> io.lettuce.core.RedisCredentials.just(username, password)));
        }
        return uri;
    }
}
