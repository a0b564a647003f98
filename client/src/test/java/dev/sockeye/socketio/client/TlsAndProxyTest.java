package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.transport.ProxyOptions;
import dev.sockeye.socketio.client.transport.TransportName;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class TlsAndProxyTest {
    private static final char[] PASSWORD = "password".toCharArray();
    private final SocketIoClient io = SocketIoClient.create();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        io.close();
    }

    private KeyStore certificateForLocalhost() throws Exception {
        Path file = folder.resolve("key.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "password",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor(20, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private String failure(String url, ClientOptions options) {
        Throwable[] thrown = new Throwable[1];
        assertThatThrownBy(() -> io.socket(url, options).connectBlocking(Duration.ofSeconds(10)))
                .satisfies(e -> thrown[0] = e);
        return thrown[0].getMessage();
    }

    private static ClientOptionsBuilder once() {
        return ClientOptions.builder().forceNew(true).reconnection(false);
    }

    @Test
    void certificatesAndHostNamesAreChecked() throws Exception {
        KeyStore store = certificateForLocalhost();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", store.getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext own = SSLContext.getInstance("TLS");
        own.init(null, trust.getTrustManagers(), null);
        ServerSocket socket =
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        try (ScriptedServer server =
                new ScriptedServer(socket, request -> new ScriptedServer.Reply(418, "text/plain", "over TLS"))) {
            String named = "https://localhost:" + socket.getLocalPort();
            String numbered = "https://127.0.0.1:" + socket.getLocalPort();
            for (TransportName transport : List.of(TransportName.POLLING, TransportName.WEBSOCKET)) {
                ClientOptionsBuilder options = once().transports(transport);
                assertThat(failure(named, options.build())).contains("SSLHandshakeException");
                assertThat(failure(named, options.sslContext(own).build())).contains("HTTP 418 over TLS");
                assertThat(failure(numbered, options.build()))
                        .contains("127.0.0.1")
                        .doesNotContain("418");
                assertThat(failure(
                                numbered,
                                options.dangerouslyTrustAllCertificates().build()))
                        .contains("HTTP 418 over TLS");
            }
            assertThat(server).isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource(TestServers.class)
    void connectionsGoThroughAnHttpProxy(TestServers server) throws Exception {
        try (ScriptedProxy proxy = new ScriptedProxy()) {
            Socket socket = io.socket(
                            "http://localhost:" + server.port("main"),
                            once().proxy(ProxyOptions.http("127.0.0.1", proxy.port()))
                                    .build())
                    .connectBlocking(Duration.ofSeconds(10));
            assertThat(socket.call("echo", Duration.ofSeconds(20), "through").get(0))
                    .isEqualTo("through");
            assertThat(proxy.asked()).isNotEmpty().allMatch(line -> line.startsWith("CONNECT localhost:"));
        }
    }

    @ParameterizedTest
    @EnumSource(TestServers.class)
    void connectionsGoThroughASocksProxyWhichResolvesTheName(TestServers server) throws Exception {
        try (ScriptedProxy proxy = new ScriptedProxy()) {
            assertThat(echoThrough(server, ProxyOptions.socks5("127.0.0.1", proxy.port())))
                    .isEqualTo("through");
            assertThat(proxy.asked()).isNotEmpty().allMatch(line -> line.startsWith("SOCKS localhost:"));
        }
    }

    @ParameterizedTest
    @EnumSource(TestServers.class)
    void proxyCredentialsAreSentAndWrongOnesFail(TestServers server) throws Exception {
        for (ProxyOptions.Type type : ProxyOptions.Type.values()) {
            try (ScriptedProxy proxy = new ScriptedProxy("anna:secret")) {
                var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port());
                assertThat(echoThrough(server, new ProxyOptions(type, address, "anna", "secret")))
                        .isEqualTo("through");
                assertThat(proxy.asked()).isNotEmpty().doesNotContain("refused");
                assertThatThrownBy(() -> echoThrough(server, new ProxyOptions(type, address, "anna", "wrong")))
                        .as(type.name())
                        .isInstanceOf(SocketIoException.class);
                assertThat(proxy.asked()).contains("refused"); // the first client may still upgrade
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ProxyOptions.Type.class)
    void theNameOfAProxyIsLookedUp(ProxyOptions.Type type) throws Exception {
        try (ScriptedProxy proxy = new ScriptedProxy("anna:")) {
            var address = InetSocketAddress.createUnresolved("localhost", proxy.port());
            assertThat(echoThrough(TestServers.SOCKEYE, new ProxyOptions(type, address, "anna", null)))
                    .isEqualTo("through");
        }
    }

    @Test
    void aSocksProxyIsAskedForAnAddressAsSuch() throws Exception {
        try (ScriptedProxy proxy = new ScriptedProxy()) {
            assertThat(echoThrough("127.0.0.1", TestServers.SOCKEYE, ProxyOptions.socks5("127.0.0.1", proxy.port())))
                    .isEqualTo("through");
            assertThat(proxy.asked()).isNotEmpty().allMatch(line -> line.startsWith("SOCKS an address:"));
        }
    }

    private Object echoThrough(TestServers server, ProxyOptions proxy) throws Exception {
        return echoThrough("localhost", server, proxy);
    }

    private Object echoThrough(String host, TestServers server, ProxyOptions proxy) throws Exception {
        return io.socket(
                        "http://" + host + ":" + server.port("main"),
                        once().proxy(proxy).build())
                .connectBlocking(Duration.ofSeconds(10))
                .call("echo", Duration.ofSeconds(20), "through")
                .get(0);
    }
}
