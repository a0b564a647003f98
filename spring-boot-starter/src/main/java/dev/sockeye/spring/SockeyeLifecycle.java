package dev.sockeye.spring;

import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the server with the application, and closes it before the graceful shutdown of the web server, which would otherwise
 * wait for the polling requests.
 */
final class SockeyeLifecycle implements SmartLifecycle {
    private static final System.Logger LOG = System.getLogger(SockeyeLifecycle.class.getName());

    /** Starts after the phases of the web server, and stops before them. */
    static final int PHASE = DEFAULT_PHASE - 512;

    private final SocketIoServer io;
    private final @Nullable InetSocketAddress own;
    private final @Nullable EngineHostProvider provider;
    private final AtomicBoolean stopping;
    private final @Nullable Duration drain;
    private volatile boolean running;

    /**
     * Created with the server.
     *
     * @param own the address of the separate port; {@code null} if the application's port is used
     * @param provider the host of the separate port; {@code null} for the host on the class path
     * @param drain how long the server drains when it stops; {@code null} to close immediately
     */
    SockeyeLifecycle(
            SocketIoServer io,
            @Nullable InetSocketAddress own,
            @Nullable EngineHostProvider provider,
            AtomicBoolean stopping,
            @Nullable Duration drain) {
        this.io = io;
        this.own = own;
        this.provider = provider;
        this.stopping = stopping;
        this.drain = drain;
    }

    @Override
    public void start() {
        stopping.set(false);
        InetSocketAddress address = own;
        if (address == null) {
            var unused = io.hostedEngine();
        } else {
            try {
                if (provider == null) {
                    io.listen(address);
                } else {
                    io.listen(address, provider);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "the Socket.IO server cannot listen on " + address + " (sockeye.port): " + e.getMessage(), e);
            }
            LOG.log(
                    System.Logger.Level.INFO,
                    SpringLog.STARTED.text("Socket.IO on port {0} with path {1}"),
                    Integer.toString(io.port()),
                    io.path());
        }
        running = true;
    }

    @Override
    public void stop(Runnable callback) {
        var unused = closed().whenComplete((done, error) -> callback.run());
    }

    @Override
    public void stop() {
        closed().exceptionally(error -> null).join();
    }

    private CompletableFuture<Void> closed() {
        stopping.set(true);
        running = false;
        Duration time = drain;
        return (time == null ? io.closeAsync() : io.drain(time)).whenComplete((done, error) -> {
            long left = stuck();
            if (left > 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        SpringLog.HANDLERS_LEFT_BEHIND.text(
                                "The Socket.IO server was closed while handlers of {0} client(s) were still running"),
                        Long.toString(left));
            }
        });
    }

    /** The number of clients whose handlers are still running, so that their sockets could not disconnect. */
    private long stuck() {
        return io.namespaces().values().stream()
                .flatMap(namespace -> namespace.sockets().values().stream())
                .map(Socket::client)
                .distinct()
                .filter(client -> client.waiting() > 0)
                .count();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
