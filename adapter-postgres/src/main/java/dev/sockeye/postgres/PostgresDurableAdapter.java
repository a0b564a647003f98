package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import javax.sql.DataSource;

/**
 * Several servers around one PostgreSQL, over a table that keeps the last events: what is sent while PostgreSQL is away is added
 * when it is back, in order and once, and a server reads on where it was. With connection state recovery a client comes back to any
 * server, even after all were restarted. Sockeye's own: Node servers cannot take part; for them there is {@link PostgresAdapter}.
 *
 * <pre>{@code
 * SocketIoServerOptions.builder().adapter(PostgresDurableAdapter.create(dataSource)).build();
 * }</pre>
 *
 * <p>Each namespace gets a {@link ClusterAdapter}. They share three connections: one that listens and reads, one for requests and
 * answers, one that adds events. Up to four more are used for a short time, to write and read sessions and what clients have missed.
 */
public final class PostgresDurableAdapter implements AdapterFactory {
    private final Link link;

    private PostgresDurableAdapter(Link link) {
        this.link = link;
    }

    /** Adapters over the connections of a data source. */
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
