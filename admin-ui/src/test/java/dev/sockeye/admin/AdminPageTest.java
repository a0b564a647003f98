package dev.sockeye.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The Admin UI page")
class AdminPageTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern LOADED = Pattern.compile("(?:src|href)=\"([^\"]+)\"|url\\(\"?([^)\"]+)\"?\\)");

    private final List<AutoCloseable> open = new ArrayList<>();
    private SocketIoServer io = SocketIoServer.create();

    private void start(AdminUiOptions.Builder options) throws IOException {
        open.add(AdminUi.instrument(io, options.auth(AdminAuth.none()).build()));
        io.listen(0);
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + io.port() + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private String text(String path) throws IOException, InterruptedException {
        return new String(get(path).body(), StandardCharsets.UTF_8);
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        io.close();
    }

    @Test
    void isServedWithAllItsResources() throws Exception {
        start(AdminUiOptions.builder());
        HttpResponse<byte[]> page = get("/socket.io/admin/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(header(page, "content-security-policy")).contains("script-src 'self'", "frame-ancestors 'none'");
        assertThat(header(page, "x-content-type-options")).isEqualTo("nosniff");
        assertThat(header(page, "cache-control")).isEqualTo("no-cache");
        String html = new String(page.body(), StandardCharsets.UTF_8);
        assertThat(html).doesNotContain("https://", "http://");
        int loaded = 0;
        for (String from : List.of("", "fonts/roboto.css", "fonts/icons.css")) {
            String folder = from.substring(0, from.lastIndexOf('/') + 1);
            Matcher found = LOADED.matcher(text("/socket.io/admin/" + from));
            while (found.find()) {
                String file = folder + (found.group(1) == null ? found.group(2) : found.group(1));
                HttpResponse<byte[]> one = get("/socket.io/admin/" + file);
                assertThat(one.statusCode()).as(file).isEqualTo(200);
                assertThat(header(one, "content-type")).isNotEqualTo("application/octet-stream");
                assertThat(one.body()).isNotEmpty();
                loaded++;
            }
        }
        assertThat(loaded).isGreaterThan(20);
    }

    @Test
    void isCompressedAndRevalidatedByItsEtag() throws Exception {
        start(AdminUiOptions.builder());
        HttpResponse<byte[]> plain = get("/socket.io/admin/?x=1");
        HttpResponse<byte[]> packed = get("/socket.io/admin/index.html", "Accept-Encoding", "br, gzip");
        assertThat(header(packed, "content-encoding")).isEqualTo("gzip");
        assertThat(header(packed, "vary")).isEqualTo("Accept-Encoding");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertThat(in.readAllBytes()).isEqualTo(plain.body());
        }
        HttpResponse<byte[]> again = get("/socket.io/admin/", "If-None-Match", header(plain, "etag"));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void redirectsWhenTheTrailingSlashIsMissing() throws Exception {
        start(AdminUiOptions.builder());
        HttpResponse<byte[]> answer = get("/socket.io/admin");
        assertThat(answer.statusCode()).isEqualTo(307);
        assertThat(header(answer, "location")).isEqualTo("admin/");
    }

    @Test
    void onlyItsOwnFilesAreServed() throws Exception {
        start(AdminUiOptions.builder());
        for (String path :
                List.of("version.properties", "files.properties", "../admin/index.html", "%2e%2e/", "js/", "x")) {
            assertThat(get("/socket.io/admin/" + path).statusCode()).as(path).isEqualTo(400);
        }
        assertThat(get("/socket.io/administrator").statusCode()).isEqualTo(400);
        assertThat(get("/socket.io/socket.io.js").statusCode()).isEqualTo(200);
        open.get(0).close();
        assertThat(get("/socket.io/admin/").statusCode()).isEqualTo(400);
    }

    @Test
    void usesThePathNamespaceAndParserOfItsServer() throws Exception {
        io = SocketIoServer.create(SocketIoServerOptions.builder()
                .engine(engine -> engine.path("/ws/io"))
                .parser(MsgpackParser.create())
                .build());
        start(AdminUiOptions.builder().pagePath("ops").namespaceName("/quo\"te\u00e9"));
        assertThat(get("/ws/io/ops/").statusCode()).isEqualTo(200);
        assertThat(text("/ws/io/ops/preset.js"))
                .contains("\"namespace\", \"/quo\\u0022te\\u00e9\"", "\"parser\", \"msgpack\"");
        assertThat(get("/socket.io/admin/").statusCode()).isEqualTo(404);
    }

    @Test
    void isNotServedWhenDisabled() throws Exception {
        start(AdminUiOptions.builder().servePage(false));
        assertThat(get("/socket.io/admin/").statusCode()).isEqualTo(400);
    }
}
