package dev.sockeye.adapter.tck;

import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import java.time.Duration;

/**
 * The tests that an adapter for several servers must pass. Extend this class in the tests of the adapter and provide a broker:
 *
 * <pre>{@code
 * class MyAdapterTest extends ClusterAdapterContract {
 *     @Override
 *     protected ClusterBroker startBroker() {
 *         return new MyBroker(); // starts the broker, makes adapters with OPTIONS
 *     }
 * }
 * }</pre>
 *
 * <p>Three servers on the Netty host, each with one client, share the broker. The tests cover broadcasts (to all clients, to
 * rooms, with exceptions, local, binary), complete and partial acknowledgements, {@code fetchSockets}, {@code socketsJoin},
 * {@code socketsLeave}, {@code disconnectSockets}, {@code serverSideEmit}, order and duplicates. The optional features of the
 * {@link ClusterBroker} are tested too: a restart of the broker, a server that cannot reach it, connection state recovery, an
 * emitter. Takes about 10 seconds.
 *
 * <p>JUnit Jupiter 5 or 6. Use two subclasses to test an adapter with and without recovery.
 */
public abstract class ClusterAdapterContract extends EmitterContract {

    /** The timeouts that adapters under test must have: short enough for tests, long enough for a busy machine. */
    public static final ClusterOptions OPTIONS = ClusterOptions.builder()
            .requestsTimeout(Duration.ofSeconds(3))
            .heartbeatInterval(Duration.ofMillis(500))
            .heartbeatTimeout(Duration.ofSeconds(3))
            .build();

    /** Called by subclasses. */
    protected ClusterAdapterContract() {}
}
