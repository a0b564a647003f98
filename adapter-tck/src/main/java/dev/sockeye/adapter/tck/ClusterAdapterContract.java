package dev.sockeye.adapter.tck;

import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import java.time.Duration;

/**
 * The tests that an adapter for several servers must pass. Extend it in the tests of the adapter and give a broker:
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
 * <p>Three servers on the Netty host with a client each share the broker: broadcasts to all, to rooms, with exceptions, local,
 * binary; acknowledgements, complete and partial; {@code fetchSockets}, {@code socketsJoin}, {@code socketsLeave}, {@code
 * disconnectSockets}, {@code serverSideEmit}; order and duplicates. What the {@link ClusterBroker} offers besides is tested too:
 * a restart of the broker, a server that cannot reach it, connection state recovery, an emitter. Takes about 10 seconds.
 *
 * <p>JUnit Jupiter 5 or 6. An adapter with and without recovery is two subclasses.
 */
public abstract class ClusterAdapterContract extends EmitterContract {

    /** The timeouts that adapters under test must have: short enough for tests, long enough for a busy machine. */
    public static final ClusterOptions OPTIONS = ClusterOptions.builder()
            .requestsTimeout(Duration.ofSeconds(3))
            .heartbeatInterval(Duration.ofMillis(500))
            .heartbeatTimeout(Duration.ofSeconds(3))
            .build();

    /** For subclasses. */
    protected ClusterAdapterContract() {}
}
