package dev.sockeye.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.CorsOptions;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.verification.host.Host;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** CORS, hooks on headers, and engine middlewares, over real connections. */
@Timeout(60)
@DisplayName("Engine headers")
@ParameterizedClass
@EnumSource(Host.class)
class EngineHeadersTest {
    @Parameter
    Host host;

    private static final String POLLING = "EIO=4&transport=polling";
    private static final String ORIGIN = "http://engine.io";

    private final List<EchoEngine> engines = new ArrayList<>();

    @AfterEach
    void stop() {
        engines.forEach(EchoEngine::close);
    }

    private EchoEngine start(UnaryOperator<EngineOptions.Builder> options) {
        EchoEngine engine = EchoEngine.start(host, options);
        engines.add(engine);
        return engine;
    }

    private EchoEngine cors(CorsOptions cors) {
        return start(options -> options.cors(defaults -> cors.toBuilder()));
    }

    private static final CorsOptions REFLECTING = CorsOptions.builder()
            .originPredicate((origin, request) -> true)
            .allowedHeaders("my-header")
            .credentials(true)
            .build();

    @Test
    @Tag("eio.server.146")
    @Tag("sio.handshake.01")
    void aPreflightIsAnsweredAsConfigured() {
        HttpResponse<byte[]> response =
                cors(REFLECTING).wire().method("OPTIONS", "transport=polling", "Origin", ORIGIN);
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        HttpHeaders headers = response.headers();
        assertThat(headers.firstValue("access-control-allow-origin")).hasValue(ORIGIN);
        assertThat(headers.firstValue("access-control-allow-methods")).hasValue("GET,HEAD,PUT,PATCH,POST,DELETE");
        assertThat(headers.firstValue("access-control-allow-headers")).hasValue("my-header");
        assertThat(headers.firstValue("access-control-allow-credentials")).hasValue("true");
    }

    @Test
    @Tag("eio.server.147")
    @Tag("sio.handshake.02")
    void anActualRequestGetsOnlyOriginAndCredentialsHeaders() {
        HttpResponse<byte[]> response = cors(REFLECTING).wire().get(POLLING, "Origin", ORIGIN);
        assertThat(response.statusCode()).isEqualTo(200);
        HttpHeaders headers = response.headers();
        assertThat(headers.firstValue("access-control-allow-origin")).hasValue(ORIGIN);
        assertThat(headers.firstValue("access-control-allow-credentials")).hasValue("true");
        assertThat(headers.firstValue("access-control-allow-methods")).isEmpty();
        assertThat(headers.firstValue("access-control-allow-headers")).isEmpty();
        assertThat(headers.firstValue("vary"))
                .hasValueSatisfying(vary -> assertThat(vary).containsIgnoringCase("origin"));
    }

