package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients of HTTP/2 that send one kind of frame without end: they lose their connection, and the others notice nothing. */
@Timeout(120)
class Http2FloodTest {
    private static final byte[] NOTHING = {};
    private static final byte[] GET = request(0x82);
    private static final byte[] POST = request(0x83);
    private static final byte[] CONNECT =
            join(new byte[] {0x02}, string("CONNECT"), new byte[] {0x01}, string("localhost"));
    private static final byte[] WEBSOCKET = join(
            new byte[] {0x02},
            string("CONNECT"),
            new byte[] {(byte) 0x87, 0x04},
            string("/engine.io/"),
            new byte[] {0x01},
            string("localhost"),
            literal(":protocol", "websocket"),
            literal("sec-websocket-version", "13"));

    private static final byte[] PREFACE =
            join("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII), frame(4, 0, 0, NOTHING));

    /** Windows of 2 GiB, and a request: its response fills the buffers of a connection that is not read. */
    private static final byte[] LARGE_RESPONSE = join(
            frame(4, 0, 0, join(new byte[] {0, 4}, ofInt(Integer.MAX_VALUE))),
            frame(8, 0, 0, ofInt(Integer.MAX_VALUE - 65_535)),
            frame(1, 5, 1, GET));

    @TempDir
    private static Path folder;

    private static KeyStore keys;
    private static SSLContext trusting;

    private final EchoEngine echo = new EchoEngine();
    private NettyHost host;

    /** The frames that the client sends, by number; one entry may be several frames. */
    enum Flood {
        /** CVE-2023-44487: requests that are reset before they are answered. */
        RAPID_RESET(true, 100_000, i -> join(frame(1, 5, 2 * i + 1, GET), frame(3, 0, 2 * i + 1, ofInt(8)))),
        /** CVE-2025-8671: requests that the server has to reset, because of a window update of 0. */
        MADE_YOU_RESET(true, 100_000, i -> join(frame(1, 4, 2 * i + 1, POST), frame(8, 0, 2 * i + 1, ofInt(0)))),
        MADE_YOU_RESET_WEBSOCKET(
                true, 100_000, i -> join(frame(1, 4, 2 * i + 1, WEBSOCKET), frame(8, 0, 2 * i + 1, ofInt(0)))),
        /** CVE-2024-27316 and others: header blocks that do not end. */
        CONTINUATION(
                true, 100_000, i -> i == 0 ? frame(1, 1, 1, GET) : frame(9, 0, 1, literal("x" + i, "y".repeat(100)))),
        EMPTY_CONTINUATION(true, 1_000_000, i -> i == 0 ? frame(1, 1, 1, GET) : frame(9, 0, 1, NOTHING)),
        /** CVE-2019-9518. */
        EMPTY_DATA(true, 1_000_000, i -> i == 0 ? frame(1, 4, 1, POST) : frame(0, 0, 1, NOTHING)),
        /** CVE-2019-9512 and 9515: each has to be answered, and the client does not read. */
        PING(false, 1_000_000, i -> i == 0 ? LARGE_RESPONSE : frame(6, 0, 0, new byte[8])),
        SETTINGS(false, 200_000, i -> i == 0 ? LARGE_RESPONSE : frame(4, 0, 0, new byte[60])); // unknown settings

        private final boolean reads;
        private final int most;

        @SuppressWarnings("ImmutableEnumChecker")
        private final IntFunction<byte[]> frames;

        Flood(boolean reads, int most, IntFunction<byte[]> frames) {
            this.reads = reads;
            this.most = most;
            this.frames = frames;
        }
    }

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = TestKeys.make(folder, "server");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
    }

    @BeforeEach
    void start() throws Exception {
        start(options -> {});
    }

