package dev.sockeye.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.netty.NettyHost;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.server.SocketIoServer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

class ReactorNettyChatTest {
    private static final SocketIoServer IO_SERVER = SocketIoServer.create();
    private static DisposableServer server;

    @TempDir
    private static Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() {
        server = ReactorNettyChat.start(IO_SERVER, 0);
    }

    @AfterAll
    static void stop() {
        IO_SERVER.closeAsync().join();
        server.disposeNow();
    }

    private HttpResponse<String> request(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket", "polling websocket"})
    void anApplicationRouteEmitsToClientsOnTheSamePort(String transports) throws Exception {
        List<String> received = new CopyOnWriteArrayList<>();
        Socket socket = IO.socket(
                URI.create("http://localhost:" + server.port() + "/"),
                IO.Options.builder()
                        .setForceNew(true)
                        .setTransports(transports.split(" "))
                        .build());
        try {
            socket.on("chat message", args -> received.add(String.valueOf(args[0])));
            socket.connect();
            await().until(socket::connected);
            if (transports.contains(" ")) {
                await().until(() -> IO_SERVER.sockets().sockets().values().stream()
                        .anyMatch(one -> one.id().equals(socket.id())
                                && one.conn().transport().equals("websocket")));
            }
            HttpResponse<String> answer = request("POST", "/say", "from the route");
            assertThat(answer.body()).isEqualTo("said: from the route");
            socket.emit("chat message", "from the client");
            await().untilAsserted(() -> assertThat(received).containsExactly("from the route", "from the client"));
        } finally {
            socket.close();
        }
        await().untilAsserted(() -> assertThat(IO_SERVER.sockets().sockets()).isEmpty());
    }

    @Test
    void oneKeepAliveConnectionServesApplicationRequestsAndPolls() throws Exception {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(request("POST", "/say", "n" + i).body());
            assertThat(request("GET", "/socket.io/?EIO=4&transport=polling", "").body())
                    .startsWith("0{\"sid\"");
            assertThat(request("GET", "/nothing", "").statusCode()).isEqualTo(404);
        }
        assertThat(answers).containsExactly("said: n0", "said: n1", "said: n2", "said: n3", "said: n4");
    }

    /** With TLS of reactor-netty's own. */
    @ParameterizedTest
    @ValueSource(strings = {"polling", "websocket"})
    void clientsConnectOverTlsAndTheHandshakeIsSecure(String transport) throws Exception {
        Path store = folder.resolve(transport + ".p12");
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
                        "SAN=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "changeit".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);

        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        SslContext serving = SslContextBuilder.forServer(own).build();
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket ->
                socket.on("secure?", (args, ack) -> ack.send(socket.handshake().secure())));
        DisposableServer secured = HttpServer.create()
                .port(0)
                .secure(ssl -> ssl.sslContext(serving))
                .doOnChannelInit(
                        (observer, channel, address) -> NettyHost.attach(channel.pipeline(), io.hostedEngine()))
                .bindNow();
        try (SocketIoClient client = SocketIoClient.create()) {
            dev.sockeye.socketio.client.Socket socket = client.socket(
                            "https://localhost:" + secured.port(),
                            ClientOptions.builder()
                                    .transports(TransportName.valueOf(transport.toUpperCase(Locale.ROOT)))
                                    .sslContext(trusting)
                                    .build())
                    .connectBlocking(Duration.ofSeconds(20));
            assertThat(socket.call("secure?", Duration.ofSeconds(20)).get(0)).isEqualTo(true);
        } finally {
            io.closeAsync().join();
            secured.disposeNow();
        }
    }
}
