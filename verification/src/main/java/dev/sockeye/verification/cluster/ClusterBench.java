package dev.sockeye.verification.cluster;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Two servers, one of which broadcasts to the clients of both; alternates between Sockeye and the official servers. */
@Command(
        name = "cluster-bench",
        description =
                "the cost of a broadcast over two servers, Java compared with Node (needs adapter-redis/src/test/js with its"
                        + " packages: run ./test once, or npm ci there)")
public final class ClusterBench implements Callable<Integer> {
    private static final Path REDIS_SCRIPTS = Path.of("adapter-redis/src/test/js");
    private static final String BESIDE = "Java of --beside";
    private static final Path POSTGRES_SCRIPTS = Path.of("adapter-postgres/src/test/js");

    @Option(names = "--adapter", split = ",", description = "${COMPLETION-CANDIDATES}; default all")
    private List<Broker> brokers = List.of(Broker.values());

    @Option(names = "--rate", defaultValue = "500", description = "broadcasts per second; default 500")
    private int rate = 500;

    @Option(names = "--clients", defaultValue = "25", description = "clients of each server; default 25")
    private int clients = 25;

    @Option(names = "--warm-up", defaultValue = "30", description = "seconds of warm-up, at twice the rate; default 30")
    private int warmUp = 30;

    @Option(names = "--seconds", defaultValue = "10", description = "seconds measured in each round; default 10")
    private int seconds = 10;

    @Option(names = "--rounds", defaultValue = "5", description = "number of rounds; default 5; the median is reported")
    private int rounds = 5;

    @Option(
            names = "--burst",
            defaultValue = "1",
            description = "broadcasts sent at a time, at a lower frequency; default 1")
    private int burst = 1;

    @Option(names = "--beside", description = "the class path of another build to measure as well")
    private @Nullable String beside;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private boolean apart;

    /** CPU microseconds for each broadcast, at the sender, the other server and the broker, and the latencies in milliseconds. */
    private record Round(double sender, double other, double redis, double ownMedian, double median, double p99) {}

    /** Two servers of one kind, and their clients. */
    private final class Pair implements AutoCloseable {
        final String kind;
        final List<Child> servers = new ArrayList<>();
        final SocketIoClient io = SocketIoClient.create();
        final Histogram own = new ConcurrentHistogram(3);
        final Histogram others = new ConcurrentHistogram(3);
        final BrokerServer redis;
        final AtomicInteger outOfOrder = new AtomicInteger();
        final List<Round> results = new ArrayList<>();

        Pair(String kind, Broker broker, BrokerServer redis) throws Exception {
            this.kind = kind;
            this.redis = redis;
            try {
                start(broker);
            } catch (Exception e) {
                close();
                throw e;
            }
        }

        private void start(Broker broker) throws Exception {
            for (int i = 0; i < 2; i++) {
                servers.add(server(broker, kind + i));
            }
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                String url = "http://127.0.0.1:" + servers.get(i).expect("listening");
                Histogram histogram = i == 0 ? own : others;
                for (int j = 0; j < clients; j++) {
                    sockets.add(client(url, histogram));
                }
            }
            for (Socket socket : sockets) {
                socket.connectBlocking(Duration.ofMinutes(2));
            }
            for (int i = 0; i < 100 && !servers.get(0).ask("count", "count").equals("2"); i++) {
                Waiting.pass(Duration.ofMillis(100));
            }
        }

        private Child server(Broker broker, String id) throws IOException {
            List<String> arguments = List.of(
                    "--adapter",
                    broker.name(),
                    "--broker",
                    redis.uri(),
                    "--id",
                    id,
                    "--burst",
                    Integer.toString(burst));
            List<String> pinned = apart ? List.of("taskset", "-c", "0") : List.of();
            if (kind.equals("Java")) {
                return Child.java(pinned, arguments);
            }
            if (kind.equals(BESIDE)) {
                return Child.java(pinned, Objects.requireNonNull(beside), arguments);
            }
            List<String> command = new ArrayList<>(pinned);
            command.addAll(List.of("node", "bench-node.mjs"));
            command.addAll(arguments);
            return new Child(Objects.requireNonNull(scripts(broker)), command);
        }

        private Socket client(String url, Histogram histogram) {
            ClientOptions options = ClientOptions.builder()
                    .transports(TransportName.WEBSOCKET)
                    .forceNew(true)
                    .build();
            AtomicInteger next = new AtomicInteger();
            return io.socket(
                    url,
                    options,
                    socket -> socket.on("n", (args, ack) -> {
                        if (args.get(1) instanceof Number number && args.get(2) instanceof Number sent) {
                            histogram.recordValue(Math.max(0, (System.nanoTime() - sent.longValue()) / 1000));
                            if (next.getAndSet(number.intValue() + 1) != number.intValue()) {
                                outOfOrder.incrementAndGet();
                            }
                        }
                    }));
        }

