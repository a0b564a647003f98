package dev.sockeye.engineio.host;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/** A host that listens on a port of its own. Created by an {@link EngineHostProvider}. */
public interface EngineHost {

    /** The bound address; its port is the real one when 0 was asked for. */
    InetSocketAddress address();

    /**
     * Stops accepting, closes what is left open, frees the port and ends the host's threads. Idempotent.
     *
     * @return completes when the port is free
     */
    CompletableFuture<Void> close();
}
