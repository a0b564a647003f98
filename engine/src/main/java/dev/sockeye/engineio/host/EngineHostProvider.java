package dev.sockeye.engineio.host;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Creates hosts. Found by {@link java.util.ServiceLoader}, so that {@code listen(port)} only requires the host's module
 * on the class path.
 */
public interface EngineHostProvider {

    /**
     * Binds the address and starts serving.
     *
     * @throws IOException if the address cannot be bound; the message has the address and the reason
     */
    EngineHost listen(InetSocketAddress address, HostedEngine engine) throws IOException;
}
