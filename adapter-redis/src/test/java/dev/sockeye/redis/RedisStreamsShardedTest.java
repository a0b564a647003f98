package dev.sockeye.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * {@link RedisStreamsAdapter} with {@code useShardedPubSub} in a cluster with {@code @socket.io/redis-streams-adapter}. A Redis 7 is
 * needed, as in {@link ShardedContract}.
 */
class RedisStreamsShardedTest extends MixedClusterContract {
    @Override
    RedisProcess startRedis() throws Exception {
        RedisProcess seven = RedisProcess.seven();
        if (seven == null) {
            System.out.println(ShardedContract.WITHOUT);
        }
        Assumptions.assumeTrue(seven != null, ShardedContract.WITHOUT);
        return seven;
    }

    @Override
    Peer java() throws Exception {
        RedisStreamsAdapterOptions options = RedisStreamsAdapterOptions.builder()
                .requestsTimeout(Duration.ofSeconds(3))
                .useShardedPubSub(true)
                .build();
        return new JavaPeer(RedisStreamsAdapter.create(RedisURI.create(redis.uri()), options), null);
    }

    @Override
    Peer node() {
        return new NodePeer(
                cluster.node, "streams", redis.port(), Map.of("blockTimeInMs", 500, "useShardedPubSub", true), null);
    }

    @Override
    void settle() {
        cluster.primeStream();
    }

    @Test
    void acknowledgementsAreCollectedFromAllServers() {
        acknowledgements();
    }

    @Test
    void serverSideEmitWithAckCollectsTheResponsesOfAllOtherServers() {
        serverSideAnswers();
    }
}
