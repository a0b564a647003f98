package dev.sockeye.redis;

import dev.sockeye.redis.ShardedRedisAdapterOptions.SubscriptionMode;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * {@link ShardedRedisAdapter} in a cluster with {@code createShardedAdapter}. The Redis of the jar is 6.2 and has no sharded
 * channels: a Redis 7 of the machine is needed, {@code redis-server} on the path or in SOCKEYE_REDIS_SERVER.
 */
abstract class ShardedContract extends MixedClusterContract {
    static final String WITHOUT =
            "No Redis 7 here (redis-server on the path, or SOCKEYE_REDIS_SERVER): sharded channels are not tested.";

    private final SubscriptionMode mode;

    ShardedContract(SubscriptionMode mode) {
        this.mode = mode;
    }

    @Override
    RedisProcess startRedis() throws Exception {
        RedisProcess seven = RedisProcess.seven();
        if (seven == null) {
            System.out.println(WITHOUT);
        }
        Assumptions.assumeTrue(seven != null, WITHOUT);
        return seven;
    }

    @Override
    Peer java() throws Exception {
        ShardedRedisAdapterOptions options = ShardedRedisAdapterOptions.builder()
                .subscriptionMode(mode)
                .requestsTimeout(Duration.ofSeconds(1))
                .build();
        return new JavaPeer(ShardedRedisAdapter.create(RedisURI.create(redis.uri()), options), null);
    }

    @Override
    Peer node() {
        String name = mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return new NodePeer(cluster.node, "sharded", redis.port(), Map.of("subscriptionMode", name), null);
    }

    @Test
    void aBroadcastReachesAllClients() {
        broadcast();
    }

    @Test
    void aBroadcastStaysInItsNamespace() {
        namespace();
    }

    @Test
    void aBroadcastReachesRoomMembersOnceAndSingleSocketsOnAnyServer() {
        rooms();
    }

    @Test
    void aLocalBroadcastStaysOnItsServer() {
        local();
    }

    @Test
    void acknowledgementsAreCollectedFromAllServers() {
        acknowledgements();
    }

    @Test
    void matchingSocketsJoinAndLeave() {
        joinAndLeaveMatching();
    }

    @Test
    void fetchSocketsReturnsTheSocketsOfAllServers() {
        fetch();
    }

    @Test
    void serverSideEmitReachesAllOtherServersAndCollectsTheirResponses() {
        serverSide();
        serverSideAnswers();
    }

    @Test
    void allSocketsAreDisconnected() {
        disconnect();
    }
}
