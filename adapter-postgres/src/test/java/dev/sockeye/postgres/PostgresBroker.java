package dev.sockeye.postgres;

import dev.sockeye.adapter.tck.ClusterAdapterContract;
import dev.sockeye.adapter.tck.ClusterBroker;
import dev.sockeye.adapter.tck.TcpProxy;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.Emitter;

/** A PostgreSQL for the contract tests of adapters; each server connects through its own proxy. */
final class PostgresBroker implements ClusterBroker {
    private final PostgresProcess postgres;
    private final String database;
    private final boolean durable;
    private final PostgresOptions options = PostgresOptions.builder()
            .requestsTimeout(ClusterAdapterContract.OPTIONS.requestsTimeout())
            .heartbeatInterval(ClusterAdapterContract.OPTIONS.heartbeatInterval())
            .heartbeatTimeout(ClusterAdapterContract.OPTIONS.heartbeatTimeout())
            .build();

    /** @param durable whether the adapter is that with the table of events */
    PostgresBroker(PostgresProcess postgres, boolean durable) throws Exception {
        this.postgres = postgres;
        this.durable = durable;
        database = postgres.database();
    }

    @Override
    public Node node() {
        TcpProxy way = new TcpProxy(postgres.port());
        return new Node() {
            @Override
            public AdapterFactory adapter() {
                var source = PostgresProcess.source(way.port(), database);
                return durable
                        ? PostgresDurableAdapter.create(source, options)
                        : PostgresAdapter.create(source, options);
            }

            @Override
            public void cut() {
                way.cut();
            }

            @Override
            public void heal() {
                way.heal();
            }

            @Override
            public void close() {
                way.close();
            }
        };
    }

    @Override
    public Emitter emitter() {
        var source = postgres.source(database);
        return durable ? PostgresEmitter.connectDurable(source, options) : PostgresEmitter.connect(source, options);
    }

    @Override
    public boolean recovers() {
        return durable;
    }

    @Override
    public boolean keepsLiveSessions() {
        return durable;
    }

    @Override
    public boolean isDurable() {
        return durable;
    }

    @Override
    public boolean canCut() {
        return true;
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public void stop() throws Exception {
        postgres.kill();
    }

    @Override
    public void start() throws Exception {
        postgres.startAgain();
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (Exception e) {
            throw new IllegalStateException("PostgreSQL did not end", e);
        }
    }
}
