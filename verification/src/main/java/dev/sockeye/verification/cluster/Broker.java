package dev.sockeye.verification.cluster;

import dev.sockeye.redis.RedisAdapter;
import dev.sockeye.redis.RedisStreamsAdapter;
import dev.sockeye.redis.ShardedRedisAdapter;
import dev.sockeye.socketio.adapter.AdapterFactory;

/** Which adapter the servers have. */
public enum Broker {
    PUBSUB {
        @Override
        public AdapterFactory adapter(String redis) {
            return RedisAdapter.create(redis);
        }
    },
    SHARDED {
        @Override
        public AdapterFactory adapter(String redis) {
            return ShardedRedisAdapter.create(redis);
        }
    },
    STREAMS {
        @Override
        public AdapterFactory adapter(String redis) {
            return RedisStreamsAdapter.create(redis);
        }
    };

    /** Adapters for a Redis at a URI. */
    public abstract AdapterFactory adapter(String redis);
}
