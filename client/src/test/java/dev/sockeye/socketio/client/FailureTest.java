package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.transport.TransportName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each stage at which a connection can fail: the reason is reported, and the attempt is repeated according to the options. */
@Timeout(60)
class FailureTest {
    private final SocketIoClient io = SocketIoClient.create();

    @AfterEach
    void close() {
        io.close();
    }

    /** A port without a listener. */
    static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static ClientOptionsBuilder once() {
        return ClientOptions.builder().forceNew(true).reconnection(false);
    }

    private Throwable fail(String url, ClientOptions options) throws InterruptedException {
        try {
            io.socket(url, options).connectBlocking(Duration.ofSeconds(10));
        } catch (ConnectErrorException e) {
            assertThat(e.refused()).isFalse();
            return e;
        }
        throw new AssertionError("connected");
    }

    @Test
    @Tag("sioc.socket.05")
    void aRefusedConnectionIsReported() throws Exception {
        int port = deadPort();
        assertThat(fail("http://127.0.0.1:" + port, once().build()))
                .hasMessageContaining("xhr poll error")
                .hasMessageContaining("cannot connect to 127.0.0.1:" + port);
    }

    @Test
    void aBlockingConnectThatTimesOutReportsTheCause() throws Exception {
        int port = deadPort();
        assertThatThrownBy(() -> io.socket(
                                "http://127.0.0.1:" + port,
                                ClientOptions.builder()
                                        .forceNew(true)
                                        .reconnectionDelay(Duration.ofMillis(50))
                                        .build())
                        .connectBlocking(Duration.ofSeconds(2)))
                .isInstanceOf(ConnectErrorException.class)
                .hasMessageStartingWith("not connected within PT2S: xhr poll error: ")
                .hasMessageContaining("cannot connect to 127.0.0.1:" + port)
                .hasCauseInstanceOf(ConnectErrorException.class);
    }

    @Test
    void anUnknownHostIsReported() throws Exception {
        assertThat(fail("http://" + UnknownHost.NAME, once().build()))
                .hasMessageContaining("cannot resolve the host name " + UnknownHost.NAME);
    }

    @ParameterizedTest
    @EnumSource(value = TransportName.class, mode = EnumSource.Mode.EXCLUDE, names = "WEBTRANSPORT")
    void connectTimesOutWhenTheServerNeverResponds(TransportName transport) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            assertThat(fail(
                            "http://127.0.0.1:" + silent.getLocalPort(),
                            once().transports(transport)
                                    .timeout(Duration.ofMillis(200))
                                    .build()))
                    .hasMessageContaining("timeout");
        }
    }

    @Test
    void requestTimeoutFailsAnUnansweredRequest() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            assertThat(fail(
                            "http://127.0.0.1:" + silent.getLocalPort(),
                            once().requestTimeout(Duration.ofMillis(100)).build()))
                    .hasMessageContaining("no response within requestTimeout");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 500, 503})
    void anHttpErrorStatusIsReported(int status) throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(status, "text/plain", "go away")) {
            for (TransportName transport : List.of(TransportName.POLLING, TransportName.WEBSOCKET)) {
                Throwable error =
                        fail(server.url(), once().transports(transport).build());
                assertThat(error).hasMessageContaining("HTTP " + status).hasMessageContaining("go away");
                TransportException cause = (TransportException) error.getCause().getCause();
                assertThat(cause.status()).isEqualTo(status);
                assertThat(cause.body()).isEqualTo("go away");
            }
        }
    }

    @Test
    void htmlInsteadOfAPayloadIsReported() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(200, "text/html", "<html>login</html>")) {
            assertThat(fail(server.url(), once().build()))
                    .hasMessageContaining("not an Engine.IO payload (text/html): <html>login</html>");
        }
    }

    @Test
    void anEngineIoProtocol3ServerIsReported() throws Exception {
        String body = "96:0{\"sid\":\"abc\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":5000}2:40";
        try (ScriptedServer server = ScriptedServer.answering(200, "text/plain", body)) {
            assertThat(fail(server.url(), once().build())).hasMessageContaining("Engine.IO protocol 3");
        }
    }

    private static final String OPEN =
            "0{\"sid\":\"abc\",\"upgrades\":[],\"pingInterval\":100,\"pingTimeout\":100,\"maxPayload\":1000}";

    @Test
    void aPingTimeoutIsReportedAndTriggersReconnection() throws Exception {
        // the handshake and the connect are answered, then the server is silent for ever: a half-open connection
        try (ScriptedServer server = ScriptedServer.openingThenSilent(OPEN)) {
            Socket socket = io.socket(
                    server.url(),
                    ClientOptions.builder()
                            .forceNew(true)
                            .autoConnect(false)
                            .reconnectionDelay(Duration.ofMillis(10))
                            .build());
            List<DisconnectReason> reasons = new CopyOnWriteArrayList<>();
            CountDownLatch again = new CountDownLatch(1);
            socket.onDisconnect((reason, details) -> reasons.add(reason));
            socket.io().onReconnectAttempt(n -> again.countDown());
            socket.connectBlocking(Duration.ofSeconds(20));
            assertThat(again.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(reasons).first().isEqualTo(DisconnectReason.PING_TIMEOUT);
        }
    }

    @Test
    @Tag("sioc.socket.06")
    @Tag("sioc.socket.07")
    void aZeroTimeoutFailsImmediately() throws Exception {
        for (TestServers server : TestServers.values()) {
            for (TransportName transport : List.of(TransportName.POLLING, TransportName.WEBSOCKET)) {
                assertThat(fail(
                                server.main(),
                                once().transports(transport)
                                        .timeout(Duration.ZERO)
                                        .build()))
                        .hasMessageStartingWith("timeout");
            }
        }
    }

    @Test
    void blockingCallsAreRefusedOnAnIoThread() throws Exception {
        Socket socket = io.socket(NodeServers.main(), once().build());
        CountDownLatch done = new CountDownLatch(1);
        socket.io().run(() -> {
            assertThatThrownBy(() -> socket.connectBlocking(Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> socket.call("hi", Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalStateException.class);
            done.countDown();
        });
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
