package dev.sockeye.adapter.tck;

/** Servers of one JVM. */
class MemoryClusterContractTest extends ClusterAdapterContract {
    @Override
    protected ClusterBroker startBroker() {
        return new MemoryBroker(false);
    }
}
