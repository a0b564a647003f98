package dev.sockeye.verification.cluster;

import dev.sockeye.redis.RedisAdapter;
import dev.sockeye.redis.RedisStreamsAdapter;
import dev.sockeye.redis.ShardedRedisAdapter;
import dev.sockeye.socketio.adapter.AdapterFactory;

/** Which adapter the servers have. */
enum Broker {
    PUBSUB {
        @Override
        AdapterFactory adapter(String redis) {
            return RedisAdapter.create(redis);
        }
    },
    SHARDED {
        @Override
        AdapterFactory adapter(String redis) {
            return ShardedRedisAdapter.create(redis);
        }
    },
    STREAMS {
        @Override
        AdapterFactory adapter(String redis) {
            return RedisStreamsAdapter.create(redis);
        }
    };

    abstract AdapterFactory adapter(String redis);
}
