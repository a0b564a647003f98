package dev.sockeye.engineio.host;

import dev.sockeye.runtime.Closing;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A host that listens on its own port. Created by an {@link EngineHostProvider}. */
public interface EngineHost extends AutoCloseable {

    /** The bound address, with the actual port if 0 was requested. */
    InetSocketAddress address();

    /**
     * Stops accepting connections, closes open ones, releases the port and ends the host's threads. Waits until the port is
     * released, at most 30 s; must not be called on an I/O thread. Closing a closed host has no effect.
     */
    @Override
    default void close() {
        Closing.await(closeAsync(), Duration.ofSeconds(30), "the host");
    }

    /** As {@link #close()}, without waiting. The future completes when the port is released. Idempotent. */
    CompletableFuture<Void> closeAsync();
}
