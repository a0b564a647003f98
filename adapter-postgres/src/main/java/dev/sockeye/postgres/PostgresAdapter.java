package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import javax.sql.DataSource;

/**
 * Connects several servers through PostgreSQL with {@code LISTEN} and {@code NOTIFY}. Messages and the table are
 * compatible with npm {@code @socket.io/postgres-adapter} 0.5, so that Node.js servers can join the cluster and {@code
 * @socket.io/postgres-emitter} can be used. Messages that are sent while PostgreSQL is unavailable do not reach other
 * servers; use {@link PostgresDurableAdapter} if they must not be lost.
 *
 * <pre>{@code
 * SocketIoServerOptions.builder().adapter(PostgresAdapter.create(dataSource)).build();
 * }</pre>
 *
 * <p>Each namespace has a {@link ClusterAdapter}. They share two connections, one that listens and one that sends,
 * which are borrowed from the data source with the first namespace and returned with the last; a third one is used
 * periodically to delete old rows. A namespace whose channel name would exceed 63 bytes is rejected with an {@link
 * IllegalArgumentException}.
 */
public final class PostgresAdapter implements AdapterFactory {
    private final Link link;

    private PostgresAdapter(Link link) {
        this.link = link;
    }

    /** Creates adapters that use the connections of a data source. */
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
