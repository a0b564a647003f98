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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Four servers behind a load balancer, with steady numbered traffic, and faults. */
@Command(
        name = "cluster-faults",
        description =
                "four servers: the broker slow, full, killed, unavailable; servers paused and killed; prints sent, delivered, lost,"
                        + " duplicated for each adapter")
public final class ClusterFaults implements Callable<Integer> {
    private static final int SERVERS = 4;

    @Option(names = "--adapter", split = ",", description = "${COMPLETION-CANDIDATES}; default all")
    private List<Broker> brokers = List.of(Broker.values());

    @Option(names = "--rate", defaultValue = "50", description = "events per second of each server; default 50")
    private int rate = 50;

    @Option(names = "--clients", defaultValue = "12", description = "number of clients; default 12")
    private int clients = 12;

    @Option(names = "--away", defaultValue = "3", description = "seconds that the broker is unavailable; default 3")
    private int away = 3;

    @Option(names = "--pause", defaultValue = "8", description = "seconds that a server is paused; default 8")
    private int pause = 8;

    @Option(names = "--slow", defaultValue = "10", description = "seconds that the broker is slow; default 10")
    private int slow = 10;

    @Option(names = "--full", defaultValue = "5", description = "seconds that the broker is full; default 5")
    private int full = 5;

    @Option(
            names = "--only",
            defaultValue = "",
            description = "only the faults whose names match this regular expression")
    private String only = "";

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private record Server(String id, Child process, int port) {}

    private interface Fault {
        void happen() throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        boolean well = true;
        for (Broker broker : brokers) {
            try (BrokerServer server = broker.start(true)) {
                if (server == null) {
                    out.println(broker + ": skipped, " + broker.missing());
                } else {
                    well &= new Run(broker, server).run();
                }
            }
        }
        return well ? 0 : 1;
    }

    private final class Run {
        private final Broker broker;
        private final BrokerServer server;
        private final Server[] servers = new Server[SERVERS];
        private final List<Ledger> ledgers = new ArrayList<>();
        private final Balancer balancer = new Balancer();
        private final Map<String, Integer> sent = new HashMap<>();
        private Totals before = Totals.NONE;
        private int started;

        Run(Broker broker, BrokerServer server) throws Exception {
            this.broker = broker;
            this.server = server;
        }

        private Server start() throws Exception {
            String id = "server-" + started++;
            Child process =
                    Child.java(List.of("--adapter", broker.name(), "--broker", server.uri(), "--id", id, "--recovery"));
            Server server = new Server(id, process, Integer.parseInt(process.expect("listening")));
            balancer.add(server.port);
            return server;
        }

        private void settle() throws Exception {
            for (Server server : servers) {
                for (int i = 0; i < 100 && !server.process.ask("count", "count").equals("" + SERVERS); i++) {
                    Waiting.pass(Duration.ofMillis(100));
                }
            }
        }

        private Socket client(SocketIoClient io) {
            Ledger ledger = new Ledger();
            ledgers.add(ledger);
            ClientOptions options = ClientOptions.builder()
                    .transports(TransportName.WEBSOCKET)
                    .forceNew(true)
                    .reconnectionDelay(Duration.ofMillis(200))
                    .reconnectionDelayMax(Duration.ofSeconds(1))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return io.socket(balancer.url(), options, socket -> {
                socket.onConnect(() -> ledger.connected(socket.recovered()));
                socket.on("n", (args, ack) -> {
                    if (args.get(1) instanceof Number number) {
                        ledger.received(String.valueOf(args.get(0)), number.intValue());
                    }
                });
            });
        }

        private Totals totals() {
            Totals sum = Totals.NONE;
            for (Ledger ledger : ledgers) {
                sum = sum.plus(ledger.totals());
            }
            return sum;
        }

        private void phase(String name, int seconds, Fault fault) throws Exception {
            if (!Pattern.compile(only).matcher(name).find()) {
                return;
            }
            fault.happen();
            Waiting.pass(Duration.ofSeconds(seconds));
            Totals now = totals();
            print(name, now.minus(before));
            before = now;
            warnings();
        }

        private void warnings() {
            for (Server server : servers) {
                List<String> warnings = server.process.warnings();
                warnings.stream()
                        .distinct()
                        .forEach(warning -> out.println("    " + server.id + " warned "
                                + Collections.frequency(warnings, warning) + " times: " + warning));
            }
        }

        private void print(String name, Totals totals) {
            out.printf(
                    Locale.ROOT,
                    "  %-46s %8d delivered %6d lost %5d duplicated %5d out of order %3d recovered %3d new (missed %d)%n",
                    name,
                    totals.delivered(),
                    totals.lost(),
                    totals.duplicated(),
                    totals.disordered(),
                    totals.recovered(),
                    totals.anew(),
                    totals.missed());
        }

