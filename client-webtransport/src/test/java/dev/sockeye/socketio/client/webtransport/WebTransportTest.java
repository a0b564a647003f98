package dev.sockeye.socketio.client.webtransport;

import static dev.sockeye.socketio.client.transport.TransportName.POLLING;
import static dev.sockeye.socketio.client.transport.TransportName.WEBSOCKET;
import static dev.sockeye.socketio.client.transport.TransportName.WEBTRANSPORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.ClientOptionsBuilder;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.netty.NettyClientTransport;
import dev.sockeye.socketio.client.transport.ProxyOptions;
import dev.sockeye.socketio.client.transport.TlsOptions;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client over WebTransport, against the server of this project. */
@Timeout(180)
class WebTransportTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static X509Bundle certificate;
    private static String hash;

    private final List<String> serverEvents = new CopyOnWriteArrayList<>();
    private final List<String> clientEvents = new CopyOnWriteArrayList<>();
    private final SocketIoServer server = SocketIoServer.create(SocketIoServerOptions.builder()
            .pingInterval(Duration.ofMillis(500))
            .pingTimeout(Duration.ofSeconds(10))
            .connectionStateRecovery(false)
            .build());
    private final SocketIoClient io = SocketIoClient.create();

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Files.writeString(folder.resolve("chain.pem"), certificate.getCertificatePathPEM());
        Files.writeString(folder.resolve("key.pem"), certificate.getPrivateKeyPEM());
        hash = HexFormat.ofDelimiter(":")
                .withUpperCase()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(certificate.getCertificate().getEncoded()));
    }

    @BeforeEach
    void listen() throws Exception {
        server.onConnection(socket -> {
            socket.on("echo", (args, ack) -> ack.send(args.get(0)));
            socket.on("number", (args, ack) -> socket.emit("number", args.get(0)));
            socket.on("flood", () -> IntStream.range(0, 40).forEach(i -> socket.emit("data", "x".repeat(50_000))));
            socket.on("bye", () -> {
                socket.emit("last", "x".repeat(100_000));
                socket.disconnect(true);
            });
            socket.onDisconnect((reason, details) -> serverEvents.add(reason.text()));
        });
        NettyHostOptions host = NettyHostOptions.builder()
                .loops(2)
                .tls(
                        folder.resolve("chain.pem").toFile(),
                        folder.resolve("key.pem").toFile())
                .webTransport(true)
                .build();
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new NettyHostProvider(host));
    }

    @AfterEach
    void close() throws Exception {
        io.close();
        server.closeAsync().get(20, TimeUnit.SECONDS);
    }

    private String url() {
        return "https://localhost:" + server.port();
    }

    private static ClientOptionsBuilder direct() {
        return ClientOptions.builder().transports(WEBTRANSPORT).forceNew(true).reconnection(false);
    }

    private static ClientOptions trusting(ClientOptionsBuilder options) {
        return options.tls(tls -> tls.trustedCertificates(folder.resolve("chain.pem")))
                .build();
    }

    private Socket connected() throws Exception {
        Socket socket = io.socket(url(), trusting(direct())).connectBlocking(PATIENCE);
        socket.onDisconnect((reason, details) -> clientEvents.add(reason.text() + " " + details.description()));
        assertThat(socket.io().transport()).isEqualTo(WEBTRANSPORT);
        return socket;
    }

    private String failure(ClientOptions options) {
        return failure(url(), options);
    }

    private String failure(String url, ClientOptions options) {
        String[] message = new String[1];
        assertThatThrownBy(() -> io.socket(url, options).connectBlocking(PATIENCE))
                .satisfies(e -> message[0] = e.getMessage());
        return message[0];
    }

    @Test
    void aDirectSessionCarriesTextAndBinaryOfAnySize() throws Exception {
        Socket socket = connected();
        assertThat(socket.call("echo", PATIENCE, "héllo").get(0)).isEqualTo("héllo");
        byte[] large = new byte[900_000];
        Arrays.fill(large, (byte) 7);
        assertThat((byte[]) socket.call("echo", PATIENCE, large).get(0)).isEqualTo(large);
        assertThat(socket.call("echo", PATIENCE, "y".repeat(900_000)).get(0)).isEqualTo("y".repeat(900_000));
        assertThat((byte[]) socket.call("echo", PATIENCE, new byte[1]).get(0)).hasSize(1);
    }

    @Test
    void manyMessagesArriveInOrder() throws Exception {
        Socket socket = connected();
        List<Object> numbers = new CopyOnWriteArrayList<>();
        socket.on("number", (args, ack) -> numbers.add(args.get(0)));
        for (int i = 0; i < 500; i++) {
            socket.emit("number", i);
        }
        await().atMost(PATIENCE).until(() -> numbers.size() == 500);
        assertThat(numbers)
                .isEqualTo(
                        IntStream.range(0, 500).boxed().map(Object.class::cast).toList());
    }

    @Test
    void pollingIsUpgradedToWebtransport() throws Exception {
        List<String> upgrades = new CopyOnWriteArrayList<>();
        ClientOptions options = trusting(
                ClientOptions.builder().transports(POLLING, WEBTRANSPORT).forceNew(true));
        Socket socket = io.socket(url(), options, opening -> {
            opening.io().onUpgrade(to -> upgrades.add(to.text()));
            opening.io().onUpgradeError(error -> upgrades.add(error.getMessage()));
        });
        socket.connectBlocking(PATIENCE);
        await().atMost(PATIENCE).until(() -> !upgrades.isEmpty());
        assertThat(upgrades).containsExactly("webtransport");
        byte[] large = new byte[300_000];
        assertThat((byte[]) socket.call("echo", PATIENCE, large).get(0)).hasSize(300_000);
        assertThat(socket.io().transport()).isEqualTo(WEBTRANSPORT);
    }

    @Test
    void heartbeatsKeepAnIdleSessionOpen() throws Exception {
        Socket socket = connected();
        List<String> pings = new CopyOnWriteArrayList<>();
        socket.io().onPing(() -> pings.add("ping"));
        await().atMost(PATIENCE).until(() -> pings.size() >= 4);
        assertThat(socket.connected()).isTrue();
        assertThat(serverEvents).isEmpty();
    }

    @Test
    void theServerReceivesEverythingSentBeforeTheClientDisconnects() throws Exception {
        List<Object> got = new CopyOnWriteArrayList<>();
        server.onConnection(socket -> socket.on("data", (args, ack) -> got.add(args.get(0))));
        Socket socket = connected();
        for (int i = 0; i < 20; i++) {
            socket.emit("data", i + "x".repeat(20_000));
        }
        socket.disconnect();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(serverEvents).hasSize(1));
        assertThat(got).hasSize(20);
        assertThat(serverEvents).containsExactly("client namespace disconnect");
    }

    @Test
    void theClientReceivesEverythingSentBeforeTheServerDisconnects() throws Exception {
        Socket socket = connected();
        socket.on(
                "last",
                (args, ack) -> clientEvents.add("last " + args.get(0).toString().length()));
        socket.emit("bye");
        await().atMost(PATIENCE).until(() -> clientEvents.size() == 2);
        assertThat(clientEvents.get(0)).isEqualTo("last 100000");
        assertThat(clientEvents.get(1)).startsWith("io server disconnect");
    }

    @Test
    void stoppingTheServerClosesTheSession() throws Exception {
        connected();
        server.closeAsync().get(20, TimeUnit.SECONDS);
        await().atMost(PATIENCE).until(() -> !clientEvents.isEmpty());
        assertThat(clientEvents.get(0)).startsWith("transport close");
    }

    @Test
    void aKilledServerIsDetectedByTheHeartbeat() throws Exception {
        try (UdpRelay relay = new UdpRelay(server.port())) {
            Socket socket = io.socket("https://localhost:" + relay.port(), trusting(direct()))
                    .connectBlocking(PATIENCE);
            socket.onDisconnect((reason, details) -> clientEvents.add(reason.text()));
            assertThat(socket.call("echo", PATIENCE, 1).get(0)).isEqualTo(1);
            relay.cut();
            await().atMost(PATIENCE).until(() -> !clientEvents.isEmpty());
            assertThat(clientEvents).containsExactly("ping timeout");
        }
        io.closeAsync().get(20, TimeUnit.SECONDS);
    }

    /** Simulates a router that drops its mapping. Each port may belong to another loop of the server. */
    @Test
    void aSessionSurvivesAClientPortChange() throws Exception {
        try (UdpRelay relay = new UdpRelay(server.port())) {
            Socket socket = io.socket("https://localhost:" + relay.port(), trusting(direct()))
                    .connectBlocking(PATIENCE);
            socket.onDisconnect((reason, details) -> clientEvents.add(reason.text()));
            for (int i = 0; i < 5; i++) {
                assertThat(socket.call("echo", PATIENCE, i).get(0)).isEqualTo(i);
                String large = "x".repeat(200_000) + i;
                assertThat(socket.call("echo", PATIENCE, large).get(0)).isEqualTo(large);
                relay.rebind();
            }
            assertThat(socket.call("echo", PATIENCE, "on").get(0)).isEqualTo("on");
            assertThat(clientEvents).isEmpty();
            assertThat(server.engine().clientsCount()).isOne();
        }
    }

    @Test
    void theRequestCarriesQueryAndHeaders() throws Exception {
        ClientOptions options = trusting(direct().query(Map.of("room", "7")).extraHeaders(Map.of("X-Test", "a")));
        List<Object> seen = new CopyOnWriteArrayList<>();
        server.onConnection(socket -> {
            seen.add(String.valueOf(socket.handshake().query().get("room")));
            seen.add(String.valueOf(socket.handshake().toMap().get("headers")));
        });
        io.socket(url(), options).connectBlocking(PATIENCE);
        await().atMost(PATIENCE).until(() -> seen.size() == 2);
        assertThat(seen.get(0).toString()).contains("7");
        assertThat(seen.get(1).toString()).contains("x-test=a");
    }

    @Test
    void certificatesAreTrustedAccordingToTheTlsOptions() throws Exception {
        assertThat(failure(direct().build())).contains("unable to find valid certification path");
        for (UnaryOperator<TlsOptions.Builder> trust : List.<UnaryOperator<TlsOptions.Builder>>of(
                tls -> tls.trustedCertificateHashes(hash),
                tls -> tls.trustManager(manager()),
                tls -> tls.sslContext(emptyContext()).trustManager(manager()),
                TlsOptions.Builder::dangerouslyTrustAllCertificates)) {
            io.socket(url(), direct().tls(trust).build())
                    .connectBlocking(PATIENCE)
                    .disconnect();
        }
        assertThat(failure(direct().tls(tls -> tls.trustedCertificateHashes("00".repeat(32)))
                        .build()))
                .contains("which is not trusted");
        assertThat(failure(direct().sslContext(emptyContext()).build()))
                .contains("WebTransport cannot use an SSLContext");
        String otherName = url().replace("localhost", "127.0.0.1");
        assertThat(failure(otherName, trusting(direct()))).contains("127.0.0.1");
    }

    @Test
    void trustedCertificateHashesAlsoApplyToPollingAndWebsocket() throws Exception {
        ClientOptions options = ClientOptions.builder()
                .tls(tls -> tls.trustedCertificateHashes(hash))
                .build();
        Socket socket =
                io.socket(url().replace("localhost", "127.0.0.1"), options).connectBlocking(PATIENCE);
        await().atMost(PATIENCE).until(() -> socket.io().transport() == WEBSOCKET);
    }

    private static X509ExtendedTrustManager manager() {
        try {
            java.security.KeyStore store = java.security.KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("a", certificate.getCertificate());
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (java.security.GeneralSecurityException | java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext emptyContext() {
        try {
            return SSLContext.getDefault();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void invalidConfigurationsAreReported() throws Exception {
        assertThat(failure("http://localhost:" + server.port(), direct().build()))
                .contains("WebTransport needs https");
        assertThat(failure(direct().proxy(ProxyOptions.http("localhost", 1)).build()))
                .contains("WebTransport cannot use a proxy");
        assertThat(failure(trusting(direct().path("/other")))).contains("HTTP 404");
    }

    @Test
    void nioEventLoopsAreSupported() throws Exception {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        NettyClientTransport transport = NettyClientTransport.builder()
                .eventLoopGroup(group)
                .webTransport(new QuicWebTransport())
                .build();
        try (SocketIoClient other =
                SocketIoClient.builder().transport(transport).build()) {
            Socket socket = other.socket(url(), trusting(direct())).connectBlocking(PATIENCE);
            assertThat(socket.call("echo", PATIENCE, 1).get(0)).isEqualTo(1);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
        assertThat(transport.openConnections()).isZero();
    }

    /** QUIC streams that are closed may still receive data. */
    @Test
    void disconnectingWhileDataArrivesLogsNothing() {
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord logRecord) {
                logged.add(logRecord.getMessage() + " " + logRecord.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger pipelines = Logger.getLogger("io.netty.channel.DefaultChannelPipeline");
        pipelines.addHandler(handler);
        try {
            for (int i = 1; i <= 4; i++) {
                int clients = i;
                io.socket(url(), trusting(direct()), socket -> {
                    socket.on("data", (args, ack) -> socket.disconnect());
                    socket.onConnect(() -> {
                        for (int times = 0; times < 5; times++) {
                            socket.emit("flood");
                        }
                    });
                });
                await().atMost(PATIENCE).until(() -> serverEvents.size() == clients);
            }
            await().atMost(PATIENCE).until(() -> server.engine().clientsCount() == 0);
        } finally {
            pipelines.removeHandler(handler);
        }
        assertThat(logged).isEmpty();
    }
}
