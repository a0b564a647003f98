package dev.sockeye.verification.cluster;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.TransportName;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Two servers, one of which tells all clients of both; ours and the official ones by turns, on the same Redis. */
@Command(
        name = "cluster-bench",
        description =
                "what a broadcast over two servers costs, Java beside Node (needs adapter-redis/src/test/js with its"
                        + " packages: run ./test once, or npm ci there)")
public final class ClusterBench implements Callable<Integer> {
    private static final Path SCRIPTS = Path.of("adapter-redis/src/test/js");

    @Option(names = "--adapter", split = ",", description = "${COMPLETION-CANDIDATES}; default all")
    private List<Broker> brokers = List.of(Broker.PUBSUB, Broker.SHARDED, Broker.STREAMS);

    @Option(names = "--rate", defaultValue = "200", description = "broadcasts a second; default 200")
    private int rate = 200;

    @Option(names = "--clients", defaultValue = "25", description = "for each server; default 25")
    private int clients = 25;

    @Option(names = "--warm-up", defaultValue = "15", description = "seconds; default 15")
    private int warmUp = 15;

    @Option(names = "--seconds", defaultValue = "10", description = "measured in each round; default 10")
    private int seconds = 10;

    @Option(names = "--rounds", defaultValue = "3", description = "default 3; the median counts")
    private int rounds = 3;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /** Microseconds of CPU for each broadcast at the sender, the other server and Redis, and milliseconds on the way. */
    private record Round(double sender, double other, double redis, double ownMedian, double median, double p99) {}

    /** Two servers of a kind, with their clients. */
    private final class Pair implements AutoCloseable {
        final String kind;
        final List<Child> servers = new ArrayList<>();
        final SocketIoClient io = SocketIoClient.create();
        final Histogram own = new ConcurrentHistogram(3);
        final Histogram others = new ConcurrentHistogram(3);
        final AtomicInteger delivered = new AtomicInteger();
        final List<Round> results = new ArrayList<>();

        Pair(String kind, Broker broker, String redis) throws Exception {
            this.kind = kind;
            for (int i = 0; i < 2; i++) {
                List<String> arguments = List.of("--adapter", broker.name(), "--redis", redis, "--id", kind + i);
                List<String> command = new ArrayList<>(List.of("node", "bench-node.mjs"));
                command.addAll(arguments);
                servers.add(kind.equals("Java") ? Child.java(arguments) : new Child(SCRIPTS, command));
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
                socket.connectBlocking(Duration.ofSeconds(20));
            }
            for (int i = 0; i < 100 && !servers.get(0).ask("count", "count").equals("2"); i++) {
                Waiting.pass(Duration.ofMillis(100));
            }
        }

        private Socket client(String url, Histogram histogram) {
            ClientOptions options = ClientOptions.builder()
                    .transports(TransportName.WEBSOCKET)
                    .forceNew(true)
                    .build();
            return io.socket(
                    url,
                    options,
                    socket -> socket.on("n", (args, ack) -> {
                        if (args.get(2) instanceof Number sent) {
                            histogram.recordValue(Math.max(0, (System.nanoTime() - sent.longValue()) / 1000));
                            delivered.incrementAndGet();
                        }
                    }));
        }

        private int run(int time) throws IOException, InterruptedException {
            int before = Integer.parseInt(servers.get(0).ask("stop", "stopped"));
            servers.get(0).say("go " + rate);
            Waiting.pass(Duration.ofSeconds(time));
            return Integer.parseInt(servers.get(0).ask("stop", "stopped")) - before;
        }

        void warmUp() throws IOException, InterruptedException {
            run(warmUp);
            Waiting.pass(Duration.ofSeconds(1));
        }

        void measure(RedisServer redis) throws IOException, InterruptedException {
            own.reset();
            others.reset();
            delivered.set(0);
            long sender = servers.get(0).cpuMicros();
            long other = servers.get(1).cpuMicros();
            long broker = redis.cpuMicros();
            int sent = run(seconds);
            Waiting.pass(Duration.ofMillis(500));
            if (delivered.get() != sent * 2 * clients) {
                throw new IOException(kind + ": " + delivered.get() + " of " + sent * 2 * clients + " were delivered");
            }
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
        }

        @Override
        public void close() {
            servers.forEach(Child::close);
            io.close();
        }
    }

    @Override
    public Integer call() throws Exception {
        if (!Files.isDirectory(SCRIPTS.resolve("node_modules"))) {
            out.println("no packages in " + SCRIPTS + ": run this in the repository, after ./test or npm ci there");
            return 1;
        }
        out.printf(
                "%d clients on each of two servers, %d broadcasts a second by the first, %d rounds of %d s after %d s"
                        + " of warm-up%n",
                clients, rate, rounds, seconds, warmUp);
        out.println(
                "| adapter | servers | sender µs/broadcast | other µs/broadcast | µs/delivery | Redis µs/broadcast |"
                        + " own clients ms p50 | other's clients ms p50 | p99 |");
        out.println("|---|---|---|---|---|---|---|---|---|");
        for (Broker broker : brokers) {
            try (RedisServer redis = RedisServer.of(broker, false)) {
                if (redis == null) {
                    out.println(broker + ": skipped, no Redis 7 here");
                    continue;
                }
                measure(broker, redis);
            }
        }
        return 0;
    }

    private void measure(Broker broker, RedisServer redis) throws Exception {
        // both would be one cluster at the same time: so each kind is there alone, by turns
        for (String kind : List.of("Java", "Node")) {
            try (Pair pair = new Pair(kind, broker, redis.uri())) {
                pair.warmUp();
                for (int i = 0; i < rounds; i++) {
                    pair.measure(redis);
                }
                pair.print(broker);
            }
        }
    }
}
