package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.FakeExchange;
import dev.sockeye.socketio.server.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientBundleTest {
    private static final String ETAG = "\"4.8.4\"";
    private final TestServer server = new TestServer();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socket.io.js",
                "socket.io.js?buster=1",
                "socket.io.min.js",
                "socket.io.esm.min.js",
                "socket.io.msgpack.min.js"
            })
    @Tag("sio.server-attachment.01")
    @Tag("sio.server-attachment.02")
    @Tag("sio.server-attachment.04")
    @Tag("sio.server-attachment.09")
    @Tag("sio.server-attachment.11")
    @Tag("sio.uws.12")
    @Tag("sio.uws.13")
    @Tag("sio.uws.15")
    @Tag("sio.uws.17")
    void clientScriptsAreServed(String file) {
        FakeExchange exchange = server.get("/socket.io/" + file);
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.header("content-type")).isEqualTo("application/javascript; charset=utf-8");
        assertThat(exchange.header("etag")).isEqualTo(ETAG);
        assertThat(exchange.header("content-encoding")).isNull();
        assertThat(exchange.headerNames()).doesNotHaveDuplicates();
        assertThat(exchange.body()).contains("engine.io").contains("4.8.4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socket.io.js.map",
                "socket.io.min.js.map",
                "socket.io.esm.min.js.map",
                "socket.io.msgpack.min.js.map"
            })
    @Tag("sio.server-attachment.03")
    @Tag("sio.server-attachment.05")
    @Tag("sio.server-attachment.10")
    @Tag("sio.server-attachment.12")
    @Tag("sio.uws.14")
    @Tag("sio.uws.16")
    @Tag("sio.uws.18")
    void sourceMapsAreServed(String file) {
        FakeExchange exchange = server.get("/socket.io/" + file);
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.header("content-type")).isEqualTo("application/json; charset=utf-8");
        assertThat(exchange.header("etag")).isEqualTo(ETAG);
        assertThat(exchange.body()).startsWith("{");
    }

    @Test
    @Tag("sio.server-attachment.06")
    @Tag("sio.server-attachment.07")
    void compressionIsNegotiated() throws IOException {
        String plain = server.get("/socket.io/socket.io.js").body();
        FakeExchange gzip = server.get("/socket.io/socket.io.js", "accept-encoding", "gzip, br, deflate");
        assertThat(gzip.header("content-encoding")).isEqualTo("gzip");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip.bytes()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain);
        }
        FakeExchange brotli = server.get("/socket.io/socket.io.js", "accept-encoding", "br");
        assertThat(brotli.header("content-encoding")).isEqualTo("br");
        assertThat(brotli.bytes().length).isLessThan(plain.length() / 2);
    }

    @Test
    @Tag("sio.server-attachment.13")
    @Tag("sio.server-attachment.14")
    @Tag("sio.uws.21")
    @Tag("sio.uws.22")
    void anUnmodifiedFileIsNotSentAgain() {
        assertThat(server.get("/socket.io/socket.io.js", "if-none-match", ETAG).status())
                .isEqualTo(304);
        FakeExchange weak = server.get("/socket.io/socket.io.js", "if-none-match", "W/" + ETAG);
        assertThat(weak.status()).isEqualTo(304);
        assertThat(weak.body()).isEmpty();
        assertThat(server.get("/socket.io/socket.io.js", "if-none-match", "\"4.0.0\"")
                        .status())
                .isEqualTo(200);
    }

    @Test
    @Tag("sio.server-attachment.15")
    @Tag("sio.server-attachment.19")
    @Tag("sio.uws.19")
    void requestsForOtherFilesAreHandledByTheEngine() {
        assertThat(server.get("/socket.io/socket.io.esm.js").status()).isEqualTo(400);
        TestServer without = new TestServer(options -> options.serveClient(false));
        assertThat(without.get("/socket.io/socket.io.js").status()).isEqualTo(400);
    }
}
