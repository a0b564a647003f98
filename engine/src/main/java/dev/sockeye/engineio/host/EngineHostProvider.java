package dev.sockeye.engineio.host;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Finds a host by {@link java.util.ServiceLoader}, so that {@code listen(port)} works with no more than the host's module on
 * the class path.
 */
public interface EngineHostProvider {

    /**
     * Binds and starts serving.
     *
     * @throws IOException the address cannot be bound; the message names address and reason
     */
    EngineHost listen(InetSocketAddress address, HostedEngine engine) throws IOException;
}
