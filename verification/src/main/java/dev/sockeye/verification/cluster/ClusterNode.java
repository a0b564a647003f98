package dev.sockeye.verification.cluster;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One server of the cluster programs, in a separate process. It is controlled by lines on standard input: {@code go RATE} emits
 * {@code n(id, number, nanoTime, payload)} to all clients at this rate per second; {@code stop} stops that and prints {@code
 * stopped COUNT}; {@code health} and {@code count} print its health and the number of servers; {@code drain SECONDS} takes it
 * out of service and ends it.
 */
@Command(name = "cluster-node", description = "one server of cluster-faults and cluster-bench", hidden = true)
public final class ClusterNode implements Callable<Integer> {
    @Option(names = "--adapter", required = true)
    private Broker broker = Broker.PUBSUB;

    @Option(names = "--broker", required = true)
    private String uri = "";

    @Option(names = "--id", required = true)
    private String id = "";

    @Option(names = "--recovery")
    private boolean recovery;

    @Option(names = "--burst", defaultValue = "1")
    private int burst = 1;

    @Option(names = "--payload", defaultValue = "32")
    private int payload = 32;

    @Option(names = "--ping", defaultValue = "3", description = "seconds between two heartbeats")
    private int ping = 3;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private volatile int rate;
    private int number;

    @Override
    public Integer call() throws Exception {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .adapter(broker.adapter(uri))
                .connectionStateRecovery(recovery)
                .engine(engine -> engine.pingInterval(Duration.ofSeconds(ping))
                        .pingTimeout(Duration.ofSeconds(Math.max(2, ping / 2))))
                .build());
        io.onConnection(socket -> {});
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ClusterAdapter adapter = (ClusterAdapter) io.sockets().adapter();
        out.println("listening " + io.port());
        Thread emitter = null;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("go ")) {
                    rate = Integer.parseInt(line.substring(3));
                    int each = rate;
                    emitter = new Thread(() -> emit(io, each), "emitter");
                    emitter.setDaemon(true);
                    emitter.start();
                } else if (line.equals("stop")) {
                    rate = 0;
                    if (emitter != null) {
                        emitter.join();
                    }
                    out.println("stopped " + number);
                } else if (line.startsWith("drain ")) {
                    io.drain(Duration.ofSeconds(Integer.parseInt(line.substring(6))))
                            .join();
                    out.println("drained 0");
                    return 0;
                } else if (line.equals("count")) {
                    out.println("count " + adapter.serverCount().join());
                } else if (line.equals("health")) {
                    ClusterHealth health = adapter.health();
                    out.println("health " + health.lost() + " " + health.waiting() + " "
                            + (health.problem() == null ? "well" : health.problem()));
                }
            }
        }
        return 0;
    }

    private void emit(SocketIoServer io, int each) {
        String text = "x".repeat(payload);
        long start = System.nanoTime();
        long sent = 0;
        while (rate > 0) {
            long now = System.nanoTime();
            long due = (now - start) * each / 1_000_000_000L;
            due -= due % burst;
            if (due - sent > each) {
                start = now; // this process was suspended: do not catch up on what was due in the meantime
                sent = 0;
                continue;
            }
            for (; sent < due; sent++) {
                io.emit("n", id, number++, System.nanoTime(), text);
            }
            LockSupport.parkNanos(start + (sent + burst) * 1_000_000_000L / each - System.nanoTime());
        }
    }
}
