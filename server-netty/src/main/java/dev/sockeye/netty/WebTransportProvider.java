package dev.sockeye.netty;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostedEngine;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Serves WebTransport for a {@link NettyHost}, on the same port number over UDP. Found by {@link
 * java.util.ServiceLoader}; implemented in the module {@code sockeye-server-webtransport}.
 */
public interface WebTransportProvider {

    /**
     * Checks whether WebTransport is available on this machine.
     *
     * @throws IllegalStateException if WebTransport cannot be used; the message has the reason and the fix
     */
    void ensureAvailable();

    /**
     * Binds and starts serving. Blocks until bound.
     *
     * @throws IOException if the address cannot be bound; the message has the address and the reason
     */
    Endpoint listen(Setup setup) throws IOException;

    /** A listening WebTransport server. */
    interface Endpoint {
        /** Ends all sessions and releases the port; the future completes when that is done. Idempotent. */
        CompletableFuture<Void> close();
    }

    /**
     * The settings passed by the host.
     *
     * @param address the address that the host is bound to
     * @param engine the engine to serve
     * @param group the event loops to run on
     * @param io the type of the loops, never {@link NettyIo#AUTO}
     * @param certificates the server's certificate and key
     * @param requestTimeout how long a connection may take to request a session
     * @param keepAliveTimeout how long a connection may stay without a session
     * @param closeTimeout how long the end of a session may take
     * @param maxHeaderSize the maximum size of a request's headers in bytes
     */
    record Setup(
            InetSocketAddress address,
            HostedEngine engine,
            EventLoopGroup group,
            NettyIo io,
            Certificates certificates,
            Duration requestTimeout,
            Duration keepAliveTimeout,
            Duration closeTimeout,
            int maxHeaderSize) {

        /** The engine's view of an event loop; must be called on that loop. */
        public EngineLoop loop(EventLoop loop) {
            return NettyLoop.of(loop);
        }
    }
}
