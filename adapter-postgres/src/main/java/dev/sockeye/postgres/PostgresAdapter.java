package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import javax.sql.DataSource;

/**
 * Several servers around one PostgreSQL, over {@code LISTEN} and {@code NOTIFY}. Messages and the table are those of npm {@code
 * @socket.io/postgres-adapter} 0.5, so Node servers may be in the cluster, and {@code @socket.io/postgres-emitter} reaches it. What
 * is sent while PostgreSQL is away does not reach other servers; {@link PostgresDurableAdapter} keeps it.
 *
 * <pre>{@code
 * SocketIoServerOptions.builder().adapter(PostgresAdapter.create(dataSource)).build();
 * }</pre>
 *
 * <p>Each namespace gets a {@link ClusterAdapter}. They share two connections, one that listens and one that sends, which are taken
 * out of the data source with the first namespace and given back with the last; a third is used from time to time to delete old
 * rows. A namespace whose channel would have more than 63 bytes is refused with an {@link IllegalArgumentException}.
 */
public final class PostgresAdapter implements AdapterFactory {
    private final Link link;

    private PostgresAdapter(Link link) {
        this.link = link;
    }

    /** Adapters over the connections of a data source. */
    public static PostgresAdapter create(DataSource source) {
        return create(source, PostgresOptions.defaults());
    }

    /** Creates adapters with options. */
    public static PostgresAdapter create(DataSource source, PostgresOptions options) {
        return new PostgresAdapter(new Link(source, options, false));
    }

    @Override
    public Adapter create(AdapterNamespace namespace) {
        return new ClusterAdapter(
                namespace, new NotifyTransport(link, namespace.name()), clusterOptions(link.options()));
    }

    static ClusterOptions clusterOptions(PostgresOptions options) {
        return ClusterOptions.builder()
                .requestsTimeout(options.requestsTimeout())
                .heartbeatInterval(options.heartbeatInterval())
                .heartbeatTimeout(options.heartbeatTimeout())
                .build();
    }
}
