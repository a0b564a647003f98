package dev.sockeye.verification.soak;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.verification.cluster.Broker;
import dev.sockeye.verification.cluster.BrokerServer;
import dev.sockeye.verification.host.Host;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Two servers connected by Redis in one process, clients that stay, clients that come and go, and faults; samples the resources
 * of the process. Fails if they grow, if anything is left at the end, or if a fault has an unexpected result.
 */
final class LongSoak {
    private static final List<SoakFault> FAULTS = List.of(SoakFault.values());
    private static final List<SoakCycle> CYCLES = List.of(SoakCycle.values());
    private static final int STAYING = 20;
    private static final int CYCLES_FOR_A_FAULT = 20;
    private static final Duration REDIS_AWAY = Duration.ofSeconds(3);

    /**
     * The duration and load of a run.
     *
     * @param rate cycles per second
     * @param sample time between samples
     * @param redisEvery time between restarts of Redis
     * @param folder directory for the samples
     */
    record Plan(Duration length, double rate, Duration sample, Duration redisEvery, Path folder) {}

    private final Plan plan;
    private final Broker broker;
    private final Host host;
    private final PrintStream out;
    private final Map<String, LongAdder> done = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> broken = new ConcurrentHashMap<>();
    private final LongAdder answered = new LongAdder();
    private final LongAdder unanswered = new LongAdder();
    private final LongAdder news = new LongAdder();
    private final long start = System.nanoTime();
    private final List<Footprint> samples = new ArrayList<>();

    LongSoak(Plan plan, Broker broker, Host host, PrintStream out) {
        this.plan = plan;
        this.broker = broker;
        this.host = host;
        this.out = out;
    }

    int run() throws Exception {
        Files.createDirectories(plan.folder());
        Files.writeString(plan.folder().resolve("soak.csv"), Footprint.HEADER + "\n");
        List<String> wrong = new ArrayList<>();
        try (BrokerServer redis = broker.start(false)) {
            if (redis == null) {
                out.println(broker.missing());
                return 1;
            }
            try (SoakServers servers = new SoakServers(broker, redis.uri(), host)) {
                wrong.addAll(load(servers, redis));
                wrong.addAll(servers.left(Duration.ofSeconds(60)));
            }
        }
        wrong.addAll(Footprint.growth(samples));
        if (LeakCounter.LEAKS.sum() > 0) {
            wrong.add(LeakCounter.LEAKS.sum() + " buffers were not released");
        }
        new TreeMap<>(done)
                .forEach((name, count) -> out.printf(
                        "  %-32s %8d, of them %d cut short%n",
                        name,
                        count.sum(),
                        broken.getOrDefault(name, new LongAdder()).sum()));
        out.printf(
                "  clients that stay: %d questions answered, %d not, %d broadcasts received%n",
                answered.sum(), unanswered.sum(), news.sum());
        wrong.forEach(line -> out.println("WRONG: " + line));
        out.println(wrong.isEmpty() ? "memory is flat, no leaks" : "failed");
        return wrong.isEmpty() ? 0 : 1;
    }

    private double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    private List<String> load(SoakServers servers, BrokerServer redis) throws Exception {
        List<String> wrong = new ArrayList<>();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                4,
                4,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(8),
                (task, full) -> count(done, "not run: all busy"));
        try (SocketIoClient clients = SocketIoClient.create()) {
            List<Socket> staying = new ArrayList<>();
            for (int i = 0; i < STAYING; i++) {
                staying.add(stay(clients, servers.port(i), i));
            }
            Inventory early = null;
            double length = plan.length().toMillis() / 1e3;
            double nextSample = 0;
            double nextRestart = plan.redisEvery().toMillis() / 1e3;
            for (int i = 0; seconds() < length; i++) {
                int n = i;
                pool.execute(() -> cycle(servers, n));
                if (i % Math.max(1, (int) plan.rate()) == 0) {
                    oncePerSecond(servers, staying, i);
                }
                if (seconds() >= nextRestart) {
                    nextRestart = seconds() + plan.redisEvery().toMillis() / 1e3;
                    redis.kill();
                    SoakCycle.pass(REDIS_AWAY.toMillis());
                    redis.startAgain();
                    count(done, "REDIS_RESTART");
                }
                if (seconds() >= nextSample) {
                    nextSample = seconds() + plan.sample().toMillis() / 1e3;
                    sample(servers.sessions());
                }
                if (early == null && seconds() > length / 4) {
                    early = Inventory.take();
                }
                SoakCycle.pass((long) Math.max(1, 1000 * ((i + 1) / plan.rate() - seconds())));
            }
            pool.shutdown();
            if (!pool.awaitTermination(2, TimeUnit.MINUTES)) {
                wrong.add("cycles that do not end");
            }
            if (early != null) {
                Inventory late = Inventory.take();
                out.println("after a quarter: " + early.summary() + "; at the end: " + late.summary());
                wrong.addAll(late.grownSince(early));
            }
            for (Socket socket : staying) {
                if (!socket.connected()) {
                    wrong.add("a client that should stay is not connected at the end");
                }
            }
        } finally {
            pool.shutdownNow();
        }
        return wrong;
    }

    private Socket stay(SocketIoClient clients, int port, int n) {
        ClientOptions options = ClientOptions.builder()
                .forceNew(true)
                .transports(n % 3 == 0 ? TransportName.POLLING : TransportName.WEBSOCKET)
                .reconnectionDelay(Duration.ofMillis(500))
                .reconnectionDelayMax(Duration.ofSeconds(2))
                .build();
        return clients.socket("http://127.0.0.1:" + port, options, socket -> {
            socket.onConnect(() -> socket.emit("join", "staying"));
            socket.on("news", (args, ack) -> news.increment());
            socket.on("question", (args, ack) -> ack.send("yes"));
        });
    }

    /** Requests in both directions, a broadcast through Redis, and a cut connection of one of the staying clients. */
    private void oncePerSecond(SoakServers servers, List<Socket> staying, int n) {
        for (Socket socket : staying) {
            var unused = socket.timeout(Duration.ofSeconds(30))
                    .emitWithAck("echo", n)
                    .whenComplete((answer, error) -> (error == null ? answered : unanswered).increment());
        }
        servers.broadcast("staying", "x".repeat(200));
        servers.cutOne("staying", n);
    }

    private void cycle(SoakServers servers, int n) {
        int port = servers.port(n);
        if (n % CYCLES_FOR_A_FAULT == 0) {
            SoakFault fault = FAULTS.get(n / CYCLES_FOR_A_FAULT % FAULTS.size());
            attempt(fault.name(), () -> fault.run(port));
        } else {
            SoakCycle kind = CYCLES.get(n % CYCLES.size());
            attempt(kind.name(), () -> kind.run(port, n));
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private void attempt(String name, Attempt attempt) {
        count(done, name);
        try {
            attempt.run();
        } catch (IOException | RuntimeException e) {
            if (count(broken, name) <= 3) {
                out.println(name + " after " + (int) seconds() + " s: " + e);
            }
        }
    }

    private static long count(Map<String, LongAdder> counters, String name) {
        LongAdder counter = counters.computeIfAbsent(name, unused -> new LongAdder());
        counter.increment();
        return counter.sum();
    }

    private void sample(int sessions) throws IOException {
        Footprint now = Footprint.take(seconds(), sessions);
        samples.add(now);
        Files.writeString(plan.folder().resolve("soak.csv"), now.row() + "\n", StandardOpenOption.APPEND);
        if (samples.size() > 1) {
            FootprintChart.draw(samples, plan.folder().resolve("soak.png"));
        }
    }
}
