package dev.sockeye.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A small Redis Cluster: three masters, and a replica of the one that has a key. */
final class RedisMembers implements AutoCloseable {
    private static final int MASTERS = 3;

    private final List<RedisProcess> members = new ArrayList<>();
    private final int owner;

    private RedisMembers(String key) throws Exception {
        int share = SlotHash.SLOT_COUNT / MASTERS + 1;
        owner = SlotHash.getSlot(key) / share;
    }

    /** {@code null} without a Redis 7. */
    static @Nullable RedisMembers start(String key) throws Exception {
        RedisMembers made = new RedisMembers(key);
        for (int i = 0; i <= MASTERS; i++) {
            RedisProcess member = RedisProcess.seven("--cluster-enabled", "yes", "--cluster-node-timeout", "1000");
            if (member == null) {
                return null;
            }
            made.members.add(member);
        }
        made.join();
        return made;
    }

    private void join() {
        int share = SlotHash.SLOT_COUNT / MASTERS + 1;
        for (int i = 0; i < MASTERS; i++) {
            int last = Math.min(SlotHash.SLOT_COUNT, (i + 1) * share) - 1;
            members.get(i).ask("CLUSTER ADDSLOTSRANGE " + i * share + " " + last);
        }
        for (int i = 1; i <= MASTERS; i++) {
            members.get(i).ask("CLUSTER SET-CONFIG-EPOCH " + i);
            members.get(0).ask("CLUSTER MEET 127.0.0.1 " + members.get(i).port());
        }
        String master = members.get(owner).ask("CLUSTER MYID");
        Awaiting.until(
                () -> members.get(MASTERS).ask("CLUSTER REPLICATE " + master).equals("OK"));
        Awaiting.until(() -> members.stream().allMatch(member -> {
            String info = member.ask("CLUSTER INFO");
            return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:4");
        }));
        Awaiting.until(() -> members.get(owner).ask("INFO replication").contains("state=online"));
    }

    /** The one that nothing happens to comes first. */
    List<RedisURI> uris() {
        List<RedisURI> uris = new ArrayList<>();
        for (int i = 0; i < MASTERS; i++) {
            uris.add(RedisURI.create(members.get((owner + 1 + i) % MASTERS).uri()));
        }
        return uris;
    }

    /** One that stays. */
    RedisProcess someone() {
        return members.get((owner + 1) % MASTERS);
    }

    /** Kills the master of the key; its replica takes over after a second. */
    void killOwner() throws Exception {
        members.get(owner).kill();
    }

    /** If this comes soon enough, before its replica takes over, it remains the master. */
    void startOwnerAgain() throws Exception {
        members.get(owner).startAgain();
    }

    @Override
    public void close() throws Exception {
        for (RedisProcess member : members) {
            member.close();
        }
    }
}
