package dev.sockeye.adapter.tck;

/** Servers of one JVM with connection state recovery. */
class MemoryClusterRecoveryContractTest extends ClusterAdapterContract {
    @Override
    protected ClusterBroker startBroker() {
        return new MemoryBroker(true);
    }
}