    private void start(Consumer<NettyHostOptions.Builder> change) throws Exception {
        NettyHostOptions.Builder options =
                NettyHostOptions.builder().loops(1).tls(keys, TestKeys.PASSWORD).closeTimeout(Duration.ofMillis(300));
        change.accept(options);
        host = NettyHost.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), echo, options.build());
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] ofInt(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Header lines in HPACK: an indexed method, the scheme, and path and authority as literals. */
    private static byte[] request(int method) {
        return join(
                new byte[] {(byte) method, (byte) 0x87, 0x04},
                string("/engine.io/"),
                new byte[] {0x01},
                string("localhost"));
    }

    private static byte[] literal(String name, String value) {
        return join(new byte[] {0x00}, string(name), string(value));
    }

    private static byte[] string(String text) {
        return join(new byte[] {(byte) text.length()}, text.getBytes(StandardCharsets.US_ASCII));
    }

    private Socket connect() throws IOException {
        Socket plain = new Socket();
        plain.setReceiveBufferSize(4096);
        plain.setSendBufferSize(32 * 1024);
        plain.connect(host.address());
        return plain;
    }

    private SSLSocket encrypt(Socket plain) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory()
                .createSocket(plain, "localhost", host.address().getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
        return socket;
    }

    @ParameterizedTest
    @EnumSource
    void aFrameFloodClosesOnlyItsOwnConnection(Flood flood) throws Exception {
        echo.onRequest = flood.reads ? exchange -> {} : Http2FloodTest::respondAtLength;
        try (SSLSocket socket = encrypt(connect())) {
            Thread reader = new Thread(() -> readAll(socket), "reader");
            if (flood.reads) {
                reader.start();
            }
            assertThat(sentUntilClosed(socket, flood))
                    .as("frames until the connection was closed")
                    .isLessThan(flood.most);
            if (flood.reads) {
                reader.join(20_000);
                assertThat(reader.isAlive()).isFalse();
            }
        }
        await().untilAsserted(() -> assertThat(echo.receiving).hasValue(0));
        echo.onRequest = echo::echo;
        try (Http2Client http2 = new Http2Client(host.address(), (X509Certificate) keys.getCertificate("server"))) {
            Http2Client.Stream stream = http2.open();
            stream.send(true, ":method", "GET", ":scheme", "https", ":authority", "localhost", ":path", "/engine.io/");
            assertThat(stream.next()).isEqualTo("200");
        }
    }

    private static void respondAtLength(HttpExchange exchange) {
        exchange.respond(new HostResponse(200, List.of(), new byte[16_000_000]));
    }

    /** GOAWAY cannot be written. The codec waits for that, or for {@code closeTimeout}. */
    @Test
    void aConnectionErrorClosesTheConnectionOfAClientThatDoesNotRead() throws Exception {
        stop();
        start(options -> options.closeTimeout(Duration.ofMinutes(5)));
        echo.onRequest = exchange -> {
            if (echo.exchanges.size() == 1) { // else it waits
                respondAtLength(exchange);
            }
        };
        try (Socket plain = connect();
                SSLSocket socket = encrypt(plain)) {
            OutputStream out = socket.getOutputStream();
            out.write(join(PREFACE, LARGE_RESPONSE, frame(1, 5, 3, GET)));
            out.flush();
            fill(plain);
            assertThat(echo.exchanges).hasSize(2);
            out.write(frame(0, 0, 0, NOTHING)); // data of no stream
            out.flush();
            assertThat(echo.events.poll(30, TimeUnit.SECONDS)).isEqualTo("lost");
        }
    }

    @Test
    void aClientThatDoesNotAcknowledgeTheSettingsMayOpenNoMoreStreams() throws Exception {
        echo.onRequest = exchange -> {};
        try (SSLSocket socket = encrypt(connect())) {
            ByteArrayOutputStream requests = new ByteArrayOutputStream();
            requests.writeBytes(PREFACE);
            for (int i = 0; i < 140; i++) {
                requests.writeBytes(frame(1, 5, 2 * i + 1, GET));
            }
            requests.writeBytes(frame(6, 0, 0, new byte[8]));
            requests.writeTo(socket.getOutputStream());
            socket.getOutputStream().flush();
            assertThat(resetsUntilPong(new DataInputStream(socket.getInputStream())))
                    .isEqualTo(12);
            assertThat(echo.exchanges).hasSize(128);
        }
    }

    private static int resetsUntilPong(DataInputStream in) throws IOException {
        int resets = 0;
        while (true) {
            int lengthAndType = in.readInt();
            in.readNBytes(5 + (lengthAndType >>> 8));
            int type = lengthAndType & 0xff;
            if (type == 6) {
                return resets;
            }
            resets += type == 3 ? 1 : 0;
        }
    }

    /** Waits until the buffers of both sides are full. */
    private static void fill(Socket plain) {
        await().during(Duration.ofMillis(300))
                .until(() -> plain.getInputStream().available() > 0);
    }

    /** Requests that are refused without the engine: the connection cannot be closed as long as one of them is open. */
    @Test
    void refusalsThatAreNotReadEndAfterTheRequestTimeout() throws Exception {
        stop();
        start(options -> options.requestTimeout(Duration.ofMillis(300)).keepAliveTimeout(Duration.ofMillis(300)));
        echo.onRequest = Http2FloodTest::respondAtLength;
        try (Socket plain = connect();
                SSLSocket socket = encrypt(plain)) {
            OutputStream out = socket.getOutputStream();
            out.write(join(PREFACE, LARGE_RESPONSE));
            out.flush();
            fill(plain);
            out.write(frame(1, 5, 3, CONNECT));
            await().untilAsserted(() -> assertThatIOException().isThrownBy(() -> {
                out.write(frame(6, 0, 0, new byte[8]));
                out.flush();
            }));
        }
    }

    private static int sentUntilClosed(SSLSocket socket, Flood flood) throws IOException {
        OutputStream out = socket.getOutputStream();
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        batch.writeBytes(PREFACE);
        for (int i = 0; i < flood.most; i++) {
            batch.writeBytes(flood.frames.apply(i));
            if (batch.size() > 8_000) {
                try {
                    batch.writeTo(out);
                    out.flush();
                } catch (IOException e) {
                    return i;
                }
                batch.reset();
            }
        }
        return flood.most;
    }

    private static void readAll(SSLSocket socket) {
        try {
            InputStream in = socket.getInputStream();
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // the connection was reset
        }
    }
}