        private void health(int index) throws Exception {
            out.println("    health of " + servers[index].id + " (lost, waiting, problem): "
                    + servers[index].process.ask("health", "health"));
        }

        boolean run() throws Exception {
            out.println(broker + ": " + SERVERS + " servers, " + clients + " clients, " + SERVERS * rate
                    + " events a second to all");
            try (SocketIoClient io = SocketIoClient.create()) {
                for (int i = 0; i < SERVERS; i++) {
                    servers[i] = start();
                }
                settle();
                List<Socket> sockets = new ArrayList<>();
                for (int i = 0; i < clients; i++) {
                    sockets.add(client(io));
                }
                for (Socket socket : sockets) {
                    socket.connectBlocking(Duration.ofMinutes(2));
                }
                for (Server server : servers) {
                    server.process.say("go " + rate);
                }
                faults();
                return end();
            } finally {
                for (Server server : servers) {
                    if (server != null) {
                        server.process.close();
                    }
                }
                balancer.close();
            }
        }

        private void faults() throws Exception {
            phase("no fault", 5, () -> {});
            phase("the clients of a server lose their connections", 4, () -> balancer.cut(servers[0].port));
            phase("the broker is paused for 2 s", 5, () -> {
                server.pause();
                Waiting.pass(Duration.ofSeconds(2));
                server.resume();
            });
            phase("the broker is slow for " + slow + " s", 5, this::slow);
            phase("the broker is full for " + full + " s", 6, () -> {
                server.fill();
                Waiting.pass(Duration.ofSeconds(full));
                health(0);
                server.makeRoom();
            });
            phase("the broker is killed and " + away + " s unavailable", 6, () -> {
                server.kill();
                Waiting.pass(Duration.ofSeconds(away));
                health(0);
                server.startAgain();
            });
            health(0);
            phase("a server is paused for " + pause + " s", 4, () -> {
                servers[1].process.signal("STOP");
                balancer.remove(servers[1].port);
                Waiting.pass(Duration.ofSeconds(pause));
                servers[1].process.signal("CONT");
                balancer.add(servers[1].port);
            });
            phase("a server is killed and replaced", 8, () -> {
                Server killed = servers[2];
                balancer.remove(killed.port);
                killed.process.kill();
                sent.put(killed.id, -1);
                servers[2] = start();
                servers[2].process.say("go " + rate);
            });
            phase("the clients of a server lose their connections", 4, () -> balancer.cut(servers[3].port));
        }

        /** Lets the broker run for only a tenth of the time. */
        private void slow() throws Exception {
            long end = System.nanoTime() + Duration.ofSeconds(slow).toNanos();
            while (System.nanoTime() < end) {
                server.pause();
                Waiting.pass(Duration.ofMillis(450));
                server.resume();
                Waiting.pass(Duration.ofMillis(50));
            }
            health(0);
        }

        private boolean end() throws Exception {
            for (Server server : servers) {
                sent.put(server.id, Integer.valueOf(server.process.ask("stop", "stopped")));
            }
            Waiting.pass(Duration.ofSeconds(3));
            // of a server that was killed, only the messages that a client received are known
            sent.replaceAll((id, count) -> count >= 0
                    ? count
                    : 1
                            + ledgers.stream()
                                    .mapToInt(ledger -> ledger.last(id))
                                    .max()
                                    .orElse(-1));
            ledgers.forEach(ledger -> ledger.end(sent));
            Totals all = totals();
            long number = sent.values().stream().mapToLong(Integer::longValue).sum();
            out.printf(
                    Locale.ROOT,
                    "  sent %d events to %d clients = %d deliveries expected%n",
                    number,
                    clients,
                    number * clients);
            print("in all", all);
            long counted = 0;
            for (Server server : servers) {
                String health = server.process.ask("health", "health");
                counted += Long.parseLong(health.substring(0, health.indexOf(' ')));
                if (!health.endsWith(" well")) {
                    out.println("  NOT WELL: " + server.id + " " + health);
                    return false;
                }
            }
            out.println("  messages for other servers that the servers count as lost: " + counted);
            boolean exact = all.lost() == 0 && all.duplicated() == 0 && all.disordered() == 0;
            if (broker.isDurable()) {
                out.println("  " + broker
                        + (exact ? ": nothing lost, duplicated or out of order" : " FAILED: it must lose nothing"));
            }
            return !broker.isDurable() || (exact && counted == 0);
        }
    }
}
