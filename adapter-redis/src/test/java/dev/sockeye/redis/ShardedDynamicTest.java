package dev.sockeye.redis;

import dev.sockeye.redis.ShardedRedisAdapterOptions.SubscriptionMode;

class ShardedDynamicTest extends ShardedContract {
    ShardedDynamicTest() {
        super(SubscriptionMode.DYNAMIC);
    }
}
