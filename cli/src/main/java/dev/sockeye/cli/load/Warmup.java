package dev.sockeye.cli.load;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Scenario;
import dev.sockeye.cli.load.plan.Target;
import dev.sockeye.cli.load.report.Progress;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A short load on a server inside this process, so that the JVM compiles the load tester's own code before the measurement.
 * Otherwise the first seconds would distort the server's latencies.
 */
public final class Warmup {
    private static final int USERS = 200;
    /** All users of both sides hold a message of this size at the same time. */
    private static final int LARGEST = 16 * 1024;

    private final LoadPlan plan;

    Warmup(LoadPlan plan) {
        this.plan = plan;
    }

    void run() throws InterruptedException {
        SocketIoServer server = SocketIoServer.create(SocketIoServerOptions.builder()
                .execution(HandlerExecution.eventLoop())
                .parser(plan.options().parser())
                .engine(engine -> engine.maxHttpBufferSize(100_000_000))
                .build());
        server.onConnection(socket -> {
            socket.on("echo", (args, ack) -> ack.send(args.payload(0)));
            socket.on("bin", (args, ack) -> ack.send(args.get(0)));
        });
        try {
            server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            return; // no free port: continue without a warm-up
        }
        try {
            LoadPlan own = new LoadPlan(
                    Target.parse("http://127.0.0.1:" + server.port()),
                    List.of("/"),
                    Scenario.ECHO,
                    null,
                    USERS,
                    500,
                    Duration.ZERO,
                    Duration.ofMillis(300),
                    Math.min(plan.payload(), LARGEST),
                    plan.binary(),
                    1,
                    0,
                    1,
                    1,
                    Duration.ofSeconds(5),
                    1,
                    null,
                    plan.options().toBuilder()
                            .path("/socket.io")
                            .reconnection(false)
                            .build());
            PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
            new LoadRun(own, new Progress(nowhere, false, 80, true), null).run();
        } finally {
            close(server);
        }
    }

    private static void close(SocketIoServer server) throws InterruptedException {
        try {
            server.closeAsync().get(3, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // its connections are already closed; everything else ends with the process
        }
    }
}
