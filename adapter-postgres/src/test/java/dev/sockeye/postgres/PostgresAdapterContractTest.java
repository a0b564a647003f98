package dev.sockeye.postgres;

import dev.sockeye.adapter.tck.ClusterAdapterContract;
import dev.sockeye.adapter.tck.ClusterBroker;

/** Notifications, as the official adapter uses them. */
class PostgresAdapterContractTest extends ClusterAdapterContract {
    @Override
    protected ClusterBroker startBroker() throws Exception {
        return new PostgresBroker(PostgresProcess.begin(), false);
    }
}
