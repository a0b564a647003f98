package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.server.SocketIoServer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The server's certificate is wrong or expired: this is reported, attempts are repeated, and no event is lost when it is renewed. */
@Timeout(60)
class FaultyCertificateTest {
    private final SocketIoClient io = SocketIoClient.create();
    private final List<SocketIoServer> servers = new ArrayList<>();

    private enum Fault {
        EXPIRED,
        NOT_YET_VALID,
        OTHER_HOST,
        UNKNOWN_AUTHORITY,
        NO_TLS
    }

    @AfterEach
    void close() throws Exception {
        io.close();
        for (SocketIoServer server : servers) {
            server.closeAsync().get(10, TimeUnit.SECONDS);
        }
    }

    static Stream<Arguments> faults() {
        List<Arguments> all = new ArrayList<>();
        for (TransportName transport : List.of(TransportName.POLLING, TransportName.WEBSOCKET)) {
            all.add(Arguments.of(Fault.EXPIRED, transport, "the server's certificate has expired: NotAfter"));
            all.add(Arguments.of(
                    Fault.NOT_YET_VALID, transport, "the server's certificate is not valid yet: NotBefore"));
            all.add(Arguments.of(
                    Fault.OTHER_HOST, transport, "No subject alternative DNS name matching localhost found"));
            all.add(Arguments.of(Fault.NO_TLS, transport, "the server does not use TLS on this port"));
            all.add(Arguments.of(Fault.UNKNOWN_AUTHORITY, transport, "unable to find valid certification path"));
        }
        return all.stream();
    }

    private static X509Bundle authority(String name) throws Exception {
        return new CertificateBuilder()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static CertificateBuilder forHost(String host) {
        return new CertificateBuilder().subject("CN=" + host).addSanDnsName(host);
    }

    private static X509Bundle faulty(Fault fault, X509Bundle trusted) throws Exception {
        Instant now = Instant.now();
        return switch (fault) {
            case EXPIRED ->
                forHost("localhost")
                        .notBefore(now.minus(10, ChronoUnit.DAYS))
                        .notAfter(now.minus(1, ChronoUnit.DAYS))
                        .buildIssuedBy(trusted);
            case NOT_YET_VALID ->
                forHost("localhost")
                        .notBefore(now.plus(1, ChronoUnit.DAYS))
                        .notAfter(now.plus(9, ChronoUnit.DAYS))
                        .buildIssuedBy(trusted);
            case OTHER_HOST -> forHost("elsewhere.example").buildIssuedBy(trusted);
            case UNKNOWN_AUTHORITY -> forHost("localhost").buildIssuedBy(authority("another"));
            case NO_TLS -> throw new IllegalArgumentException("no certificate");
        };
    }

    @TempDir
    private Path folder;

    private Path pem(X509Bundle authority) {
        try {
            return Files.writeString(folder.resolve("authority.pem"), authority.getCertificatePEM());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int serve(X509Bundle certificate) throws Exception {
        SslContext tls =
                SslContextBuilder.forServer(certificate.toKeyManagerFactory()).build();
        SocketIoServer server = SockeyeServers.start(tls);
        servers.add(server);
        return server.port();
    }

    @ParameterizedTest(name = "{0} over {1}")
    @MethodSource("faults")
    void aFaultyCertificateIsReportedAndRetriedUntilRenewed(Fault fault, TransportName transport, String reason)
            throws Exception {
        X509Bundle authority = authority("trusted");
        ClientOptionsBuilder options = ClientOptions.builder()
                .forceNew(true)
                .autoConnect(false)
                .transports(transport)
                .tls(tls -> tls.trustedCertificates(pem(authority)))
                .reconnectionDelay(Duration.ofMillis(20))
                .reconnectionDelayMax(Duration.ofMillis(20));
        int first = fault == Fault.NO_TLS ? TestServers.SOCKEYE.port("main") : serve(faulty(fault, authority));
        try (Relay relay = new Relay(first)) {
            String url = "https://localhost:" + relay.port();
            String key = UUID.randomUUID().toString();
            List<String> errors = new CopyOnWriteArrayList<>();
            List<Integer> attempts = new CopyOnWriteArrayList<>();
            CountDownLatch failed = new CountDownLatch(1);

            Socket limited = io.socket(url, options.reconnectionAttempts(2).build());
            limited.onConnectError(error -> errors.add(error.getMessage()));
            limited.io().onReconnectAttempt(attempts::add);
            limited.io().onReconnectFailed(failed::countDown);
            limited.connect();
            assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(attempts).containsExactly(1, 2);
            await().untilAsserted(() -> assertThat(errors)
                    .hasSize(3)
                    .allSatisfy(error -> assertThat(error).contains(reason)));

            Socket socket = io.socket(
                    url, options.reconnectionAttempts(Integer.MAX_VALUE).build());
            socket.emit("note", key, 0);
            socket.emit("note", key, 1);
            CountDownLatch tried = new CountDownLatch(2);
            socket.io().onReconnectAttempt(n -> tried.countDown());
            socket.connect();
            assertThat(tried.await(10, TimeUnit.SECONDS)).isTrue();
            socket.emit("note", key, 2);
            relay.target(serve(forHost("localhost").buildIssuedBy(authority)));
            socket.connectBlocking(Duration.ofSeconds(10));
            assertThat(socket.call("notes", Duration.ofSeconds(20), key).get(0)).isEqualTo(List.of(0, 1, 2));
            io.close(); // before the relay: a server waits for the next poll of a session that it closes
        }
    }
}
