package dev.sockeye.verification.cluster;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.verification.cluster.Ledger.Totals;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Three servers with connection state recovery, each drained and replaced in turn under steady traffic. */
@Command(
        name = "rolling-restart",
        description =
                "three servers around Redis streams, each drained and replaced in turn: prints lost, duplicated, and how the"
                        + " reconnections are spread",
        mixinStandardHelpOptions = true)
public final class RollingRestart implements Callable<Integer> {
    private static final int SERVERS = 3;
    private static final int PARTS = 5;

    @Option(names = "--adapter", defaultValue = "STREAMS", description = "${COMPLETION-CANDIDATES}; default STREAMS")
    private Broker broker = Broker.STREAMS;

    @Option(names = "--clients", defaultValue = "1000", description = "number of clients; default 1000")
    private int clients = 1000;

    @Option(
            names = "--rate",
            defaultValue = "10",
            description = "events per second of each server, to all clients; default 10")
    private int rate = 10;

    @Option(names = "--drain", defaultValue = "20", description = "maximum duration of a drain in seconds; default 20")
    private int drain = 20;

    @Option(names = "--settle", defaultValue = "5", description = "seconds between two replacements; default 5")
    private int settle = 5;

    @Option(names = "--ping", defaultValue = "25", description = "seconds between two heartbeats; default 25")
    private int ping = 25;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final List<Ledger> ledgers = new ArrayList<>();
    private final Map<String, Integer> sent = new HashMap<>();
    /** When clients were disconnected, in nanoseconds. */
    private final ConcurrentLinkedQueue<Long> disconnected = new ConcurrentLinkedQueue<>();

    private final Map<String, Integer> reasons = new ConcurrentHashMap<>();

    private int started;

    private record Server(String id, Child process, int port) {}

    @Override
    public Integer call() throws Exception {
        try (BrokerServer server = broker.start(false);
                Balancer balancer = new Balancer();
                SocketIoClient io = SocketIoClient.create()) {
            if (server == null) {
                out.println("skipped: " + broker.missing());
                return 1;
            }
            Server[] servers = new Server[SERVERS];
            try {
                for (int i = 0; i < SERVERS; i++) {
                    servers[i] = start(server.uri(), balancer);
                }
                boolean well = run(servers, server.uri(), balancer, io);
                out.println(well ? "all well" : "NOT WELL");
                return well ? 0 : 1;
            } finally {
                for (Server each : servers) {
                    if (each != null) {
                        each.process.close();
                    }
                }
            }
        }
    }

    private Server start(String uri, Balancer balancer) throws Exception {
        String id = "server-" + started++;
        Child process = Child.java(
                List.of("--adapter", broker.name(), "--broker", uri, "--id", id, "--recovery", "--ping", "" + ping));
        Server server = new Server(id, process, Integer.parseInt(process.expect("listening")));
        balancer.add(server.port);
        return server;
    }

    private boolean run(Server[] servers, String uri, Balancer balancer, SocketIoClient io) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            sockets.add(client(io, balancer.url()));
            if (i % 50 == 49) {
                connected(sockets);
            }
        }
        connected(sockets);
        for (Server each : servers) {
            each.process.say("go " + rate);
        }
        Waiting.pass(Duration.ofSeconds(settle));
        boolean well = true;
        for (int i = 0; i < SERVERS; i++) {
            well &= replace(servers, i, uri, balancer);
            connected(sockets);
            Waiting.pass(Duration.ofSeconds(settle));
        }
        for (Server each : servers) {
            sent.put(each.id, Integer.parseInt(each.process.ask("stop", "stopped")));
        }
        Waiting.pass(Duration.ofSeconds(settle));
        Totals all = Totals.NONE;
        for (Ledger ledger : ledgers) {
            ledger.end(sent);
            all = all.plus(ledger.totals());
        }
        out.printf(
                Locale.ROOT,
                "%d clients, %d sent: %d delivered, %d lost, %d duplicated, %d out of order, %d recovered, %d new (missed %d)%n",
                clients,
                sent.values().stream().mapToInt(Integer::intValue).sum(),
                all.delivered(),
                all.lost(),
                all.duplicated(),
                all.disordered(),
                all.recovered(),
                all.anew(),
                all.missed());
        sockets.forEach(Socket::disconnect);
        return well && all.lost() == 0 && all.missed() == 0 && all.duplicated() == 0 && all.anew() == 0;
    }

    private Socket client(SocketIoClient io, String url) {
        Ledger ledger = new Ledger();
        ledgers.add(ledger);
        ClientOptions options = ClientOptions.builder()
                .transports(TransportName.WEBSOCKET)
                .forceNew(true)
                .build();
        AtomicLong left = new AtomicLong();
        return io.socket(url, options, socket -> {
            socket.onConnect(() -> {
                ledger.connected(socket.recovered());
                if (left.get() != 0 && !socket.recovered()) {
                    out.printf(
                            Locale.ROOT,
                            "a client reconnected with a new socket %.1f s after it was disconnected%n",
                            (System.nanoTime() - left.get()) / 1e9);
                }
            });
            socket.onDisconnect((reason, details) -> {
                left.set(System.nanoTime());
                disconnected.add(left.get());
                reasons.merge(reason.text(), 1, Integer::sum);
            });
            socket.on("n", (args, ack) -> {
                if (args.get(1) instanceof Number number) {
                    ledger.received(String.valueOf(args.get(0)), number.intValue());
                }
            });
        });
    }

    private static void connected(List<Socket> sockets) throws InterruptedException {
        while (!sockets.stream().allMatch(Socket::connected)) {
            Waiting.pass(Duration.ofMillis(50));
        }
    }

    /** Starts a new server, then drains an old one; new clients are not sent to the old one in the meantime, as behind a load balancer. */
    private boolean replace(Server[] servers, int index, String uri, Balancer balancer) throws Exception {
        Server old = servers[index];
        servers[index] = start(uri, balancer);
        servers[index].process.say("go " + rate);
        disconnected.clear();
        reasons.clear();
        sent.put(old.id, Integer.parseInt(old.process.ask("stop", "stopped")));
        balancer.remove(old.port);
        long begin = System.nanoTime();
        old.process.ask("drain " + drain, "drained");
        double took = (System.nanoTime() - begin) / 1e9;
        int[] parts = new int[PARTS];
        for (long at : disconnected) {
            double share = (at - begin) / 1e9 / drain;
            parts[(int) Math.min(PARTS - 1, Math.max(0, share * PARTS))]++;
        }
        int all = Arrays.stream(parts).sum();
        int most = Arrays.stream(parts).max().orElse(0);
        out.printf(
                Locale.ROOT,
                "%s drained in %.1f s: %d clients disconnected %s, by fifths of %d s: %s%n",
                old.id,
                took,
                all,
                reasons,
                drain,
                Arrays.toString(parts));
        return most <= Math.max(3, all / 2);
    }
}
