package dev.sockeye.socketio.client;

import dev.sockeye.runtime.NamedThreads;
import dev.sockeye.runtime.VirtualThreads;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.ClientTransport;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a client in production: a transport with its loops, and executors for listeners, for completions of futures
 * that others block on, and for lookups of host names.
 */
final class ClientThreads implements ClientEnvironment {
    private static final int RESOLVERS = 4;
    private static final int IDLE_SECONDS = 5;

    private final ClientTransport transport;
    private final Executor listeners;
    private final Executor completions;
    private final Executor resolvers;
    private final List<ExecutorService> own;

    /** @param given runs everything; {@code null} for its own executors */
    ClientThreads(ClientTransport transport, @Nullable Executor given) {
        this.transport = transport;
        if (given != null) {
            listeners = given;
            completions = given;
            resolvers = given;
            own = List.of();
            return;
        }
        if (VirtualThreads.supported()) {
            ExecutorService virtual = VirtualThreads.newExecutor();
            listeners = virtual;
            completions = virtual;
            resolvers = virtual;
            own = List.of(virtual);
            return;
        }
        int threads = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());
        ExecutorService pool = newPool(threads, threads, new LinkedBlockingQueue<>(), "listener");
        ExecutorService ending = newPool(0, Integer.MAX_VALUE, new SynchronousQueue<>(), "completion");
        ExecutorService names = newPool(RESOLVERS, RESOLVERS, new LinkedBlockingQueue<>(), "resolver");
        listeners = pool;
        completions = ending;
        resolvers = names;
        own = List.of(pool, ending, names);
    }

    private static ExecutorService newPool(int core, int max, BlockingQueue<Runnable> queue, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                core, max, IDLE_SECONDS, TimeUnit.SECONDS, queue, new NamedThreads("sockeye-client-" + name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    @Override
    public ClientLoop nextLoop() {
        return transport.nextLoop();
    }

    @Override
    public ClientNetwork network(ClientLoop loop, NetworkOptions options) {
        return transport.network(loop, options, resolvers);
    }

    @Override
    public boolean supportsWebTransport() {
        return transport.supportsWebTransport();
    }

    @Override
    public double random() {
        return ThreadLocalRandom.current().nextDouble();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Executor listeners() {
        return listeners;
    }

    @Override
    public Executor completions() {
        return completions;
    }

    @Override
    public void checkMayBlock() {
        if (transport.inLoop()) {
            throw new IllegalStateException("blocking call on an I/O thread");
        }
    }

    @Override
    public int openChannels() {
        return transport.openConnections();
    }

    @Override
    public CompletableFuture<Void> end() {
        return transport.closeAsync().whenComplete((done, error) -> own.forEach(ExecutorService::shutdown));
    }
}