        /** Sends for some time and waits until everything has arrived; returns the number of broadcasts. */
        private int run(int time, int rate) throws IOException, InterruptedException {
            own.reset();
            others.reset();
            int before = Integer.parseInt(servers.get(0).ask("stop", "stopped"));
            servers.get(0).say("go " + rate);
            Waiting.pass(Duration.ofSeconds(time));
            int sent = Integer.parseInt(servers.get(0).ask("stop", "stopped")) - before;
            long expected = (long) sent * clients;
            for (int i = 0; i < 12_000 && (own.getTotalCount() < expected || others.getTotalCount() < expected); i++) {
                Waiting.pass(Duration.ofMillis(10));
            }
            boolean isNode = !kind.equals("Java") && !kind.equals(BESIDE);
            if (own.getTotalCount() != expected
                    || others.getTotalCount() != expected
                    || (outOfOrder.get() > 0 && !isNode)) {
                throw new IOException(kind + ": of " + expected + " deliveries the sender's clients had "
                        + own.getTotalCount() + ", the other's " + others.getTotalCount() + "; " + outOfOrder
                        + " were out of order");
            }
            return sent;
        }

        void measure() throws IOException, InterruptedException {
            long sender = servers.get(0).cpuMicros();
            long other = servers.get(1).cpuMicros();
            long broker = redis.cpuMicros();
            int sent = run(seconds, rate);
            results.add(new Round(
                    (servers.get(0).cpuMicros() - sender) / (double) sent,
                    (servers.get(1).cpuMicros() - other) / (double) sent,
                    (redis.cpuMicros() - broker) / (double) sent,
                    own.getValueAtPercentile(50) / 1000.0,
                    others.getValueAtPercentile(50) / 1000.0,
                    others.getValueAtPercentile(99) / 1000.0));
        }

        private double median(ToDoubleFunction<Round> part) {
            return results.stream().mapToDouble(part).sorted().toArray()[results.size() / 2];
        }

        void print(Broker broker) {
            out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.0f | %.0f | %.1f | %.0f | %.2f | %.2f | %.2f |%n",
                    broker.name().toLowerCase(Locale.ROOT),
                    kind,
                    median(Round::sender),
                    median(Round::other),
                    (median(Round::sender) + median(Round::other)) / (2 * clients),
                    median(Round::redis),
                    median(Round::ownMedian),
                    median(Round::median),
                    median(Round::p99));
            if (outOfOrder.get() > 0) {
                out.println("  " + kind + ": " + outOfOrder + " deliveries did not follow their predecessors");
            }
        }

        @Override
        public void close() {
            servers.forEach(Child::close);
            io.close();
        }
    }

    /** The location of the official server; {@code null} for a broker that it does not support. */
    private static @Nullable Path scripts(Broker broker) {
        return switch (broker) {
            case PUBSUB, SHARDED, STREAMS -> REDIS_SCRIPTS;
            case POSTGRES -> POSTGRES_SCRIPTS;
            case POSTGRES_DURABLE, KAFKA -> null;
        };
    }

    @Override
    public Integer call() throws Exception {
        for (Broker broker : brokers) {
            Path scripts = scripts(broker);
            if (scripts != null && !Files.isDirectory(scripts.resolve("node_modules"))) {
                out.println("no packages in " + scripts + ": run this in the repository, after ./test or npm ci there");
                return 1;
            }
        }
        apart = moveAway();
        out.printf(
                "%d clients on each of two servers, %d broadcasts a second by the first, %d at once, %d rounds of %d s after"
                        + " %d s of warm-up; %s%n",
                clients,
                rate,
                burst,
                rounds,
                seconds,
                warmUp,
                apart ? "servers on one core, clients and broker on another" : "all on the same cores");
        out.println(
                "| adapter | servers | sender µs/broadcast | other µs/broadcast | µs/delivery | broker µs/broadcast |"
                        + " own clients ms p50 | other's clients ms p50 | p99 |");
        out.println("|---|---|---|---|---|---|---|---|---|");
        for (Broker broker : brokers) {
            try (BrokerServer first = broker.start(false);
                    BrokerServer second = scripts(broker) == null ? null : broker.start(false);
                    BrokerServer third = beside == null ? null : broker.start(false)) {
                if (first == null) {
                    out.println(broker + ": skipped, " + broker.missing());
                    continue;
                }
                measure(broker, first, second, third);
            }
        }
        return 0;
    }

    /**
     * Each kind of server has its own broker, because otherwise all servers would form one cluster. All are running, but only
     * one pair is active at a time.
     */
    private void measure(Broker broker, BrokerServer first, @Nullable BrokerServer second, @Nullable BrokerServer third)
            throws Exception {
        try (Pair java = new Pair("Java", broker, first);
                Pair node = second == null ? null : new Pair("Node", broker, second);
                Pair other = third == null ? null : new Pair(BESIDE, broker, third)) {
            List<Pair> pairs =
                    Stream.of(java, other, node).filter(Objects::nonNull).toList();
            for (Pair pair : pairs) {
                pair.run(warmUp, 2 * rate);
            }
            for (int i = 0; i < rounds; i++) {
                for (Pair pair : pairs) {
                    pair.measure();
                }
            }
            pairs.forEach(pair -> pair.print(broker));
        }
    }

    /** If there are two cores and taskset: runs the servers on the first core, this process and the brokers on the second. */
    private static boolean moveAway() throws InterruptedException {
        try {
            return Runtime.getRuntime().availableProcessors() >= 2
                    && new ProcessBuilder(
                                            "taskset",
                                            "-a",
                                            "-p",
                                            "-c",
                                            "1",
                                            Long.toString(
                                                    ProcessHandle.current().pid()))
                                    .redirectErrorStream(true)
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .waitFor()
                            == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
