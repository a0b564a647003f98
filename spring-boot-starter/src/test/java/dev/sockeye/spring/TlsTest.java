package dev.sockeye.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.server.SocketIoServer;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** TLS on the server's own port by an SSL bundle, and on the application's port, for the official client. */
@Timeout(240)
final class TlsTest {
    @TempDir
    private static Path folder;

    private static KeyStore keys;
    private static String[] bundle;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(OpenToAll.class)
    static class Application {
        Application(SocketIoServer io) {
            io.onConnection(socket -> socket.on(
                    "hello",
                    String.class,
                    (name, ack) -> ack.send("Hello, " + name, socket.handshake().secure())));
        }
    }

    @BeforeAll
    static void makeKeys() throws Exception {
        Path file = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=server",
                        "-ext",
                        "SAN=ip:127.0.0.1,dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, "changeit".toCharArray());
        }
        bundle = new String[] {
            "--spring.ssl.bundle.jks.web.keystore.location=" + file.toUri(),
            "--spring.ssl.bundle.jks.web.keystore.password=changeit",
            "--spring.ssl.bundle.jks.web.options.enabled-protocols=TLSv1.3"
        };
    }

    private static ConfigurableApplicationContext start(String... args) {
        String[] all = java.util.Arrays.copyOf(bundle, bundle.length + args.length);
        System.arraycopy(args, 0, all, bundle.length, args.length);
        return Clients.run(new Class<?>[] {Application.class, OneContainer.Tomcat.class}, all);
    }

    private static OkHttpClient trusting() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return new OkHttpClient.Builder()
                .sslSocketFactory(context.getSocketFactory(), (X509TrustManager) trust.getTrustManagers()[0])
                .readTimeout(1, TimeUnit.MINUTES)
                .build();
    }

    private static void talk(int port, String transport) throws Exception {
        OkHttpClient http = trusting();
        IO.Options options = IO.Options.builder()
                .setForceNew(true)
                .setReconnection(false)
                .setTransports(new String[] {transport})
                .build();
        options.callFactory = http;
        options.webSocketFactory = http;
        Socket socket = IO.socket(URI.create("https://localhost:" + port), options);
        BlockingQueue<Object> answer = new LinkedBlockingQueue<>();
        socket.on(Socket.EVENT_CONNECT_ERROR, args -> answer.add(args[0]));
        socket.on(
                Socket.EVENT_CONNECT,
                args -> socket.emit("hello", new Object[] {"you"}, (Ack) got -> answer.add(got[0] + " " + got[1])));
        try {
            socket.connect();
            assertThat(answer.poll(60, TimeUnit.SECONDS)).isEqualTo("Hello, you true");
        } finally {
            socket.close();
            http.dispatcher().executorService().shutdown();
            http.connectionPool().evictAll();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket"})
    void theSeparatePortUsesTheSslBundle(String transport) throws Exception {
        try (ConfigurableApplicationContext context = start("--sockeye.port=0", "--sockeye.ssl.bundle=web")) {
            talk(context.getBean(SocketIoServer.class).port(), transport);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket"})
    void theApplicationPortUsesItsOwnTls(String transport) throws Exception {
        try (ConfigurableApplicationContext context = start("--server.ssl.bundle=web")) {
            talk(Integer.parseInt(context.getEnvironment().getProperty("local.server.port")), transport);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --sockeye.ssl.bundle=web | sockeye.ssl.bundle needs sockeye.port
            --sockeye.web-transport=true | sockeye.web-transport needs sockeye.port
            --sockeye.port=0 --sockeye.web-transport=true | sockeye.web-transport needs a certificate: set sockeye.ssl.bundle
            --sockeye.port=0 --sockeye.ssl.bundle=nobody | there is no SSL bundle "nobody"
            """)
    void invalidTlsSettingsFailStartup(String args, String message) {
        assertThatThrownBy(() -> start(args.split(" ", -1)).close()).hasStackTraceContaining(message);
    }

    @Test
    void aBundleWithoutKeysFailsStartup() {
        assertThatThrownBy(() -> start(
                                "--spring.ssl.bundle.jks.trust.truststore.type=PKCS12",
                                "--sockeye.port=0",
                                "--sockeye.ssl.bundle=trust")
                        .close())
                .hasStackTraceContaining("sockeye.ssl.bundle");
    }
}
