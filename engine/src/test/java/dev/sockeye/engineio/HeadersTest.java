package dev.sockeye.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HeadersTest {
    private Bench bench = new Bench();

    private String cookie(CookieOptions options) {
        bench = new Bench(o -> o.cookie(defaults -> options.toBuilder()));
        String header = bench.handshake().header("set-cookie");
        assertThat(header).isNotNull();
        return header.replace(bench.session().id(), "SID");
    }

    @Test
    @Tag("eio.server.11")
    @Tag("eio.server.12")
    @Tag("eio.server.13")
    @Tag("eio.server.14")
    @Tag("eio.server.15")
    @Tag("eio.server.16")
    @Tag("eio.server.17")
    void theCookieHasTheConfiguredAttributes() {
        CookieOptions cookie = CookieOptions.defaults();
        assertThat(cookie(cookie)).isEqualTo("io=SID; Path=/; HttpOnly; SameSite=Lax");
        assertThat(cookie(cookie.toBuilder().name("woot").build()))
                .isEqualTo("woot=SID; Path=/; HttpOnly; SameSite=Lax");
        assertThat(cookie(cookie.toBuilder().path("/custom").build()))
                .isEqualTo("io=SID; Path=/custom; HttpOnly; SameSite=Lax");
        assertThat(cookie(cookie.toBuilder().path(null).build())).isEqualTo("io=SID; HttpOnly; SameSite=Lax");
        assertThat(cookie(cookie.toBuilder().httpOnly(true).build())).contains("; HttpOnly");
        assertThat(cookie(cookie.toBuilder().sameSite("strict").build()))
                .isEqualTo("io=SID; Path=/; HttpOnly; SameSite=Strict");
        assertThat(cookie(cookie.toBuilder().httpOnly(false).build())).isEqualTo("io=SID; Path=/; SameSite=Lax");
        assertThat(cookie(CookieOptions.builder()
                        .name("a")
                        .sameSite(null)
                        .secure(true)
                        .maxAge(Duration.ofMinutes(1))
                        .domain("x.y")
                        .build()))
                .isEqualTo("a=SID; Max-Age=60; Domain=x.y; Path=/; HttpOnly; Secure");
        bench.send("x");
        assertThat(bench.poll(bench.session().id()).header("set-cookie")).isNull();
    }

    @Test
    @Tag("eio.server.138")
    @Tag("eio.server.139")
    @Tag("eio.server.140")
    void responsesAreNotCachedAndXssProtectionIsDisabledForInternetExplorer() {
        RecordingExchange modern = bench.handshake("User-Agent", "Mozilla/5.0 Firefox");
        assertThat(modern.header("cache-control")).isEqualTo("no-store");
        assertThat(modern.header("x-xss-protection")).isNull();
        assertThat(bench.post(bench.session().id(), "4x").header("cache-control"))
                .isEqualTo("no-store");
        assertThat(bench.handshake("User-Agent", "Mozilla/4.0 (Compatible;MSIE 8.0;Windows NT 5.2)")
                        .header("x-xss-protection"))
                .isEqualTo("0");
        assertThat(bench.handshake("User-Agent", "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko")
                        .header("x-xss-protection"))
                .isEqualTo("0");
    }

    @Test
    @Tag("eio.server.141")
    @Tag("eio.server.142")
    @Tag("eio.server.143")
    @Tag("eio.server.144")
    @Tag("eio.server.145")
    void initialHeadersRunOncePerHandshakeAndHeadersForEachResponse() {
        bench = new Bench(o -> o.cookie(true));
        List<String> calls = new ArrayList<>();
        bench.server.onInitialHeaders((headers, request) -> {
            calls.add("initial");
            headers.set("test", "123");
        });
        bench.server.onHeaders((headers, request) -> {
            calls.add("each");
            headers.set("test2", "456");
        });
        RecordingExchange handshake = bench.handshake();
        assertThat(handshake.header("test")).isEqualTo("123");
        assertThat(handshake.header("test2")).isEqualTo("456");
        assertThat(handshake.header("set-cookie")).startsWith("io=");
        String sid = bench.session().id();
        RecordingExchange post = bench.post(sid, "4x");
        assertThat(post.header("test")).isNull();
        assertThat(post.header("test2")).isEqualTo("456");
        FakeUpgrade candidate = bench.webSocket(sid);
        candidate.text("2probe");
        candidate.text("5");
        assertThat(calls).containsExactly("initial", "each", "each", "each");
        assertThat(candidate.headers).containsExactly(new Header("test2", "456"));
        assertThat(bench.webSocket(null).headers)
                .containsExactly(new Header("test", "123"), new Header("test2", "456"));
    }

    @Test
    void allCookieAttributesAreWrittenAndInvalidOnesAreRefused() {
        assertThat(cookie(CookieOptions.builder()
                        .expires(Instant.parse("2027-02-03T04:05:06Z"))
                        .secure(true)
                        .partitioned(true)
                        .priority("high")
                        .sameSite("none")
                        .build()))
                .isEqualTo("io=SID; Path=/; Expires=Wed, 03 Feb 2027 04:05:06 GMT; HttpOnly; Secure; Partitioned;"
                        + " Priority=High; SameSite=None");
        assertThatThrownBy(() -> CookieOptions.builder().priority("urgent").build())
                .hasMessage("cookie.priority must be low, medium or high, was \"urgent\"");
        assertThatThrownBy(() -> CookieOptions.builder().sameSite("or").build())
                .hasMessageContaining("cookie.sameSite");
    }

    @Test
    void originsMatchByNamePatternOrPredicate() {
        CorsOptions cors = CorsOptions.builder()
                .origins("http://a.example")
                .originPatterns(Pattern.compile("\\.b\\.example$"))
                .originPredicate((origin, request) -> origin.equals("http://c.example"))
                .build();
        for (String origin : List.of("http://a.example", "http://x.b.example", "http://c.example")) {
            assertThat(preflight(cors, origin).header("access-control-allow-origin"))
                    .isEqualTo(origin);
        }
        RecordingExchange other = preflight(cors, "http://d.example");
        assertThat(other.header("access-control-allow-origin")).isNull();
        assertThat(other.header("vary")).contains("Origin");
    }

    @Test
    void invalidCorsOptionsAreRefused() {
        assertThatThrownBy(() -> CorsOptions.builder().origins()).hasMessageContaining("cors.origins");
        assertThatThrownBy(() -> CorsOptions.builder().originPatterns()).hasMessageContaining("cors.originPatterns");
        assertThatThrownBy(() ->
                        CorsOptions.builder().origins("*", "http://a.example").build())
                .hasMessageContaining("cors.origins");
        assertThatThrownBy(() ->
                        CorsOptions.builder().origins("*").credentials(true).build())
                .hasMessageContaining("cors.credentials");
    }

    @Test
    void preflightContinuePassesThePreflightRequestToMiddlewares() {
        bench = new Bench(o -> o.cors(cors -> cors.origins("http://a.example").preflightContinue(true)));
        bench.server.use(
                (request, headers, chain) -> chain.respond(new HostResponse(299, List.of(), "mine".getBytes(UTF_8))));
        RecordingExchange answer = bench.request("OPTIONS", "?transport=polling", "", "Origin", "http://a.example");
        assertThat(answer.status()).isEqualTo(299);
        assertThat(answer.text()).isEqualTo("mine");
        assertThat(answer.header("access-control-allow-origin")).isEqualTo("http://a.example");
        assertThat(answer.header("access-control-allow-methods")).contains("PATCH");

        bench = new Bench(o -> o.cors(cors -> cors.preflightContinue(true)));
        assertThat(bench.request("OPTIONS", "?EIO=4&transport=polling", "").status())
                .isEqualTo(400);
    }

    private RecordingExchange preflight(CorsOptions cors, String origin) {
        bench = new Bench(o -> o.cors(defaults -> cors.toBuilder()));
        return bench.request(
                "OPTIONS", "?transport=polling", "", "Origin", origin, "Access-Control-Request-Headers", "x-asked");
    }

    @Test
    @Tag("eio.server.146")
    @Tag("eio.server.147")
    @Tag("eio.server.150")
    void requestsFromAnAllowedOriginGetCorsHeaders() {
        CorsOptions cors = CorsOptions.builder()
                .originPredicate((origin, request) -> true)
                .allowedHeaders("my-header")
                .credentials(true)
                .build();
        RecordingExchange preflight = preflight(cors, "http://engine.io");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.text()).isEmpty();
        assertThat(preflight.header("access-control-allow-origin")).isEqualTo("http://engine.io");
        assertThat(preflight.header("access-control-allow-methods")).isEqualTo("GET,HEAD,PUT,PATCH,POST,DELETE");
        assertThat(preflight.header("access-control-allow-headers")).isEqualTo("my-header");
        assertThat(preflight.header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(preflight.header("vary")).isEqualTo("Origin");

        RecordingExchange actual = bench.handshake("Origin", "http://engine.io");
        assertThat(actual.status()).isEqualTo(200);
        assertThat(actual.header("access-control-allow-origin")).isEqualTo("http://engine.io");
        assertThat(actual.header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(actual.header("access-control-allow-methods")).isNull();
        assertThat(actual.header("access-control-allow-headers")).isNull();
        String sid = bench.session().id();
        assertThat(bench.post(sid, "4hi", "Origin", "http://engine.io").header("access-control-allow-origin"))
                .isEqualTo("http://engine.io");
        assertThat(bench.listener().events).containsExactly("text hi");
        bench.send("ho");
        RecordingExchange poll = bench.get("?EIO=4&transport=polling&sid=" + sid, "Origin", "http://engine.io");
        assertThat(poll.text()).isEqualTo("4ho");
        assertThat(poll.header("access-control-allow-origin")).isEqualTo("http://engine.io");
    }

    @Test
    @Tag("eio.server.148")
    void anOriginThatIsNotAllowedGetsNoCorsHeaders() {
        RecordingExchange exchange = preflight(
                CorsOptions.builder()
                        .origins("http://good.com", "http://fine.com")
                        .build(),
                "http://bad-domain.com");
        assertThat(exchange.status()).isEqualTo(204);
        assertThat(exchange.text()).isEmpty();
        assertThat(exchange.header("access-control-allow-origin")).isNull();
        assertThat(exchange.header("access-control-allow-credentials")).isNull();
    }

    @Test
    @Tag("eio.server.149")
    void allCorsOptionsAreApplied() {
        RecordingExchange exchange = preflight(
                CorsOptions.builder()
                        .origins("http://good-domain.com")
                        .methods("GET", "PUT", "POST")
                        .allowedHeaders("my-header")
                        .exposedHeaders("my-exposed-header")
                        .credentials(true)
                        .maxAge(Duration.ofSeconds(123))
                        .optionsSuccessStatus(200)
                        .build(),
                "http://good-domain.com");
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.text()).isEmpty();
        assertThat(exchange.header("access-control-allow-origin")).isEqualTo("http://good-domain.com");
        assertThat(exchange.header("access-control-allow-methods")).isEqualTo("GET,PUT,POST");
        assertThat(exchange.header("access-control-allow-headers")).isEqualTo("my-header");
        assertThat(exchange.header("access-control-expose-headers")).isEqualTo("my-exposed-header");
        assertThat(exchange.header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(exchange.header("access-control-max-age")).isEqualTo("123");
    }

    @Test
    void originsMatchByPatternAndRequestedHeadersAreEchoed() {
        CorsOptions pattern = CorsOptions.builder()
                .originPatterns(Pattern.compile("\\.good\\.com$"))
                .build();
        RecordingExchange good = preflight(pattern, "http://a.good.com");
        assertThat(good.header("access-control-allow-origin")).isEqualTo("http://a.good.com");
        assertThat(good.header("access-control-allow-headers")).isEqualTo("x-asked");
        assertThat(good.headers("vary")).containsExactly("Origin", "Access-Control-Request-Headers");
        assertThat(preflight(pattern, "http://a.good.com.bad").header("access-control-allow-origin"))
                .isNull();
    }

    @Test
    void requestedHeadersInSeveralLinesAreAllAllowed() {
        bench = new Bench(o -> o.cors(cors -> cors.origins("http://a.example")));
        RecordingExchange preflight = bench.request(
                "OPTIONS",
                "?transport=polling",
                "",
                "Access-Control-Request-Headers",
                "x-a, x-b",
                "Access-Control-Request-Headers",
                "x-c");
        assertThat(preflight.header("access-control-allow-headers")).isEqualTo("x-a, x-b, x-c");
    }

    @Test
    void emptyValuesOfAPreflightRequestAreNotReflected() {
        bench = new Bench(o ->
                o.cors(cors -> cors.originPredicate((origin, request) -> true).methods()));
        RecordingExchange preflight =
                bench.request("OPTIONS", "?transport=polling", "", "Origin", "", "Access-Control-Request-Headers", "");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.headers("access-control-allow-origin")).isEmpty();
        assertThat(preflight.headers("access-control-allow-headers")).isEmpty();
        assertThat(preflight.headers("access-control-allow-methods")).isEmpty();
    }

    @Test
    @Tag("eio.middlewares.01")
    @Tag("eio.middlewares.02")
    @Tag("eio.middlewares.03")
    void middlewaresRunInOrderAndAddHeaders() {
        bench.server.use((request, headers, chain) -> {
            headers.add("order", "1");
            chain.next();
        });
        bench.server.use((request, headers, chain) -> {
            headers.add("order", "2");
            chain.next();
            chain.next();
        });
        assertThat(bench.handshake().headers("order")).containsExactly("1", "2");
        assertThat(bench.webSocket(null).headers).containsExactly(new Header("order", "1"), new Header("order", "2"));
        assertThat(bench.sessions).hasSize(2);
    }

    @Test
    @Tag("eio.middlewares.04")
    @Tag("eio.middlewares.05")
    void aMiddlewareCanSendTheResponse() {
        bench.server.use((request, headers, chain) ->
                chain.respond(new HostResponse(503, List.of(new Header("a", "b")), new byte[0])));
        RecordingExchange exchange = bench.handshake();
        assertThat(exchange.status()).isEqualTo(503);
        assertThat(exchange.header("a")).isEqualTo("b");
        FakeUpgrade upgrade = bench.webSocket(null);
        assertThat(upgrade.rejection).isNotNull();
        assertThat(upgrade.rejection.status()).isEqualTo(503);
        assertThat(bench.sessions).isEmpty();
    }

    @Test
    @Tag("eio.middlewares.10")
    @Tag("eio.middlewares.11")
    void aFailingMiddlewareRefusesTheRequest() {
        bench.server.use((request, headers, chain) -> {
            if (request.uri().contains("throw")) {
                throw new IllegalStateException("will always fail");
            }
            chain.fail(new IllegalStateException("will always fail"));
        });
        assertThat(bench.handshake().status()).isEqualTo(400);
        assertThat(bench.error().context()).containsEntry("name", "MIDDLEWARE_FAILURE");
        assertThat(bench.get("?EIO=4&transport=polling&throw").status()).isEqualTo(400);
        FakeUpgrade upgrade = bench.webSocket(null);
        assertThat(upgrade.rejection).isNotNull();
        assertThat(upgrade.rejection.status()).isEqualTo(400);
        assertThat(bench.sessions).isEmpty();
    }

    @Test
    void whatAMiddlewareThrowsAfterItHasDecidedIsLogged() {
        List<Throwable> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(EngineServer.class.getName());
        logger.addHandler(handler);
        try {
            IllegalStateException error = new IllegalStateException("expected in the log of this test");
            bench.server.use((request, headers, chain) -> {
                chain.next();
                throw error;
            });
            assertThat(bench.handshake().status()).isEqualTo(200);
            assertThat(logged).containsExactly(error);
        } finally {
            logger.removeHandler(handler);
        }
    }

    @Test
    @Tag("eio.middlewares.12")
    void aPostAboveTheLimitIsRefusedAfterAMiddleware() {
        bench = new Bench(o -> o.maxHttpBufferSize(5));
        bench.server.use((request, headers, chain) -> chain.next());
        String sid = bench.open();
        assertThat(bench.post(sid, "4aaaaaaaa").status()).isEqualTo(413);
        assertThat(bench.listener().events).doesNotContain("text aaaaaaaa");
    }

    private RecordingExchange pollOf(int size, String accepted, boolean compress) {
        String sid = bench.open();
        String text = "a".repeat(size);
        bench.loop.execute(() -> bench.session().send(List.of(Message.text(text)), compress, null));
        return bench.get("?EIO=4&transport=polling&sid=" + sid, "Accept-Encoding", accepted);
    }

    @Test
    @Tag("eio.server.130")
    @Tag("eio.server.131")
    void longResponsesAreCompressedWithAnAcceptedEncoding() throws IOException {
        RecordingExchange gzip = pollOf(1024, "gzip, deflate", true);
        assertThat(gzip.header("content-encoding")).isEqualTo("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.bytes())).readAllBytes())
                .asString(UTF_8)
                .isEqualTo("4" + "a".repeat(1024));
        RecordingExchange deflate = pollOf(1024, "deflate", true);
        assertThat(deflate.header("content-encoding")).isEqualTo("deflate");
        assertThat(new InflaterInputStream(new ByteArrayInputStream(deflate.bytes())).readAllBytes())
                .asString(UTF_8)
                .isEqualTo("4" + "a".repeat(1024));
        assertThat(pollOf(1024, "br", true).header("content-encoding")).isNull();
        assertThat(pollOf(1024, "gzip;q=0", true).header("content-encoding")).isNull();
    }

    @Test
    void aLongResponseIsCompressedOutsideTheEventLoop() throws IOException {
        RecordingExchange poll = pollOf(100_000, "gzip", true);
        assertThat(poll.answered()).isFalse();
        assertThat(bench.helped).hasSize(1);
        bench.helped.remove(0).run();
        assertThat(poll.header("content-encoding")).isEqualTo("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(poll.bytes())).readAllBytes())
                .hasSize(100_001);
        assertThat(pollOf(100_000, "br", true).answered()).isTrue();
    }

    @Test
    @Tag("eio.server.132")
    @Tag("eio.server.133")
    @Tag("eio.server.134")
    @Tag("eio.server.135")
    void compressionRespectsTheThresholdAndTheCompressFlag() {
        assertThat(pollOf(100, "gzip", true).header("content-encoding")).isNull();
        assertThat(pollOf(1024, "gzip", false).header("content-encoding")).isNull();
        bench = new Bench(o -> o.httpCompressionThreshold(0));
        assertThat(pollOf(3, "gzip", true).header("content-encoding")).isEqualTo("gzip");
        bench = new Bench(o -> o.httpCompressionThreshold(-1));
        assertThat(pollOf(9000, "gzip", true).header("content-encoding")).isNull();
    }

    @Test
    void invalidHeaderValuesAreOmittedAndTheResponseIsStillSent() {
        bench.server.onHeaders((headers, request) ->
                headers.set("X-Echo", String.valueOf(Query.parse(request.uri()).get("echo"))));
        assertThat(bench.get("?EIO=4&transport=polling&echo=a").header("x-echo"))
                .isEqualTo("a");
        RecordingExchange exchange = bench.get("?EIO=4&transport=polling&echo=a%0d%0aSet-Cookie:%20b");
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.headers("x-echo")).isEmpty();
        FakeUpgrade socket = bench.upgrade("?EIO=4&transport=websocket&echo=%00");
        assertThat(socket.frames).hasSize(1);
    }

    @Test
    void aMiddlewareResponseWithAnInvalidHeaderIsAnsweredWithCode3() {
        bench.server.use((request, headers, chain) ->
                chain.respond(new HostResponse(200, List.of(new HostResponse.Header("bad name", "x")), new byte[0])));
        assertThat(bench.handshake().text()).isEqualTo("{\"code\":3,\"message\":\"Bad request\"}");
    }
}
