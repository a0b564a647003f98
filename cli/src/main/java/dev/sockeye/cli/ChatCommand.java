package dev.sockeye.cli;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.examples.Chat;
import dev.sockeye.netty.HttpFallback;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.socketio.server.SocketIoServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sockeye chat}: starts the example chat and serves it until the process exits. */
@Command(
        name = "chat",
        description = "Starts a chat server with a page for the browser.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class ChatCommand implements Callable<Integer> {

    @Option(
            names = {"-p", "--port"},
            defaultValue = "3000",
            description = "The port to listen on; 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--tls",
            description = "Serve HTTPS and WebTransport with a new certificate for localhost. The browser asks whether"
                    + " to trust it.")
    private boolean tls;

    @Option(names = "--metrics", description = "Serve Prometheus metrics at /metrics, without a password.")
    private boolean metrics;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec);
        if (port < 0 || port > 65_535) {
            throw new ParameterException(command.commandLine(), "--port must be 0 to 65535, was " + port);
        }
        ChatMetrics pages = new ChatMetrics(Chat.page());
        SocketIoServer io;
        try {
            io = tls
                    ? startWithTls(pages)
                    : Chat.start(
                            port, NettyHostOptions.builder().fallback(pages).build());
        } catch (IOException e) {
            command.commandLine().getErr().println("sockeye: " + e.getMessage());
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(io), "sockeye-close"));
        String url = (tls ? "https" : "http") + "://localhost:" + io.port() + "/";
        command.commandLine().getOut().println("The chat is running at " + url + " (press Ctrl-C to stop)");
        if (metrics) {
            pages.follow(io);
            command.commandLine().getOut().println("The metrics are available at " + url + "metrics");
        }
        command.commandLine().getOut().flush();
        new CountDownLatch(1).await();
        return 0;
    }

    private SocketIoServer startWithTls(HttpFallback page) throws IOException, InterruptedException {
        ShortLivedCertificate certificate = ShortLivedCertificate.create();
        HttpFallback hash = HttpFallback.answering(request -> new HostResponse(
                200,
                List.of(new Header("Content-Type", "text/plain")),
                certificate.hash().getBytes(StandardCharsets.US_ASCII)));
        return Chat.start(
                port,
                NettyHostOptions.builder()
                        .tls(certificate.keys(), certificate.password())
                        .webTransport(true)
                        .fallback(exchange ->
                                (exchange.request().uri().equals("/certificate-hash") ? hash : page).handle(exchange))
                        .build());
    }

    private static void close(SocketIoServer io) {
        try {
            io.closeAsync().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            System.err.println("sockeye: the chat server did not shut down cleanly: " + e);
        }
    }
}
