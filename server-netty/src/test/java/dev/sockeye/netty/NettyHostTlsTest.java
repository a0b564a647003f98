package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEachIo
class NettyHostTlsTest {

    @Parameter
    private NettyIo io;

    private static final char[] PASSWORD = TestKeys.PASSWORD;
    private static final String POLL =
            RawClient.head("GET /engine.io/?EIO=4&transport=polling HTTP/1.1", "Host: localhost");

    @TempDir
    private static Path folder;

    private static KeyStore serverKeys;
    private static KeyStore clientKeys;

    private final BlockingQueue<String> sessions = new LinkedBlockingQueue<>();
    private @Nullable NettyHost host;

    @BeforeAll
    static void makeKeys() throws Exception {
        serverKeys = TestKeys.make(folder, "server");
        clientKeys = TestKeys.make(folder, "client");
    }

    private static KeyManagerFactory keyManagers(KeyStore keys) throws Exception {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        return factory;
    }

    /** A client that trusts the server, with its own certificate if requested. */
    private RawClient connect(boolean certificate) throws Exception {
        return connect(certificate, "");
    }

    /** @param first sent as plain text before TLS starts */
    private RawClient connect(boolean certificate, String first) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", serverKeys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(certificate ? keyManagers(clientKeys).getKeyManagers() : null, trust.getTrustManagers(), null);
        int port = host.address().getPort();
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        plain.getOutputStream().write(first.getBytes(StandardCharsets.US_ASCII));
        return new RawClient(context.getSocketFactory().createSocket(plain, "localhost", port, true));
    }

    private NettyHostOptions.Builder options() {
        return NettyHostOptions.builder().io(OnEachIo.Required.available(io));
    }

    private void listen(NettyHostOptions options) throws Exception {
        EngineServer engine = new EngineServer(EngineOptions.defaults());
        var unused = engine.onSession(session -> sessions.add(session.remoteAddress()));
        host = NettyHost.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), engine, options);
    }

    private void listenAskingForCertificates(ClientAuth auth) throws Exception {
        listen(options()
                .sslContext(SslContextBuilder.forServer(keyManagers(serverKeys))
                        .sslProvider(SslProvider.JDK)
                        .trustManager((X509Certificate) clientKeys.getCertificate("client"))
                        .clientAuth(auth)
                        .build())
                .build());
    }

    private static void polls(RawClient client) throws Exception {
        client.send(POLL);
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).startsWith("0{\"sid\":");
    }

    private static void opensAWebSocket(RawClient client) throws Exception {
        assertThat(client.upgrade("/engine.io/?EIO=4&transport=websocket").status())
                .isEqualTo(101);
        assertThat(client.frame().text()).startsWith("0{\"sid\":");
        client.text("1");
        assertThat(client.frame().first()).isEqualTo(0x88);
    }

    @AfterEach
    void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    @Test
    @Tag("eio.server.104")
    @Tag("eio.server.106")
    void pollsAndOpensAWebSocketWithAClientCertificate() throws Exception {
        listenAskingForCertificates(ClientAuth.REQUIRE);
        try (RawClient client = connect(true)) {
            polls(client);
        }
        try (RawClient client = connect(true)) {
            opensAWebSocket(client);
        }
    }

    @Test
    void aProxyProtocolHeaderIsReadBeforeTheTlsHandshake() throws Exception {
        listen(options().proxyProtocol(true).tls(serverKeys, PASSWORD).build());
        try (RawClient client = connect(false, "PROXY TCP4 203.0.113.5 10.0.0.1 56324 443\r\n")) {
            polls(client);
            assertThat(sessions.poll(10, TimeUnit.SECONDS)).isEqualTo("203.0.113.5");
            opensAWebSocket(client);
            assertThat(sessions.poll(10, TimeUnit.SECONDS)).isEqualTo("203.0.113.5");
        }
    }

    @Test
    void refusesAClientWithoutTheRequiredCertificate() throws Exception {
        listenAskingForCertificates(ClientAuth.REQUIRE);
        try (RawClient client = connect(false)) {
            client.send(POLL);
            assertThat(client.ended()).isTrue();
        } catch (IOException e) {
            assertThat(e).isNotInstanceOf(SocketTimeoutException.class); // an alert, or a broken connection
        }
    }

    @Test
    @Tag("eio.server.105")
    void pollsWithoutACertificateWhenNoneIsRequired() throws Exception {
        listenAskingForCertificates(ClientAuth.OPTIONAL);
        try (RawClient client = connect(false)) {
            polls(client);
        }
    }

    @Test
    @Tag("eio.server.107")
    @Tag("eio.server.108")
    void pollsAndOpensAWebSocketWithAPkcs12KeyStore() throws Exception {
        listen(options().tls(serverKeys, PASSWORD).build());
        try (RawClient client = connect(false)) {
            polls(client);
        }
        try (RawClient client = connect(false)) {
            opensAWebSocket(client);
        }
    }

    @Test
    void echoesLargeMessagesOverTlsFromPemFiles() throws Exception {
        Path certificate =
                pem("cert", "CERTIFICATE", serverKeys.getCertificate("server").getEncoded());
        Path key =
                pem("key", "PRIVATE KEY", serverKeys.getKey("server", PASSWORD).getEncoded());
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new EchoEngine(),
                options().tls(certificate.toFile(), key.toFile()).build());
        try (RawClient client = connect(false)) {
            client.upgrade("/engine.io/");
            byte[] data = new byte[700_000];
            data[699_999] = 1;
            client.frame(0x82, data);
            assertThat(client.frame().payload()).isEqualTo(data);
            client.text("small");
            assertThat(client.frame().text()).isEqualTo("small");
        }
    }

    private static Path pem(String name, String label, byte[] der) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                folder.resolve(name + ".pem"),
                "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
    }

    /** The system would reset the connection if it was closed before that. */
    @Test
    void aClientThatSendsTooMuchStillReadsThe413() throws Exception {
        EchoEngine engine = new EchoEngine();
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                options().tls(serverKeys, PASSWORD).build());
        try (RawClient client = connect(false)) {
            client.send(RawClient.head("POST /engine.io/ HTTP/1.1", "Host: localhost", "Content-Length: 1000000"));
            client.send(new byte[1_000_000]);
            assertThat(client.response().status()).isEqualTo(413);
            assertThat(client.ended()).isTrue();
        }
    }
}
