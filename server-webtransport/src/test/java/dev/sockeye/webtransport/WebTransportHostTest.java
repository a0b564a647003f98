package dev.sockeye.webtransport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.netty.Certificates;
import dev.sockeye.netty.NettyHost;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyIo;
import dev.sockeye.webtransport.TestClient.Messages;
import dev.sockeye.webtransport.TestClient.Request;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebTransportHostTest {
    @TempDir
    static Path folder;

    private static X509Bundle first;

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<EngineSocket> sessions = new CopyOnWriteArrayList<>();
    private final EngineServer engine = new EngineServer(EngineOptions.builder()
            .maxHttpBufferSize(1_000_000)
            .upgradeTimeout(Duration.ofSeconds(30)) // for the first message of a session
            .build());
    private Certificates certificates;
    private NettyHost host;
    private TestClient client;

    @BeforeAll
    static void makeCertificate() throws Exception {
        first = certificate();
    }

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static void write(X509Bundle bundle) throws Exception {
        Files.writeString(folder.resolve("chain.pem"), bundle.getCertificatePathPEM());
        Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
    }

    private static File file(String name) {
        return folder.resolve(name).toFile();
    }

    @BeforeEach
    void start() throws Exception {
        write(first);
        certificates = Certificates.fromPem(file("chain.pem"), file("key.pem"));
        engine.onConnection(session -> {
            sessions.add(session);
            session.listen(new Echo(session));
        });
        host = listen(NettyIo.AUTO);
        client = new TestClient(host.address());
    }

    private NettyHost listen(NettyIo io) throws Exception {
        return listen(io, engine);
    }

    private NettyHost listen(NettyIo io, EngineServer served) throws Exception {
        return NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                served,
                NettyHostOptions.builder()
                        .io(io)
                        .loops(2)
                        .tls(certificates)
                        .webTransport(true)
                        .closeTimeout(Duration.ofSeconds(5))
                        .build());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        host.close();
    }

    /** Echoes messages. */
    private final class Echo implements EngineSocketListener {
        private final EngineSocket session;

        Echo(EngineSocket session) {
            this.session = session;
        }

        @Override
        public void onText(byte[] buffer, int offset, int length) {
            session.send(List.of(Message.text(Arrays.copyOfRange(buffer, offset, offset + length))), true, null);
        }

        @Override
        public void onBinary(byte[] data) {
            session.send(List.of(Message.binary(data)), true, null);
        }

        @Override
        public void onClose(CloseReason reason, @Nullable Object description) {
            events.add(reason.text());
        }
    }

    private Messages open(Request request) throws Exception {
        assertThat(request.status.get(20, SECONDS)).isEqualTo("200");
        Messages messages = client.messages(request);
        messages.text("0");
        await().atMost(Duration.ofSeconds(20)).until(() -> !messages.all.isEmpty());
        assertThat(messages.all.get(0)).startsWith("0{\"sid\":").contains("\"upgrades\":[]");
        messages.all.clear();
        return messages;
    }

    private static void awaitAll(Messages messages, String... all) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(messages.all).containsExactly(all));
    }

    private void awaitEvents(String... all) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(events).containsExactly(all));
    }

    @Test
    @Tag("eio.webtransport.17")
    @Tag("eio.webtransport.18")
    void messagesOfAllSizesAreEchoed() throws Exception {
        Request request = client.connect();
        Messages messages = open(request);
        assertThat(request.head.get().headers().get("sec-webtransport-http3-draft"))
                .hasToString("draft02");
        assertThat(sessions.get(0).transport()).isEqualTo("webtransport");
        assertThat(sessions.get(0).remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(sessions.get(0).request().uri()).isEqualTo("/engine.io/");
        assertThat(sessions.get(0).request().header("Host")).isEqualTo("localhost");
        assertThat(sessions.get(0).request().secure()).isTrue();
        messages.text("4€");
        messages.frame(true, new byte[] {1, 2, 3});
        messages.frame(true, new byte[900_000]);
        messages.text("4" + "x".repeat(100_000));
        awaitAll(messages, "4€", "hex:010203", "binary of 900000", "text of 100001");
    }

    @Test
    void closeDeliversPendingMessages() throws Exception {
        Request request = client.connect();
        Messages messages = open(request);
        EngineSocket session = sessions.get(0);
        session.send(List.of(Message.binary(new byte[700_000]), Message.text("last")), true, null);
        session.close();
        awaitAll(messages, "binary of 700000", "4last");
        messages.ended.get(20, SECONDS);
        assertThat(request.closed.get(20, SECONDS)).isEqualTo("0 ");
        awaitEvents("forced close");
    }

    @Test
    void aSessionClosesOnACloseCapsuleAStreamEndOrAConnectionClose() throws Exception {
        Request byCapsule = client.connect();
        open(byCapsule);
        // grease first, as Chromium sends it, then the end in two pieces
        byCapsule.data(
                (byte) 0x17, (byte) 3, (byte) 1, (byte) 2, (byte) 3, (byte) 0x68, (byte) 0x43, (byte) 6, (byte) 0);
        byCapsule.data((byte) 0, (byte) 0, (byte) 7, (byte) 'b', (byte) 'y');
        awaitEvents("transport close");
        Messages byStream = open(client.connect());
        byStream.stream.shutdownOutput();
        awaitEvents("transport close", "transport close");
        open(client.connect());
        client.quic.close();
        awaitEvents("transport close", "transport close", "transport close");
        assertThat(engine.clientsCount()).isZero();
    }

    @Test
    void aMalformedFrameClosesTheSession() throws Exception {
        for (byte[] bad : new byte[][] {
            {0}, {(byte) 0x7f, -1, -1, -1, -1, -1, -1, -1, -1}, {0x7f, 0, 0, 0, 0, 0, 0x10, 0, 0}, {2, '4', (byte) 0xff}
        }) {
            events.clear();
            Request request = client.connect();
            Messages messages = open(request);
            messages.raw(bad);
            awaitEvents("parse error");
            assertThat(request.closed.get(20, SECONDS)).startsWith("0 parser error");
        }
        events.clear();
        Request request = client.connect();
        open(request);
        request.data((byte) 0x68, (byte) 0x43, (byte) 0x7f, (byte) 0xff); // a close capsule that is too long
        awaitEvents("transport error");
    }

    @Test
    void refusedSessionsReportTheReason() throws Exception {
        assertThat(client.connect("origin", "https://evil.com").status.get(20, SECONDS))
                .isEqualTo("403");
        assertThat(client.connect("origin", "https://localhost").status.get(20, SECONDS))
                .isEqualTo("200");
        assertThat(client.request("GET", "/engine.io/").status.get(20, SECONDS)).isEqualTo("421");
        assertThat(client.request("CONNECT", "/other", ":protocol", "webtransport")
                        .status
                        .get(20, SECONDS))
                .isEqualTo("404");
        Request unknown = client.connect();
        assertThat(unknown.status.get(20, SECONDS)).isEqualTo("200");
        client.messages(unknown).text("0{\"sid\":\"unknown\"}");
        assertThat(unknown.closed.get(20, SECONDS)).isEqualTo("1 Session ID unknown");
        Request tooLong = client.connect();
        client.messages(tooLong).frame(false, new byte[5000]);
        assertThat(tooLong.closed.get(20, SECONDS)).contains("a frame of 5000 bytes where 4096 may be");
        assertThat(engine.clientsCount()).isZero();
    }

    @Test
    void aSessionWithoutAStreamIsClosed() throws Exception {
        EngineServer impatient = new EngineServer(
                EngineOptions.builder().upgradeTimeout(Duration.ofSeconds(1)).build());
        NettyHost other = listen(NettyIo.AUTO, impatient);
        try (TestClient remote = new TestClient(other.address())) {
            Request request = remote.connect();
            assertThat(request.status.get(20, SECONDS)).isEqualTo("200");
            assertThat(request.closed.get(20, SECONDS)).isEqualTo("0 ");
        }
        other.close();
    }

    @Test
    void unexpectedStreamsAreRefusedAndTheSessionStaysOpen() throws Exception {
        Request request = client.connect();
        Messages messages = open(request);
        Messages second = client.messages(request);
        assertThat(second.ended).failsWithin(Duration.ofSeconds(20));
        for (int i = 0; i < 4; i++) {
            client.stream((byte) 0x40, (byte) 0x41, (byte) 60); // of a session that does not come
        }
        assertThat(client.stream((byte) 0x40, (byte) 0x41, (byte) 60).ended).failsWithin(Duration.ofSeconds(20));
        client.stream((byte) 0x40); // half a type
        messages.text("4on");
        awaitAll(messages, "4on");
    }

    @Test
    void sessionsPerConnectionAreLimited() throws Exception {
        Request last = client.connect();
        for (int i = 1; i < Connections.MAX_SESSIONS; i++) {
            last = client.connect();
        }
        assertThat(last.status.get(20, SECONDS)).isEqualTo("200");
        assertThat(client.connect().status.get(20, SECONDS)).isEqualTo("429");
    }

    @Test
    void aPausedSessionIsNotRead() throws Exception {
        Messages messages = open(client.connect());
        sessions.get(0).pauseReading(true);
        CompletableFuture<Void> paused = new CompletableFuture<>();
        sessions.get(0).loop().execute(() -> paused.complete(null));
        paused.get(20, SECONDS);
        for (int i = 0; i < 20; i++) {
            messages.frame(true, new byte[100_000]);
        }
        await("the window is full").atMost(Duration.ofSeconds(20)).until(() -> !messages.stream.isWritable());
        await().during(Duration.ofMillis(200)).until(() -> messages.all.isEmpty());
        assertThat(messages.stream.isWritable()).isFalse();
        sessions.get(0).pauseReading(false);
        await().atMost(Duration.ofSeconds(20)).until(() -> messages.all.size() == 20);
    }

    @Test
    void closingTheHostClosesSessionsAndFreesThePort() throws Exception {
        Request request = client.connect();
        Messages messages = open(request);
        sessions.get(0).send(List.of(Message.text("last")), true, null);
        host.close();
        assertThat(messages.all).containsExactly("4last");
        assertThat(request.closed.get(20, SECONDS)).isEqualTo("0 ");
        awaitEvents("transport close");
        NettyHost again = NettyHost.listen(
                host.address(),
                engine,
                NettyHostOptions.builder().tls(certificates).webTransport(true).build());
        again.close();
    }

    @Test
    void aReloadedCertificateIsUsedByNewConnections() throws Exception {
        assertThat(client.certificate()).isEqualTo(first.getCertificate());
        X509Bundle second = certificate();
        write(second);
        certificates.reload();
        try (TestClient other = new TestClient(host.address())) {
            assertThat(other.certificate()).isEqualTo(second.getCertificate());
        }
        Files.writeString(folder.resolve("chain.pem"), "nothing");
        assertThatThrownBy(certificates::reload)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chain.pem");
        try (TestClient other = new TestClient(host.address())) {
            assertThat(other.certificate()).isEqualTo(second.getCertificate());
        }
    }

    @Test
    void theHostRunsOnNio() throws Exception {
        NettyHost nio = listen(NettyIo.NIO);
        try (TestClient other = new TestClient(nio.address())) {
            assertThat(other.connect().status.get(20, SECONDS)).isEqualTo("200");
        }
        nio.close();
    }

    @Test
    void aPortInUseIsReported() throws Exception {
        try (var taken = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> NettyHost.listen(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()),
                            engine,
                            NettyHostOptions.builder()
                                    .tls(certificates)
                                    .webTransport(true)
                                    .build()))
                    .isInstanceOf(java.io.IOException.class)
                    .hasMessageContaining("UDP")
                    .hasMessageContaining("the address is already in use");
        }
    }

    /** Otherwise clients would try to upgrade to it. */
    @Test
    void webTransportIsOfferedOnlyWhileAHostListens() throws Exception {
        EngineServer other = new EngineServer(EngineOptions.defaults());
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        NettyHostOptions options =
                NettyHostOptions.builder().tls(certificates).webTransport(true).build();
        NettyHost plain = NettyHost.listen(anyPort, other, NettyHostOptions.defaults());
        try (var taken = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(
                            () -> NettyHost.listen((InetSocketAddress) taken.getLocalSocketAddress(), other, options))
                    .hasMessageContaining("already in use");
        }
        assertThatThrownBy(() -> NettyHost.listen(plain.address(), other, options))
                .hasMessageContaining("already in use");
        assertThat(handshake(plain)).doesNotContain("webtransport");
        NettyHost hosting = NettyHost.listen(anyPort, other, options);
        assertThat(handshake(plain)).contains("webtransport");
        hosting.close();
        assertThat(handshake(plain)).doesNotContain("webtransport");
        plain.close();
    }

    @Test
    void aHostIsClosedAfterTheEventLoopsOfTheApplicationHaveEnded() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        NettyHost other = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder()
                        .io(NettyIo.NIO)
                        .eventLoopGroup(loops)
                        .tls(certificates)
                        .webTransport(true)
                        .build());
        try (TestClient remote = new TestClient(other.address())) {
            assertThat(remote.connect().status.get(20, SECONDS)).isEqualTo("200");
            loops.shutdownGracefully(0, 10, SECONDS).sync();
        }
        assertThat(other.closeAsync()).succeedsWithin(Duration.ofSeconds(20));
    }

    private static String handshake(NettyHost host) throws Exception {
        URI uri = URI.create("http://localhost:" + host.address().getPort() + "/engine.io/?EIO=4&transport=polling");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }
}
