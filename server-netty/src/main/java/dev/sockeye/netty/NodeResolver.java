package dev.sockeye.netty;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks up the host names of other servers with the JVM's resolver, which blocks, on threads of its own: Netty's default
 * would do that on the loop, where all its clients would wait for a slow name server.
 */
final class NodeResolver extends InetNameResolver {
    private static final int THREADS = 4;
    private static final int MOST_WAITING = 10_000;

    /** One resolver for each loop. */
    static final AddressResolverGroup<InetSocketAddress> GROUP = new AddressResolverGroup<>() {
        private final Executor threads = threads();

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor loop) {
            return new NodeResolver(loop, threads, InetAddress::getAllByName).asAddressResolver();
        }
    };

    /** The look-up of a host name. Blocks. */
    interface LookUp {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final Executor threads;
    private final LookUp lookUp;

    NodeResolver(EventExecutor loop, Executor threads, LookUp lookUp) {
        super(loop);
        this.threads = threads;
        this.lookUp = lookUp;
    }

    /** Threads that end when they are idle. */
    private static Executor threads() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MOST_WAITING),
                new DefaultThreadFactory("sockeye-resolver", true));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    @Override
    protected void doResolve(String host, Promise<InetAddress> promise) {
        run(host, promise, () -> promise.setSuccess(lookUp.addresses(host)[0]));
    }

    @Override
    protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
        run(host, promise, () -> promise.setSuccess(List.of(lookUp.addresses(host))));
    }

    private interface Resolution {
        void run() throws UnknownHostException;
    }

    private void run(String host, Promise<?> promise, Resolution resolution) {
        Executor executor =
                NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host) ? Runnable::run : threads;
        try {
            executor.execute(() -> {
                try {
                    resolution.run();
                } catch (UnknownHostException | RuntimeException e) {
                    promise.tryFailure(e);
                }
            });
        } catch (RejectedExecutionException e) {
            promise.tryFailure(e);
        }
    }
}
