package dev.sockeye.postgres;

import dev.sockeye.adapter.tck.ClusterAdapterContract;
import dev.sockeye.adapter.tck.ClusterBroker;

/** The table of events, with connection state recovery. */
class PostgresDurableAdapterContractTest extends ClusterAdapterContract {
    @Override
    protected ClusterBroker startBroker() throws Exception {
        return new PostgresBroker(PostgresProcess.begin(), true);
    }
}
