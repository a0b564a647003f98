package dev.sockeye.verification.soak;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.cluster.Broker;
import dev.sockeye.verification.host.Host;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Connects and disconnects in every way, properly or not, and counts what is left behind. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description =
                "connect and disconnect 100,000 times, then look for what is left; with --hours: two servers under"
                        + " steady load and faults, and a picture of their memory")
public final class Soak implements Callable<Integer> {
    @Option(names = "--cycles", defaultValue = "100000", description = "number of cycles; default 100000")
    private int cycles = 100_000;

    @Option(names = "--workers", defaultValue = "8", description = "number of concurrent cycles; default 8")
    private int workers = 8;

    @Option(names = "--host", defaultValue = "netty", description = "the host: ${COMPLETION-CANDIDATES}; default netty")
    private Host host = Host.NETTY;

    @Option(
            names = "--hours",
            description =
                    "run for so long, with clients that stay, slow readers, great payloads, blocked handlers and a"
                            + " Redis that is killed, instead of counting cycles")
    private @Nullable Double hours;

    @Option(names = "--rate", defaultValue = "10", description = "with --hours: cycles per second; default 10")
    private double rate = 10;

    @Option(names = "--sample", defaultValue = "30", description = "with --hours: seconds between samples; default 30")
    private int sample = 30;

    @Option(
            names = "--redis-every",
            defaultValue = "10",
            description = "with --hours: minutes between two restarts of Redis; default 10")
    private double redisEvery = 10;

    @Option(
            names = "--adapter",
            defaultValue = "streams",
            description = "with --hours: ${COMPLETION-CANDIDATES}; default streams")
    private Broker adapter = Broker.STREAMS;

    @Option(
            names = "--out",
            defaultValue = "target/soak",
            description = "with --hours: folder of soak.csv and soak.png; default target/soak")
    private Path folder = Path.of("target/soak");

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
        if (hours != null) {
            return new LongSoak(
                            new LongSoak.Plan(
                                    Duration.ofMillis((long) (hours * 3_600_000)),
                                    rate,
                                    Duration.ofSeconds(sample),
                                    Duration.ofMillis((long) (redisEvery * 60_000)),
                                    folder),
                            adapter,
                            host,
                            out)
                    .run();
        }
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
        io.closeAsync().join();
        left.forEach(line -> out.println("LEAK: " + line));
        out.println(left.isEmpty() ? "no leaks" : "failed");
        return left.isEmpty() ? 0 : 1;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // requests to clients that disconnect are expected to fail
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

    /** Waits until the server has detected all disconnects; returns what is left. */
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
}
