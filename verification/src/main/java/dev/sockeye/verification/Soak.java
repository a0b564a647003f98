package dev.sockeye.verification;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.host.Host;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Connects and disconnects in every way, orderly and not, and counts what is left behind. */
@Command(name = "soak", description = "connect and disconnect 100,000 times, then look for what is left")
final class Soak implements Callable<Integer> {
    @Option(names = "--cycles", defaultValue = "100000", description = "how many; default 100000")
    private int cycles = 100_000;

    @Option(names = "--workers", defaultValue = "8", description = "how many at a time; default 8")
    private int workers = 8;

    @Option(
            names = "--host",
            defaultValue = "netty",
            description = "what carries the server: ${COMPLETION-CANDIDATES}; default netty")
    private Host host = Host.NETTY;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final LongAdder[] done = adders();
    private final LongAdder[] broken = adders();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger disconnections = new AtomicInteger();

    private static LongAdder[] adders() {
        return Stream.generate(LongAdder::new).limit(SoakCycle.values().length).toArray(LongAdder[]::new);
    }

    @Override
    @SuppressWarnings("EnumOrdinal")
    public Integer call() throws Exception {
        LeakCounter.install();
        SocketIoServer io = server();
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host);
        run(io.port(), Math.max(cycles / 10, SoakCycle.values().length * 10));
        List<String> left = new ArrayList<>(settle(io));
        Inventory before = Inventory.take();
        out.println("after warming up: " + before.summary());
        long start = System.nanoTime();
        run(io.port(), cycles);
        left.addAll(settle(io));
        Inventory after = Inventory.take();
        out.printf(
                "%d cycles in %d s: %s%n",
                cycles, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start), after.summary());
        for (SoakCycle kind : SoakCycle.values()) {
            out.printf(
                    "  %-28s %8d, of them %d cut short%n",
                    kind, done[kind.ordinal()].sum(), broken[kind.ordinal()].sum());
        }
        left.addAll(after.grownSince(before));
        if (connections.get() != disconnections.get()) {
            left.add(connections + " sockets connected, " + disconnections + " disconnected");
        }
        if (LeakCounter.LEAKS.sum() > 0) {
            left.add(LeakCounter.LEAKS.sum() + " buffers were not released");
        }
        io.close().join();
        left.forEach(line -> out.println("LEFT BEHIND: " + line));
        out.println(left.isEmpty() ? "nothing is left behind" : "failed");
        return left.isEmpty() ? 0 : 1;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // questions whose clients go away are part of the game
    private SocketIoServer server() {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .engine(engine -> engine.pingInterval(Duration.ofSeconds(1))
                        .pingTimeout(Duration.ofSeconds(1))
                        .upgradeTimeout(Duration.ofMillis(500)))
                .connectTimeout(Duration.ofSeconds(1))
                .build());
        io.onConnection(socket -> {
            connections.incrementAndGet();
            socket.join("everybody", "room-" + connections.get() % 100);
            socket.onDisconnect((reason, description) -> disconnections.incrementAndGet());
            socket.on("echo", (args, ack) -> ack.send(args.get(0)));
            socket.on(
                    "ask",
                    (args, ack) -> socket.timeout(Duration.ofMinutes(10))
                            .emitWithAck("question")
                            .exceptionally(gone -> null));
            socket.on("all", (args, ack) -> io.to("everybody").emit("news", args.get(0)));
        });
        io.of("/other", socket -> socket.join("others"));
        return io;
    }

    private void run(int port, int count) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        AtomicInteger next = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(workers);
        SoakCycle[] kinds = SoakCycle.values();
        for (int worker = 0; worker < workers; worker++) {
            pool.execute(() -> {
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    int n = i % kinds.length;
                    SoakCycle kind = kinds[n];
                    done[n].increment();
                    try {
                        kind.run(port, i);
                    } catch (Exception e) {
                        broken[n].increment();
                        if (broken[n].sum() <= 3) {
                            out.println(kind + ": " + e);
                        }
                    }
                }
                ended.countDown();
            });
        }
        ended.await();
        pool.shutdown();
    }

    /** Waits until the server has noticed every end; what has not gone away by then. */
    private List<String> settle(SocketIoServer io) {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        List<String> left = List.of("nothing was looked at");
        while (System.nanoTime() < patience) {
            left = counts(io);
            if (left.isEmpty()) {
                return left;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        return left;
    }

    private List<String> counts(SocketIoServer io) {
        List<String> left = new ArrayList<>();
        if (io.engine().clientsCount() != 0) {
            left.add(io.engine().clientsCount() + " sessions");
        }
        for (String namespace : List.of("/", "/other")) {
            if (!io.of(namespace).sockets().isEmpty()) {
                left.add(io.of(namespace).sockets().size() + " sockets in " + namespace);
            }
            if (!io.of(namespace).adapter().rooms().isEmpty()) {
                left.add(io.of(namespace).adapter().rooms().size() + " rooms in " + namespace);
            }
        }
        if (connections.get() != disconnections.get()) {
            left.add((connections.get() - disconnections.get()) + " disconnect events missing");
        }
        return left;
    }

    /** Counts what the leak detector finds. */
    private static final class LeakCounter extends ResourceLeakDetectorFactory {
        static final LongAdder LEAKS = new LongAdder();

        static void install() {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
            ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new LeakCounter());
        }

        @Override
        @Deprecated
        @SuppressWarnings({"deprecation", "InlineMeSuggester"})
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
            return new ResourceLeakDetector<>(resource, samplingInterval) {
                @Override
                protected void reportTracedLeak(String resourceType, String records) {
                    LEAKS.increment();
                    super.reportTracedLeak(resourceType, records);
                }

                @Override
                protected void reportUntracedLeak(String resourceType) {
                    LEAKS.increment();
                    super.reportUntracedLeak(resourceType);
                }
            };
        }
    }
}
