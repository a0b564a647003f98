package dev.sockeye.adapter.tck;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.MemoryCluster;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Servers of one JVM, whose network can be cut. */
final class MemoryBroker implements ClusterBroker {
    private final Set<String> cut = ConcurrentHashMap.newKeySet();
    private final MemoryCluster cluster = new MemoryCluster(this::carry);
    private final boolean recovery;

    MemoryBroker(boolean recovery) {
        this.recovery = recovery;
    }

    private void carry(String from, String to, Runnable delivery) {
        if (!cut.contains(from) && !cut.contains(to)) {
            delivery.run();
        }
    }

    @Override
    public Node node() {
        Set<String> uids = ConcurrentHashMap.newKeySet();
        AdapterFactory adapters = cluster.adapters(ClusterAdapterContract.OPTIONS);
        return new Node() {
            @Override
            public AdapterFactory adapter() {
                return namespace -> {
                    Adapter adapter = adapters.create(namespace);
                    uids.add(((ClusterAdapter) adapter).uid());
                    return adapter;
                };
            }

            @Override
            public void cut() {
                cut.addAll(uids);
            }

            @Override
            public void heal() {
                cut.removeAll(uids);
            }
        };
    }

    @Override
    public boolean recovers() {
        return recovery;
    }

    @Override
    public boolean isDurable() {
        return recovery; // then there is a log, which a server reads when it is reached again
    }

    @Override
    public boolean canCut() {
        return true;
    }
}
