package dev.sockeye.redis;

import dev.sockeye.redis.ShardedRedisAdapterOptions.SubscriptionMode;

class ShardedDynamicPrivateTest extends ShardedContract {
    ShardedDynamicPrivateTest() {
        super(SubscriptionMode.DYNAMIC_PRIVATE);
    }
}
