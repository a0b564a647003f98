package dev.sockeye.netty;

import static dev.sockeye.netty.Http2Test.connectWebSocket;
import static dev.sockeye.netty.Http2Test.frame;
import static dev.sockeye.netty.Http2Test.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams of HTTP/2 whose client ends them in unusual ways, or not at all. */
@Timeout(60)
class Http2StreamTest {
    @TempDir
    private static Path folder;

    private static KeyStore keys;

    private final EchoEngine echo = new EchoEngine();
    private NettyHost host;
    private Http2Client http2;

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = TestKeys.make(folder, "server");
    }

    @BeforeEach
    void start() throws Exception {
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                echo,
                NettyHostOptions.builder()
                        .tls(keys, TestKeys.PASSWORD)
                        .keepAliveTimeout(Duration.ofMillis(200))
                        .build());
        http2 = new Http2Client(host.address(), (X509Certificate) keys.getCertificate("server"));
    }

    @AfterEach
    void stop() throws Exception {
        http2.close();
        host.close();
    }

    private String status(String path, String value) throws Exception {
        Http2Client.Stream stream = http2.open();
        stream.send(
                true, ":method", "GET", ":scheme", "https", ":authority", "localhost", ":path", path, "x-value", value);
        return stream.next();
    }

    private String event() throws InterruptedException {
        return String.valueOf(echo.events.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void aWebSocketWhoseClientEndsItsStreamBeforeTheResponseIsClosed() throws Exception {
        BlockingQueue<WebSocketUpgrade> upgrades = new LinkedBlockingQueue<>();
        echo.onUpgrade = upgrades::add;
        Http2Client.Stream stream = http2.open();
        connectWebSocket(stream, "13");
        stream.send(text("early"), true);
        assertThat(status("/engine.io/", "after that")).isEqualTo("200");
        echo.accept(upgrades.take());
        assertThat(stream.next()).isEqualTo("200");
        assertThat(frame(stream)).isEqualTo("81 early");
        assertThat(stream.next()).isEqualTo("end");
        assertThat(event()).isEqualTo("close 1006");
    }

    @Test
    void aWebSocketWhoseClientEndsItsStreamWithTrailersIsClosed() throws Exception {
        Http2Client.Stream stream = http2.open();
        connectWebSocket(stream, "13");
        assertThat(stream.next()).isEqualTo("200");
        stream.send(true, "x-trailer", "1");
        assertThat(stream.next()).isEqualTo("end");
        assertThat(event()).isEqualTo("close 1006");
    }

    /** Otherwise the connection would stay open for good, because it has an open stream. */
    @Test
    void aStreamThatItsClientDoesNotEndIsResetAfterTheResponse() throws Exception {
        Http2Client.Stream stream = post();
        assertThat(stream.next()).isEqualTo("200");
        assertThat(stream.next()).isEqualTo("end");
        assertThat(stream.next()).isEqualTo("reset 0");
        assertThat(http2.closedWithin(20)).isTrue();
    }

    @Test
    void headersAfterTheResponseAreNoRequest() throws Exception {
        Http2Client.Stream stream = post();
        assertThat(stream.next()).isEqualTo("200");
        assertThat(stream.next()).isEqualTo("end");
        stream.send(true, "x-trailer", "1");
        assertThat(stream.next()).isEqualTo("closed");
        assertThat(echo.exchanges).hasSize(1);
    }

    /** Clients wait for the end of the server after its close frame. */
    @Test
    void aViolationOfWebSocketEndsTheServersSideOfTheStream() throws Exception {
        Http2Client.Stream stream = http2.open();
        connectWebSocket(stream, "13");
        assertThat(stream.next()).isEqualTo("200");
        stream.send(new byte[] {(byte) 0x81, 1, 'x'}, false); // not masked
        assertThat(stream.take(4)).containsExactly(0x88, 2, 1002 >> 8, 1002 & 0xff);
        assertThat(stream.next()).isEqualTo("end");
        stream.send(Frames.masked(0x88, new byte[] {1002 >> 8, (byte) 1002}, 7), true);
        assertThat(stream.next()).isEqualTo("closed");
    }

    /** A second release could free a buffer of another connection. */
    @Test
    void aPartOfABodyIsReleasedOnceIfItsListenerThrows() throws Exception {
        echo.onRequest = exchange -> exchange.readBody(1000, new ThrowingListener());
        Http2Client.Stream stream = post("5");
        stream.send(new byte[5], true);
        assertThat(event()).isEqualTo("lost");
    }

    /** A request without a body, whose stream the client leaves open. */
    private Http2Client.Stream post() throws Exception {
        return post("0");
    }

    private Http2Client.Stream post(String length) throws Exception {
        Http2Client.Stream stream = http2.open();
        stream.send(
                false,
                ":method",
                "POST",
                ":scheme",
                "https",
                ":authority",
                "localhost",
                ":path",
                "/engine.io/",
                "content-length",
                length);
        return stream;
    }
}
