package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that RFC 9112 forbids are refused immediately, in one piece or byte by byte, without waiting for the long timeout. */
class RequestHeadTest {

    private final EchoEngine engine = new EchoEngine();
    private NettyHost host;

    @BeforeEach
    void start() throws Exception {
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder()
                        .loops(1)
                        .requestTimeout(Duration.ofMinutes(10))
                        .build());
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    private static String get(String rest) {
        return "GET /engine.io/ HTTP/1.1\r\n" + rest + "\r\n";
    }

    private static String post(String headers, String body) {
        return "POST /engine.io/ HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
    }

    private void assertRefused(String request) throws Exception {
        try (RawClient client = new RawClient(host)) {
            client.send(request);
            assertThat(client.response().status()).as(request).isEqualTo(400);
            assertThat(client.ended()).isTrue();
        }
        try (RawClient client = new RawClient(host)) {
            for (byte b : request.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)) {
                try {
                    client.send(new byte[] {b});
                } catch (java.io.IOException e) {
                    break; // refused already
                }
            }
            assertThat(client.response().status())
                    .as("byte by byte: " + request)
                    .isEqualTo(400);
        }
        assertThat(engine.exchanges).isEmpty();
    }

    @Test
    void foldedLinesAreRefused() throws Exception {
        assertRefused(get(" folded: a\r\nHost: x\r\n"));
        assertRefused(get("\tfolded\r\nHost: x\r\n"));
        assertRefused(get("Host: x\r\nA: b\r\n c\r\n"));
        assertRefused(get("Host: x\r\nA: b\r\n\tc\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HTTP/9.9", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/1.10", "http/1.1", "HTTP/1", "ICY/1.1", ""
            })
    void unsupportedHttpVersionsAreRefused(String version) throws Exception {
        assertRefused("GET /engine.io/ " + version + "\r\nHost: x\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0",
                "\u0016\u0003\u0001",
                "{\"a\":1}",
                " GET / HTTP/1.1",
                "\u00ff\u00fe",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "GET\t",
                "GET  /",
                "\r\n\r\n\r\n\r\n\r\n"
            })
    void noiseWithoutALineEndIsRefusedImmediately(String noise) throws Exception {
        assertRefused(noise);
    }

    @Test
    void bareLineEndsAndControlCharactersAreRefused() throws Exception {
        assertRefused("GET /engine.io/ HTTP/1.1\nHost: x\n\n");
        assertRefused(get("Host: x\nA: b\r\n"));
        assertRefused(get("Host: x\rA: b\r\n"));
        assertRefused(get("Host: x\r\nA: b\0c\r\n"));
        assertRefused(get("Host: x\r\nA: b\u007f\r\n"));
        assertRefused(get("Host: x\r\nA : b\r\n"));
        assertRefused(get("Host: x\r\n: b\r\n"));
        assertRefused(get("Host: x\r\nno colon\r\n"));
        assertRefused("GET /engine.io/\0 HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    @Test
    void ambiguousLengthsAreRefused() throws Exception {
        assertRefused(post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"));
        assertRefused(post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"));
        assertRefused(post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
        assertRefused(post("Content-Length: +3\r\n", "abc"));
        assertRefused(post("Content-Length: -3\r\n", "abc"));
        assertRefused(post("Content-Length: 3, 3\r\n", "abc"));
        assertRefused(post("Content-Length: x\r\n", "abc"));
    }

    @Test
    void validRequestsAreAccepted() throws Exception {
        try (RawClient client = new RawClient(host)) {
            String requests = "\r\n" + get("Host: x\r\nA:\r\nB: \t b \u00e9 \r\nC!#$%&'*+-.^_`|~9: c\r\n")
                    + post("Content-Length: 7\r\n", "\r\n\r\n a\n")
                    + post("Transfer-Encoding: chunked\r\n", "3\r\n\n \0\r\n0\r\n\r\n")
                    + "GET /engine.io/?\u00fc HTTP/1.0\r\n\r\n";
            for (byte b : requests.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)) {
                client.send(new byte[] {b});
            }
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(client.response().body()).isEqualTo("\r\n\r\n a\n");
            assertThat(client.response().body()).isEqualTo("\n \0");
            assertThat(client.response().status()).isEqualTo(200);
        }
        try (RawClient client = new RawClient(host)) {
            client.send(post("Content-Length: 7\r\n", "\r\n\r\n a\n") + get("Host: x\r\n"));
            assertThat(client.response().body()).isEqualTo("\r\n\r\n a\n");
            assertThat(client.response().status()).isEqualTo(200);
        }
    }
}
