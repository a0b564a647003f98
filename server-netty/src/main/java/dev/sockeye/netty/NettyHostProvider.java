package dev.sockeye.netty;

import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.engineio.host.HostedEngine;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Makes {@code listen(port)} use Netty. Found by {@link java.util.ServiceLoader}, or created with options. */
public final class NettyHostProvider implements EngineHostProvider {

    private final NettyHostOptions options;

    /** With {@link NettyHostOptions#defaults()}. */
    public NettyHostProvider() {
        this(NettyHostOptions.defaults());
    }

    /** Creates a provider with options. */
    public NettyHostProvider(NettyHostOptions options) {
        this.options = options;
    }

    @Override
    public EngineHost listen(InetSocketAddress address, HostedEngine engine) throws IOException {
        return NettyHost.listen(address, engine, options);
    }
}
