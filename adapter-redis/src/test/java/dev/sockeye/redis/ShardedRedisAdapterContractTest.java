package dev.sockeye.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.adapter.tck.ClusterAdapterContract;
import dev.sockeye.adapter.tck.ClusterBroker;

/** Sharded channels. */
class ShardedRedisAdapterContractTest extends ClusterAdapterContract {
    @Override
    protected ClusterBroker startBroker() throws Exception {
        RedisProcess redis = RedisProcess.seven();
        assumeTrue(redis != null, "no Redis 7 here (redis-server on the path, or SOCKEYE_REDIS_SERVER)");
        ShardedRedisAdapterOptions options = ShardedRedisAdapterOptions.builder()
                .requestsTimeout(OPTIONS.requestsTimeout())
                .build();
        return new RedisBroker(redis, false, uri -> ShardedRedisAdapter.create(uri, options), null);
    }
}
