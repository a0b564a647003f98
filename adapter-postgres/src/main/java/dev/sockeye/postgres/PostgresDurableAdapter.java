package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import javax.sql.DataSource;

/**
 * Connects several servers through a PostgreSQL table, which stores the last events. Messages that are sent while
 * PostgreSQL is unavailable are added when it is available again, in order and exactly once, and a server continues to
 * read where it stopped. With connection state recovery, a client can recover on any server, even after all servers
 * were restarted. Sockeye's own: Node.js servers cannot join the cluster; use {@link PostgresAdapter} for that.
 *
 * <pre>{@code
 * SocketIoServerOptions.builder().adapter(PostgresDurableAdapter.create(dataSource)).build();
 * }</pre>
 *
 * <p>Each namespace has a {@link ClusterAdapter}. They share three connections: one that listens and reads, one for
 * requests and answers, one that adds events. Up to four more are used for short periods to read and write sessions and
 * to read missed events.
 */
public final class PostgresDurableAdapter implements AdapterFactory {
    private final Link link;

    private PostgresDurableAdapter(Link link) {
        this.link = link;
    }

    /** Creates adapters that use the connections of a data source. */
    public static PostgresDurableAdapter create(DataSource source) {
        return create(source, PostgresOptions.defaults());
    }

    /** Creates adapters with options. */
    public static PostgresDurableAdapter create(DataSource source, PostgresOptions options) {
        return new PostgresDurableAdapter(new Link(source, options, true));
    }

    @Override
    public Adapter create(AdapterNamespace namespace) {
        return new ClusterAdapter(
                namespace,
                new DurableTransport(link, namespace.name()),
                PostgresAdapter.clusterOptions(link.options()));
    }
}
