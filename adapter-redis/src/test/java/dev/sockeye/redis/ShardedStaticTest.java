package dev.sockeye.redis;

import dev.sockeye.redis.ShardedRedisAdapterOptions.SubscriptionMode;

class ShardedStaticTest extends ShardedContract {
    ShardedStaticTest() {
        super(SubscriptionMode.STATIC);
    }
}