    @Test
    @Tag("eio.server.148")
    void aDisallowedOriginGetsNoAllowHeaders() {
        HttpResponse<byte[]> response = cors(CorsOptions.builder()
                        .origins("http://good-domain.com", "http://better-domain.com")
                        .build())
                .wire()
                .method("OPTIONS", "transport=polling", "Origin", "http://bad-domain.com");
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("access-control-allow-origin")).isEmpty();
        assertThat(response.headers().firstValue("access-control-allow-credentials"))
                .isEmpty();
    }

    @Test
    @Tag("eio.server.149")
    void allCorsOptionsAreApplied() {
        HttpResponse<byte[]> response = cors(CorsOptions.builder()
                        .origins("http://good-domain.com")
                        .methods("GET", "PUT", "POST")
                        .allowedHeaders("my-header")
                        .exposedHeaders("my-exposed-header")
                        .credentials(true)
                        .maxAge(Duration.ofSeconds(123))
                        .optionsSuccessStatus(200)
                        .build())
                .wire()
                .method("OPTIONS", "transport=polling", "Origin", "http://good-domain.com");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        HttpHeaders headers = response.headers();
        assertThat(headers.firstValue("access-control-allow-origin")).hasValue("http://good-domain.com");
        assertThat(headers.firstValue("access-control-allow-methods")).hasValue("GET,PUT,POST");
        assertThat(headers.firstValue("access-control-allow-headers")).hasValue("my-header");
        assertThat(headers.firstValue("access-control-expose-headers")).hasValue("my-exposed-header");
        assertThat(headers.firstValue("access-control-allow-credentials")).hasValue("true");
        assertThat(headers.firstValue("access-control-max-age")).hasValue("123");
    }

    @Test
    @Tag("eio.server.150")
    void aPollingExchangeWorksWithCors() {
        Wire wire = cors(REFLECTING).wire();
        Wire.Polling polling = wire.polling();
        assertThat(Wire.text(polling.post("4hey", "Origin", ORIGIN))).isEqualTo("ok");
        HttpResponse<byte[]> poll = polling.get("Origin", ORIGIN);
        assertThat(Wire.text(poll)).isEqualTo("4hey");
        assertThat(poll.headers().firstValue("access-control-allow-origin")).hasValue(ORIGIN);
    }

    @Test
    void aWildcardOriginIsNeverCombinedWithCredentials() {
        assertThatThrownBy(() -> CorsOptions.builder().credentials(true).build())
                .isInstanceOf(IllegalArgumentException.class);
        HttpResponse<byte[]> response =
                cors(CorsOptions.builder().build()).wire().get(POLLING, "Origin", "http://anywhere.com");
        assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("*");
        assertThat(response.headers().firstValue("access-control-allow-credentials"))
                .isEmpty();
    }

    @Test
    void originsAreMatchedByPattern() {
        Wire wire = cors(CorsOptions.builder()
                        .originPatterns(Pattern.compile("\\.example\\.com$"))
                        .build())
                .wire();
        assertThat(wire.get(POLLING, "Origin", "https://a.example.com")
                        .headers()
                        .firstValue("access-control-allow-origin"))
                .hasValue("https://a.example.com");
        assertThat(wire.get(POLLING, "Origin", "https://example.org")
                        .headers()
                        .firstValue("access-control-allow-origin"))
                .isEmpty();
    }

    @Test
    @Tag("eio.server.141")
    @Tag("eio.server.142")
    @Tag("eio.server.143")
    @Tag("eio.server.144")
    @Tag("eio.server.145")
    void headerHooksRunForTheHandshakeAndForEveryResponse() throws Exception {
        EchoEngine engine = start(options -> options.cookie(true));
        AtomicInteger first = new AtomicInteger();
        AtomicInteger every = new AtomicInteger();
        engine.engine().onInitialHeaders((headers, request) -> {
            first.incrementAndGet();
            headers.add("test", "123").add("set-cookie", "mycookie=456");
        });
        engine.engine().onHeaders((headers, request) -> {
            every.incrementAndGet();
            headers.set("always", "here");
        });
        HttpResponse<byte[]> open = engine.wire().get(POLLING);
        assertThat(open.headers().firstValue("test")).hasValue("123");
        assertThat(open.headers().allValues("set-cookie"))
                .hasSize(2)
                .contains("mycookie=456")
                .anyMatch(cookie -> cookie.startsWith("io="));
        assertThat(open.headers().firstValue("always")).hasValue("here");
        String sid = Wire.sid(Wire.text(open));
        HttpResponse<byte[]> post = engine.wire().post(POLLING + "&sid=" + sid, "4x");
        assertThat(post.headers().firstValue("test")).isEmpty();
        assertThat(post.headers().firstValue("always")).hasValue("here");
        assertThat(every).hasValue(2);
        try (RawHttp http = new RawHttp(engine.port())) {
            RawHttp.Answer answer = http.write(
                            RawWebSocket.handshake("/engine.io/?EIO=4&transport=websocket&sid=" + sid))
                    .read();
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.headers()).containsEntry("always", "here").doesNotContainKey("test");
        }
        assertThat(first).hasValue(1);
        assertThat(every).hasValue(3);
        try (RawHttp http = new RawHttp(engine.port())) {
            RawHttp.Answer answer = http.write(RawWebSocket.handshake("/engine.io/?EIO=4&transport=websocket"))
                    .read();
            assertThat(answer.headers()).containsEntry("always", "here").containsEntry("test", "123");
        }
        assertThat(first).hasValue(2);
    }

    @Test
    @Tag("eio.middlewares.01")
    @Tag("eio.middlewares.02")
    @Tag("eio.middlewares.03")
    void middlewaresRunInOrderAndSetHeadersOnBothTransports() throws Exception {
        EchoEngine engine = start(options -> options);
        for (int i = 1; i <= 3; i++) {
            String n = String.valueOf(i);
            engine.engine().use((request, headers, chain) -> {
                headers.add("order", n);
                chain.next();
            });
        }
        assertThat(engine.wire().get(POLLING).headers().allValues("order")).containsExactly("1", "2", "3");
        try (RawHttp http = new RawHttp(engine.port())) {
            RawHttp.Answer answer = http.write(RawWebSocket.handshake("/engine.io/?EIO=4&transport=websocket"))
                    .read();
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.headers()).containsEntry("order", "1\n2\n3");
        }
    }

    @Test
    @Tag("eio.middlewares.04")
    @Tag("eio.middlewares.05")
    void aMiddlewareThatRespondsEndsTheRequest() {
        EchoEngine engine = start(options -> options);
        engine.engine().use((request, headers, chain) -> chain.respond(new HostResponse(503, List.of(), new byte[0])));
        assertThat(engine.wire().get(POLLING).statusCode()).isEqualTo(503);
        assertThatThrownBy(() -> engine.wire().webSocket())
                .isInstanceOfSatisfying(
                        WireSocket.Refused.class, no -> assertThat(no.status()).isEqualTo(503));
        assertThat(engine.engine().clientsCount()).isZero();
    }

    @Test
    @Tag("eio.middlewares.10")
    @Tag("eio.middlewares.11")
    void aMiddlewareThatFailsRefusesTheRequest() {
        EchoEngine engine = start(options -> options);
        engine.engine().use((request, headers, chain) -> chain.fail(new IllegalStateException("will always fail")));
        assertThat(engine.wire().get(POLLING).statusCode()).isEqualTo(400);
        assertThat(engine.error().context()).containsEntry("name", "MIDDLEWARE_FAILURE");
        assertThatThrownBy(() -> engine.wire().webSocket())
                .isInstanceOfSatisfying(
                        WireSocket.Refused.class, no -> assertThat(no.status()).isEqualTo(400));
    }

    @Test
    @Tag("eio.middlewares.12")
    void theSizeLimitAppliesBehindAMiddleware() {
        EchoEngine engine = start(options -> options.maxHttpBufferSize(100));
        engine.engine().use((request, headers, chain) -> chain.next());
        Wire.Polling polling = engine.wire().polling();
        assertThat(polling.post("4" + "x".repeat(100)).statusCode()).isEqualTo(413);
        assertThat(engine.ended().reason()).isEqualTo("transport error");
        assertThat(engine.noMessage()).isTrue();
    }

    @Test
    @Tag("eio.server.35")
    @Tag("eio.server.36")
    @Tag("eio.server.136")
    @Tag("eio.server.137")
    @Tag("eio.server.152")
    @Tag("eio.server.153")
    void theSessionExposesTheHandshakeRequest() {
        EchoEngine engine = start(options -> options);
        engine.wire().get(POLLING + "&a=b", "X-Test", "polling");
        var polling = engine.connection();
        assertThat(polling.request().uri()).contains("&a=b");
        assertThat(polling.request().header("x-test")).isEqualTo("polling");
        assertThat(polling.remoteAddress()).isEqualTo("127.0.0.1");
        try (WireSocket socket = engine.wire().webSocket("EIO=4&transport=websocket&a=c", "X-Test", "websocket")) {
            socket.text();
            var session = engine.connection();
            assertThat(session.request().uri()).contains("&a=c");
            assertThat(session.request().header("X-Test")).isEqualTo("websocket");
            assertThat(session.remoteAddress()).isEqualTo("127.0.0.1");
        }
    }
}
