package dev.sockeye.redis;

import dev.sockeye.adapter.tck.ClusterAdapterContract;
import dev.sockeye.adapter.tck.ClusterBroker;

/** Plain channels. */
class RedisAdapterContractTest extends ClusterAdapterContract {
    @Override
    protected ClusterBroker startBroker() throws Exception {
        RedisAdapterOptions options = RedisAdapterOptions.builder()
                .requestsTimeout(OPTIONS.requestsTimeout())
                .build();
        return new RedisBroker(
                RedisProcess.embedded(), false, uri -> RedisAdapter.create(uri, options), RedisEmitter::connect);
    }
}
