package dev.sockeye.verification;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.verification.host.Host;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The command line options of all verification servers. */
final class ServerArguments {
    @Option(names = "--port", required = true, description = "the port; 0 for any free port")
    int port;

    @Option(names = "--ping-interval", paramLabel = "MS", description = "pingInterval in milliseconds")
    @Nullable
    Integer pingInterval;

    @Option(names = "--ping-timeout", paramLabel = "MS", description = "pingTimeout in milliseconds")
    @Nullable
    Integer pingTimeout;

    @Option(names = "--allow-eio3", description = "also accept clients of protocol 3")
    boolean allowEio3;

    @Option(names = "--host", defaultValue = "netty", description = "the host: ${COMPLETION-CANDIDATES}; default netty")
    Host host = Host.NETTY;

    /** Engine options: the defaults of the verification server, overridden by the command line. */
    EngineOptions.Builder engine(EngineOptions.Builder builder, int interval, int timeout) {
        builder.pingInterval(Duration.ofMillis(pingInterval == null ? interval : pingInterval))
                .pingTimeout(Duration.ofMillis(pingTimeout == null ? timeout : pingTimeout));
        return allowEio3 ? builder.allowEIO3(true) : builder;
    }

    InetSocketAddress address() {
        return new InetSocketAddress("0.0.0.0", port);
    }

    /** Starts an engine on the host and serves until the process exits. */
    int serve(HostedEngine engine) throws IOException, InterruptedException {
        EngineHost opened = host.listen(address(), engine);
        return serving(opened.address().getPort());
    }

    /** Prints that the server is ready and waits until the process exits. */
    static int serving(int port) throws InterruptedException {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("listening " + port);
        new CountDownLatch(1).await();
        return 0;
    }
}
