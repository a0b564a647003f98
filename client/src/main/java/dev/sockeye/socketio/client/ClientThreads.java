package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.engine.ClientLoop;
import dev.sockeye.socketio.client.engine.ClientNetwork;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The threads of a client: an event loop group, executors for listeners, for what ends blocking waits, for names of hosts. */
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no answer
final class ClientThreads implements ClientEnvironment {
    private static final int OWN_LOOPS = 2;
    private static final int RESOLVERS = 4;
    private static final int IDLE_SECONDS = 5;
    private static final long FAREWELL_MILLIS = 2000;

    private final EventLoopGroup group;
    private final boolean ownGroup;
    private final Executor listeners;
    private final Executor completions;
    private final Executor resolvers;
    private final List<ExecutorService> own;
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean down = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean ending;

    ClientThreads(@Nullable EventLoopGroup givenGroup, @Nullable Executor givenExecutor) {
        this.ownGroup = givenGroup == null;
        this.group = givenGroup != null ? givenGroup : newGroup();
        if (givenExecutor != null) {
            listeners = givenExecutor;
            completions = givenExecutor;
            resolvers = givenExecutor;
            own = List.of();
            return;
        }
        ExecutorService virtual = virtualThreads();
        if (virtual != null) {
            listeners = virtual;
            completions = virtual;
            resolvers = virtual;
            own = List.of(virtual);
            return;
        }
        ExecutorService pool = newPool(Math.max(16, 4 * Runtime.getRuntime().availableProcessors()), "listener");
        ExecutorService ending = newCompletions();
        ExecutorService names = newPool(RESOLVERS, "resolver");
        listeners = pool;
        completions = ending;
        resolvers = names;
        own = List.of(pool, ending, names);
    }

    private static EventLoopGroup newGroup() {
        IoHandlerFactory factory = epollAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(OWN_LOOPS, new DefaultThreadFactory("sockeye-client-io", true), factory);
    }

    private static boolean epollAvailable() {
        try {
            return Epoll.isAvailable();
        } catch (NoClassDefFoundError e) {
            return false; // netty-transport-classes-epoll is optional
        }
    }

    private static ExecutorService newPool(int threads, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("sockeye-client-" + name, true));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ExecutorService newCompletions() {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                new DefaultThreadFactory("sockeye-client-completion", true));
    }

    private static @Nullable ExecutorService virtualThreads() {
        try {
            return (ExecutorService) MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class))
                    .invoke();
        } catch (Throwable e) {
            return null; // a JVM before 21
        }
    }

    @Override
    public ClientLoop nextLoop() {
        return new NettyLoop(group.next());
    }

    @Override
    public ClientNetwork network(ClientLoop loop, Endpoint endpoint, ClientOptions options) {
        if (!(loop instanceof NettyLoop netty)) {
            throw new IllegalArgumentException("not a loop of this client: " + loop);
        }
        Connector dialer = new Connector(
                netty.loop(), resolvers, InetAddress::getAllByName, channelType(), this::track, endpoint, options);
        return new NettyNetwork(dialer, endpoint, options);
    }

    @Override
    public double random() {
        return ThreadLocalRandom.current().nextDouble();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    Class<? extends Channel> channelType() {
        if (group instanceof IoEventLoopGroup io && epollAvailable() && io.isIoType(EpollIoHandler.class)) {
            return EpollSocketChannel.class;
        }
        return NioSocketChannel.class;
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
        for (EventExecutor executor : group) {
            if (executor.inEventLoop()) {
                throw new IllegalStateException("blocking call on an I/O thread");
            }
        }
    }

    /** Remembers a channel until it is closed. */
    private void track(Channel channel) {
        channels.add(channel);
        channel.closeFuture().addListener(done -> {
            channels.remove(channel);
            if (ending && channels.isEmpty()) {
                shutdown();
            }
        });
    }

    @Override
    public int openChannels() {
        return channels.size();
    }

    @Override
    public CompletableFuture<Void> end() {
        ending = true;
        if (channels.isEmpty()) {
            shutdown();
        } else {
            io.netty.util.concurrent.Future<?> deadline =
                    group.next().schedule(this::shutdown, FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
            ended.whenComplete((done, error) -> deadline.cancel(false));
        }
        return ended;
    }

    private void shutdown() {
        if (!down.compareAndSet(false, true)) {
            return;
        }
        ended.complete(null);
        for (Channel channel : channels) {
            channel.close();
        }
        if (ownGroup) {
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
        own.forEach(ExecutorService::shutdown);
    }
}
