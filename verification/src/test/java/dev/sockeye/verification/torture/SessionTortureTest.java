package dev.sockeye.verification.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.jakarta.JakartaOptions;
import dev.sockeye.jakarta.SockeyeServlet;
import dev.sockeye.netty.Certificates;
import dev.sockeye.netty.NettyHost;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.verification.host.Host;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Seeded random sessions on each host: each message that was accepted arrives once and in order, the reasons are right, and nothing is
 * left. The system property {@code torture.seed} repeats one seed, {@code torture.seeds} sets how many there are.
 */
@DisplayName("Random clients of sessions")
class SessionTortureTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(Long.getLong("torture.timeout", 60));
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int BATCH = 200;

    @TempDir
    private Path folder;

    private final ExecutorService others = Executors.newFixedThreadPool(2);
    private final ExecutorService clients = Executors.newFixedThreadPool(4);
    private final SessionServer server = new SessionServer(others);
    private @Nullable EngineHost host;
    private boolean container;

    @AfterEach
    void stop() {
        if (host != null) {
            host.close();
        }
        others.shutdownNow();
        clients.shutdownNow();
    }

    /** The system property {@code torture.host} chooses another one: a container, {@code HTTP2} or {@code WEBTRANSPORT}. */
    static String[] hosts() {
        return new String[] {System.getProperty("torture.host", "NETTY")};
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void losesAndLeavesNothing(String name) throws Exception {
        if (name.equals("HTTP2")) {
            overHttp2();
            return;
        } else if (name.equals("WEBTRANSPORT")) {
            overWebTransport();
            return;
        }
        Host kind = Host.valueOf(name);
        if (kind == Host.NETTY) {
            host = NettyHost.listen(
                    ANY,
                    server.engine,
                    NettyHostOptions.builder().loops(2).closeTimeout(LONG).build());
            run(random -> new Http1Link(host.address(), random, container));
            return;
        }
        SockeyeServlet servlet = new SockeyeServlet(
                server.engine,
                JakartaOptions.builder()
                        .loops(2)
                        .closeTimeout(LONG)
                        .upgradeDecisionTimeout(LONG)
                        .maxReadPause(LONG)
                        .build());
        container = true;
        host = kind.listen(ANY, servlet);
        run(random -> new Http1Link(host.address(), random, container));
        await().atMost(TIMEOUT).untilAsserted(() -> Reflection.assertNothingIsLeft(servlet));
    }

    private void listenWithTls(boolean webTransport) throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path chain = folder.resolve("chain.pem");
        Path key = folder.resolve("key.pem");
        Files.writeString(chain, bundle.getCertificatePathPEM());
        Files.writeString(key, bundle.getPrivateKeyPEM());
        host = NettyHost.listen(
                ANY,
                server.engine,
                NettyHostOptions.builder()
                        .loops(2)
                        .tls(Certificates.fromPem(chain.toFile(), key.toFile()))
                        .webTransport(webTransport)
                        .closeTimeout(LONG)
                        .build());
    }

    private static SslContext tls() throws Exception {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        "h2"))
                .build();
    }

    private void overHttp2() throws Exception {
        listenWithTls(false);
        SslContext tls = tls();
        run(random -> new Http2Link(host.address(), tls, random));
    }

    private void overWebTransport() throws Exception {
        listenWithTls(true);
        SslContext tls = tls();
        QuicSslContext quic = QuicSslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .build();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            run(random -> new WebTransportLink(
                    new Http2Link(host.address(), tls, random), host.address(), quic, loops, random));
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private interface Links {
        Link open(Random random) throws Exception;
    }

    private void run(Links links) throws Exception {
        Long one = Long.getLong("torture.seed");
        long first = one == null ? Long.getLong("torture.first", 0) : one;
        int count = one == null ? Integer.getInteger("torture.seeds", 20) : 1;
        for (long from = first; from < first + count; from += BATCH) {
            run(from, Math.min(from + BATCH, first + count), links);
        }
    }

    private record Attempt(long seed, SessionClient client, SessionServer.Peer peer) {}

    private void run(long first, long end, Links links) throws Exception {
        AtomicLong next = new AtomicLong(first);
        Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            running.add(clients.submit(() -> {
                for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
                    attempts.add(attempt(seed, links));
                }
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        List<String> wrong = new ArrayList<>();
        for (Attempt attempt : attempts) {
            SessionClient client = attempt.client;
            EngineSocket session = attempt.peer.session;
            if (session != null) {
                Set<CloseReason> reasons = client.reasons(container);
                if (client.mayBeUnnoticed() || !client.wrong.isEmpty()) {
                    session.closeNow(CloseReason.FORCED_CLOSE, null);
                    reasons = Set.of(CloseReason.values());
                }
                try {
                    CloseReason reason = attempt.peer.closed.get(Long.getLong("torture.timeout", 60), TimeUnit.SECONDS);
                    if (!reasons.contains(reason)) {
                        client.wrong.add(
                                "ended with " + reason + ", " + attempt.peer.description + " in " + client.state());
                    }
                } catch (TimeoutException e) {
                    client.wrong.add("the server did not end the session: " + client.state());
                }
            }
            client.compare();
            client.wrong.addAll(attempt.peer.wrong);
            client.wrong.forEach(each -> wrong.add("seed " + attempt.seed + ": " + each));
        }
        assertThat(wrong).isEmpty();
        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(server.engine.clientsCount()).as("clients").isZero();
            assertThat(((AtomicLong) Reflection.field(server.engine, "receiving")).get())
                    .as("receiving")
                    .isZero();
            assertThat((long) Reflection.call(Reflection.call(server.engine, "outbound"), "total"))
                    .as("outbound")
                    .isZero();
        });
    }

    private Attempt attempt(long seed, Links links) throws Exception {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 23);
        String name = "s" + seed;
        SessionServer.Peer peer = server.expect(name);
        try (Link link = links.open(random)) {
            SessionClient client = new SessionClient(
                    random, link, name, peer, link instanceof WebTransportLink ? "webtransport" : "websocket");
            client.run();
            return new Attempt(seed, client, peer);
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
