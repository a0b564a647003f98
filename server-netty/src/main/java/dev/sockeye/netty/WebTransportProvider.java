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
 * Serves WebTransport beside a {@link NettyHost}, on the same port number over UDP. Found by {@link java.util.ServiceLoader}; the
 * module {@code sockeye-server-webtransport} has the one there is.
 */
public interface WebTransportProvider {

    /**
     * Says whether this machine can do it.
     *
     * @throws IllegalStateException it cannot; the message says why and what to do
     */
    void ensureAvailable();

    /**
     * Binds and starts serving. Blocks until bound.
     *
     * @throws IOException the address cannot be bound; the message names it and says why
     */
    Endpoint listen(Setup setup) throws IOException;

    /** What listens. */
    interface Endpoint {
        /** Ends all sessions, frees the port and completes when that is done. Idempotent. */
        CompletableFuture<Void> close();
    }

    /**
     * What the host gives.
     *
     * @param address the address that the host is bound to
     * @param engine the engine to serve
     * @param group the event loops to run on
     * @param io the kind of the loops, never {@link NettyIo#AUTO}
     * @param certificates the server's certificate and key
     * @param requestTimeout how long a connection may take until it has asked for a session
     * @param keepAliveTimeout how long a connection may stay without a session
     * @param closeTimeout how long the end of a session may take
     * @param maxHeaderSize the greatest size of a request's headers in bytes
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

        /** The engine's view of an event loop; to be called on that loop. */
        public EngineLoop loop(EventLoop loop) {
            return NettyLoop.of(loop);
        }
    }
}
