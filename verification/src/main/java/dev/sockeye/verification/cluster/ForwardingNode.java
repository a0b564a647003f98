package dev.sockeye.verification.cluster;

import dev.sockeye.engineio.ForwardingCounts;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.host.Host;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One server of {@code forwarding}, in a separate process. It is controlled by lines on standard input: {@code counts} prints
 * the numbers of forwarded requests; {@code drain SECONDS} takes it out of service and ends it.
 */
@Command(name = "forwarding-node", description = "one server of forwarding", hidden = true)
public final class ForwardingNode implements Callable<Integer> {
    @Option(names = "--port", required = true)
    private int port;

    @Option(names = "--host", defaultValue = "netty")
    private Host host = Host.NETTY;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Override
    public Integer call() throws Exception {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .sessionForwarding(forwarding ->
                        forwarding.secret("a secret for one machine").address("http://127.0.0.1:" + port))
                .trustedProxies("127.0.0.1")
                .build());
        io.onConnection(socket -> socket.on("echo", (args, ack) -> ack.send(args.get(0))));
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), host);
        out.println("listening " + io.port());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("counts")) {
                    ForwardingCounts counts = io.engine().forwardingCounts();
                    if (counts != null) {
                        out.println("counts " + counts.local() + " " + counts.forwarded() + " " + counts.failed() + " "
                                + counts.refused() + " " + counts.received() + " "
                                + io.engine().clientsCount());
                    }
                } else if (line.startsWith("drain ")) {
                    io.drain(Duration.ofSeconds(Integer.parseInt(line.substring(6))))
                            .join();
                    out.println("drained 0");
                    return 0;
                }
            }
        }
        return 0;
    }
}
