package dev.sockeye.redis;

import dev.sockeye.adapter.tck.ClusterAdapterContract;
import dev.sockeye.adapter.tck.ClusterBroker;

/** Streams with connection state recovery. */
class RedisStreamsAdapterContractTest extends ClusterAdapterContract {
    @Override
    protected ClusterBroker startBroker() throws Exception {
        RedisStreamsAdapterOptions options = RedisStreamsAdapterOptions.builder()
                .requestsTimeout(OPTIONS.requestsTimeout())
                .build();
        RedisProcess redis = RedisProcess.embedded("--appendonly", "yes", "--appendfsync", "always");
        return new RedisBroker(
                redis, true, uri -> RedisStreamsAdapter.create(uri, options), RedisEmitter::connectStreams);
    }
}
