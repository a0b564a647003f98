package dev.sockeye.engineio.host;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/** A host that listens on its own port. Created by an {@link EngineHostProvider}. */
public interface EngineHost {

    /** The bound address, with the actual port if 0 was requested. */
    InetSocketAddress address();

    /**
     * Stops accepting connections, closes open ones, releases the port and ends the host's threads. Idempotent.
     *
     * @return completes when the port is released
     */
    CompletableFuture<Void> close();
}
