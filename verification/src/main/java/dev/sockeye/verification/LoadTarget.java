package dev.sockeye.verification;

import dev.sockeye.admin.AdminAuth;
import dev.sockeye.admin.AdminUi;
import dev.sockeye.admin.AdminUiOptions;
import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.metrics.SockeyeMetrics;
import dev.sockeye.netty.Certificates;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.netty.NettyIo;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.RateLimit;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.host.Host;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The server that the load generator measures. */
@Command(name = "load-target", description = "the server that the load generator measures")
final class LoadTarget implements Callable<Integer> {
    @Mixin
    private final ServerArguments arguments = new ServerArguments();

    @Option(
            names = "--execution",
            defaultValue = "default",
            description = "where handlers run: default (mailboxes) or event-loop")
    private String execution = "default";

    @Option(names = "--io", defaultValue = "auto", description = "auto, epoll, io_uring or nio")
    private String io = "auto";

    enum Tls {
        jdk,
        openssl
    }

    @Option(names = "--tls", description = "TLS with a generated certificate, by ${COMPLETION-CANDIDATES}")
    private @Nullable Tls tls;

    @Option(names = "--webtransport", description = "TLS by the JDK and WebTransport, with a generated certificate")
    private boolean webTransport;

    @Option(names = "--deflate", description = "perMessageDeflate with default options")
    private boolean deflate;

    @Option(names = "--msgpack", description = "the msgpack parser")
    private boolean msgpack;

    @Option(names = "--recovery", description = "connection state recovery")
    private boolean recovery;

    @Option(names = "--watched", description = "catch-all listeners in and out, middlewares of namespace and socket")
    private boolean watched;

    @Option(names = "--metrics", description = "all meters, in a registry for Prometheus")
    private boolean metrics;

    @Option(names = "--admin", description = "the Admin UI in production mode")
    private boolean admin;

    @Option(
            names = "--rate-limits",
            description = "limits for events and bytes of a socket and for events of an address, never reached")
    private boolean rateLimits;

    private final LongAdder events = new LongAdder();

    @Override
    public Integer call() throws Exception {
        SocketIoServerOptions.Builder options = SocketIoServerOptions.builder()
                .engine(engine -> arguments
                        .engine(engine, 25_000, 20_000)
                        .maxHttpBufferSize(4_000_000)
                        .perMessageDeflate(deflate))
                .execution(
                        switch (execution) {
                            case "default" -> HandlerExecution.automatic();
                            case "event-loop" -> HandlerExecution.eventLoop();
                            default -> throw new IllegalArgumentException("unknown execution " + execution);
                        });
        if (msgpack) {
            options.parser(MsgpackParser.create());
        }
        if (recovery) {
            options.connectionStateRecovery(true);
        }
        if (rateLimits) {
            RateLimit most = RateLimit.perSecond(1_000_000_000);
            options.rateLimits(
                    limits -> limits.eventsPerSocket(most).bytesPerSocket(most).eventsPerAddress(most));
        }
        SocketIoServer server = SocketIoServer.create(options.build());
        if (metrics) {
            SockeyeMetrics.of(server).bindTo(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        }
        if (admin) {
            AdminUi.instrument(
                    server,
                    AdminUiOptions.builder()
                            .auth(AdminAuth.none())
                            .mode(AdminUiOptions.Mode.PRODUCTION)
                            .servePage(false)
                            .build());
        }
        if (watched) {
            server.use((socket, next) -> next.next());
            server.onConnection(this::watch);
        }
        // handlers that do not depend on a socket are created once
        RawHandler echo = (args, ack) -> ack.send(args.get(0));
        RawHandler broadcast = (args, ack) -> server.emit("broadcast", args.get(0));
        RawHandler room = (args, ack) -> server.to(String.valueOf(args.get(0))).emit("room", args.get(1));
        server.onConnection(socket -> {
            socket.on("echo", echo);
            socket.on("broadcast", broadcast);
            socket.on("join", (args, ack) -> socket.join(String.valueOf(args.get(0))));
            socket.on("room", room);
            socket.on("bin", echo);
        });
        server.listen(arguments.address(), host());
        return ServerArguments.serving(server.port());
    }

    private void watch(Socket socket) {
        socket.use((event, next) -> next.next());
        socket.onAny((event, args) -> events.increment());
        socket.onAnyOutgoing((event, args) -> events.increment());
    }

    private EngineHostProvider host() throws Exception {
        if (arguments.host == Host.NETTY) {
            NettyHostOptions.Builder options =
                    NettyHostOptions.builder().io(NettyIo.valueOf(io.toUpperCase(Locale.ROOT)));
            if (webTransport) {
                KeyManagerFactory keys = certificate().toKeyManagerFactory();
                options.tls(Certificates.fromKeyManagers(() -> keys, https -> {}))
                        .webTransport(true);
            } else if (tls != null) {
                options.sslContext(sslContext(tls));
            }
            return new NettyHostProvider(options.build());
        } else if (!io.equals("auto") || tls != null || webTransport) {
            throw new IllegalArgumentException("--io, --tls and --webtransport are for the netty host only");
        }
        return arguments.host;
    }

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static SslContext sslContext(Tls tls) throws Exception {
        return SslContextBuilder.forServer(certificate().toKeyManagerFactory())
                .sslProvider(tls == Tls.jdk ? SslProvider.JDK : SslProvider.OPENSSL)
                .build();
    }
}
