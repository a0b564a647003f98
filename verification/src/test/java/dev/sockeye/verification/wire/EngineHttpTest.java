package dev.sockeye.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.engineio.ConnectionError;
import dev.sockeye.engineio.CookieOptions;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.verification.host.Host;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes over real HTTP: refused requests, cookies, hooks, the open packet. */
@Timeout(60)
@DisplayName("The engine over HTTP")
@ParameterizedClass
@EnumSource(Host.class)
class EngineHttpTest {
    @Parameter
    Host host;

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

    private static void refused(HttpResponse<byte[]> response, int status, int code, String message) {
        assertThat(Wire.text(response)).isEqualTo("{\"code\":" + code + ",\"message\":\"" + message + "\"}");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    }

    @ParameterizedTest
    @Tag("eio.server.01")
    @Tag("eio.server.02")
    @Tag("eio.server.09")
    @CsvSource({"tobi", "constructor", "__proto__"})
    void anUnknownTransportIsRefusedWithCodeZero(String transport) {
        EchoEngine engine = start(options -> options);
        refused(engine.wire().get("EIO=4&transport=" + transport), 400, 0, "Transport unknown");
        ConnectionError error = engine.error();
        assertThat(error.error().code()).isZero();
        assertThat(error.error().text()).isEqualTo("Transport unknown");
        assertThat(error.context()).containsEntry("transport", transport);
        assertThat(error.request().uri()).contains(transport);
    }

    @Test
    @Tag("eio.server.10")
    void anUnknownTransportOverWebSocketIsRefused() {
        EchoEngine engine = start(options -> options);
        assertThatThrownBy(() -> engine.wire().webSocket("EIO=4&transport=__proto__"))
                .isInstanceOfSatisfying(
                        WireSocket.Refused.class, no -> assertThat(no.status()).isEqualTo(400));
        assertThat(engine.error().error().code()).isZero();
    }

    @Test
    @Tag("eio.engine.io.08")
    void aMissingTransportIsRefusedAsUnknown() {
        refused(start(options -> options).wire().get("EIO=4"), 400, 0, "Transport unknown");
    }

    @Test
    @Tag("eio.server.03")
    @Tag("eioc.socket.13")
    @Tag("eioc.socket.14")
    void anUnknownSessionIsRefused() {
        EchoEngine engine = start(options -> options);
        refused(engine.wire().get("EIO=4&transport=polling&sid=test"), 400, 1, "Session ID unknown");
        assertThat(engine.error().context()).containsEntry("sid", "test");
        assertThatThrownBy(() -> engine.wire().webSocket("EIO=4&transport=websocket&sid=test"))
                .isInstanceOfSatisfying(
                        WireSocket.Refused.class, no -> assertThat(no.status()).isEqualTo(400));
    }

    @Test
    @Tag("eio.server.04")
    @Tag("eio.server.05")
    @Tag("sio.handshake.04")
    void aRefusedRequestReportsItsMessage() {
        EchoEngine engine = start(options -> options.allowRequest(
                request -> CompletableFuture.completedFuture(AllowRequest.Decision.refuse("Thou shall not pass"))));
        refused(engine.wire().get("EIO=4&transport=polling"), 403, 4, "Thou shall not pass");
        ConnectionError error = engine.error();
        assertThat(error.error().text()).isEqualTo("Forbidden");
        assertThat(error.context()).containsEntry("message", "Thou shall not pass");
        assertThatThrownBy(() -> engine.wire().webSocket()).isInstanceOf(WireSocket.Refused.class);
        assertThat(engine.engine().clientsCount()).isZero();
    }

    @Test
    @Tag("sio.handshake.03")
    void anAllowedRequestOpensASession() {
        EchoEngine engine = start(options ->
                options.allowRequest(request -> CompletableFuture.supplyAsync(AllowRequest.Decision::allow)));
        assertThat(engine.wire().get("EIO=4&transport=polling").statusCode()).isEqualTo(200);
    }

    @Test
    @Tag("eio.server.25")
    @Tag("eio.server.33")
    void theOpenPacketContainsTheHandshakeData() {
        EchoEngine engine = start(options -> options.pingInterval(java.time.Duration.ofSeconds(7)));
        Wire.Polling polling = engine.wire().polling();
        assertThat(polling.handshake())
                .matches("0\\{\"sid\":\"[A-Za-z0-9_-]{20}\",\"upgrades\":\\[\"websocket\"],\"pingInterval\":7000,"
                        + "\"pingTimeout\":20000,\"maxPayload\":1000000}");
    }

    @Test
    @Tag("eio.server.29")
    @Tag("eio.server.30")
    void aWebSocketSessionIsOfferedNoUpgrade() {
        EchoEngine engine = start(options -> options);
        try (WireSocket socket = engine.wire().webSocket()) {
            assertThat(socket.text()).startsWith("0{").contains("\"upgrades\":[]");
            assertThat(engine.connection().transport()).isEqualTo("websocket");
        }
    }

    @Test
    @Tag("eio.server.31")
    @Tag("eio.server.32")
    void onlyEnabledUpgradesAreOffered() {
        assertThat(start(options -> options.transports("polling"))
                        .wire()
                        .polling()
                        .handshake())
                .contains("\"upgrades\":[]");
        assertThat(start(options -> options.allowUpgrades(false))
                        .wire()
                        .polling()
                        .handshake())
                .contains("\"upgrades\":[]");
    }

    @Test
    @Tag("eio.server.34")
    void aPlainGetForAnotherTransportIsRefusedAndTheSessionStaysOpen() {
        EchoEngine engine = start(options -> options);
        Wire.Polling polling = engine.wire().polling();
        refused(engine.wire().get("EIO=4&transport=websocket&sid=" + polling.sid()), 400, 3, "Bad request");
        assertThat(engine.error().context())
                .containsEntry("name", "TRANSPORT_MISMATCH")
                .containsEntry("transport", "websocket")
                .containsEntry("previousTransport", "polling");
        polling.post("4still here");
        assertThat(polling.poll()).isEqualTo("4still here");
    }

    @Test
    @Tag("eio.server.37")
    void aPlainGetForAWebSocketIsRefusedWithCorsHeaders() {
        EchoEngine engine = start(options -> options.cors(cors -> cors.origins("http://example.com")));
        HttpResponse<byte[]> response = engine.wire().get("EIO=4&transport=websocket", "Origin", "http://example.com");
        refused(response, 400, 3, "Bad request");
        assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("http://example.com");
        assertThat(engine.error().context()).containsEntry("name", "TRANSPORT_HANDSHAKE_ERROR");
    }

    @Test
    @Tag("eio.server.38")
    void anOriginWithIllegalCharactersIsRefused() throws Exception {
        EchoEngine engine = start(options -> options);
        try (RawHttp http = new RawHttp(engine.port())) {
            RawHttp.Answer answer = http.write(
                            "GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nOrigin: a\u0001b\r\n\r\n")
                    .read();
            assertThat(answer.status()).isEqualTo(400);
        }
    }

    @Test
    @Tag("eio.server.39")
    void aHandshakeWithAMethodOtherThanGetIsRefused() {
        EchoEngine engine = start(options -> options);
        refused(engine.wire().method("OPTIONS", "EIO=4&transport=polling"), 400, 2, "Bad handshake method");
        assertThat(engine.error().context()).containsEntry("method", "OPTIONS");
        refused(engine.wire().post("EIO=4&transport=polling", ""), 400, 2, "Bad handshake method");
    }

    @Test
    @Tag("eio.server.40")
    @Tag("sio.v2-compatibility.03")
    void protocolVersion3IsRefusedByDefault() {
        EchoEngine engine = start(options -> options);
        refused(engine.wire().get("EIO=3&transport=polling"), 400, 5, "Unsupported protocol version");
        assertThat(engine.error().context()).containsEntry("protocol", 3);
    }

    @Test
    @Tag("eio.server.23")
    @Tag("eio.server.24")
    void aFailingIdGeneratorRefusesTheHandshake() {
        EchoEngine engine = start(options ->
                options.generateId(request -> CompletableFuture.failedFuture(new IllegalStateException("no"))));
        refused(engine.wire().get("EIO=4&transport=polling"), 400, 3, "Bad request");
        assertThat(engine.error().context()).containsEntry("name", "ID_GENERATION_ERROR");
        assertThatThrownBy(() -> engine.wire().webSocket()).isInstanceOf(WireSocket.Refused.class);
    }

    @Test
    @Tag("eio.server.21")
    @Tag("eio.server.22")
    void theIdGeneratorIsPluggable() {
        EchoEngine engine = start(options ->
                options.generateId(request -> CompletableFuture.supplyAsync(() -> "id-" + request.method())));
        assertThat(engine.wire().polling().sid()).isEqualTo("id-GET");
        assertThat(engine.connection().id()).isEqualTo("id-GET");
    }

    @Test
    @Tag("eio.server.41")
    void theInitialPacketIsSentWithTheHandshake() {
        EchoEngine engine = start(options -> options.initialPacket(Message.text("faster!")));
        Wire.Polling polling = engine.wire().polling();
        assertThat(polling.handshake() + "\u001e" + (polling.handshake().contains("4faster!") ? "" : polling.poll()))
                .contains("4faster!");
        try (WireSocket socket = engine.wire().webSocket()) {
            socket.text();
            assertThat(socket.text()).isEqualTo("4faster!");
        }
    }

    @Test
    @Tag("eio.server.42")
    void thePathCanBeConfiguredWithoutATrailingSlash() {
        EchoEngine engine = start(options -> options.addTrailingSlash(false));
        assertThat(engine.wire().getPath("/engine.io?EIO=4&transport=polling").statusCode())
                .isEqualTo(200);
    }

    private String cookie(@Nullable CookieOptions cookie) {
        EchoEngine engine = start(options -> cookie == null ? options : options.cookie(defaults -> cookie.toBuilder()));
        HttpResponse<byte[]> response = engine.wire().get("EIO=4&transport=polling");
        String sid = Wire.sid(Wire.text(response));
        HttpResponse<byte[]> later = engine.wire().post("EIO=4&transport=polling&sid=" + sid, "4x");
        assertThat(later.headers().firstValue("set-cookie")).isEmpty();
        return response.headers().firstValue("set-cookie").orElse("none").replace(sid, "SID");
    }

    @Test
    @Tag("eio.server.11")
    @Tag("eio.server.12")
    @Tag("eio.server.13")
    @Tag("eio.server.14")
    @Tag("eio.server.15")
    @Tag("eio.server.16")
    @Tag("eio.server.17")
    @Tag("eio.server.19")
    void theCookieIsOffByDefaultAndSetOnlyOnTheHandshake() {
        CookieOptions cookie = CookieOptions.defaults();
        assertThat(cookie(null)).isEqualTo("none");
        assertThat(cookie(cookie)).isEqualTo("io=SID; Path=/; HttpOnly; SameSite=Lax");
        assertThat(cookie(cookie.toBuilder().name("woot").build()))
                .isEqualTo("woot=SID; Path=/; HttpOnly; SameSite=Lax");
        assertThat(cookie(cookie.toBuilder().path("/custom").build()))
                .isEqualTo("io=SID; Path=/custom; HttpOnly; SameSite=Lax");
        assertThat(cookie(cookie.toBuilder().path(null).build())).isEqualTo("io=SID; HttpOnly; SameSite=Lax");
        assertThat(cookie(cookie.toBuilder().sameSite("strict").build()))
                .isEqualTo("io=SID; Path=/; HttpOnly; SameSite=Strict");
        assertThat(cookie(cookie.toBuilder().httpOnly(false).build())).isEqualTo("io=SID; Path=/; SameSite=Lax");
    }

    @Test
    @Tag("eio.server.140")
    void responsesHaveCacheControlNoStore() {
        EchoEngine engine = start(options -> options);
        Wire.Polling polling = engine.wire().polling();
        assertThat(polling.post("4x").headers().firstValue("cache-control")).hasValue("no-store");
        assertThat(polling.get().headers().firstValue("cache-control")).hasValue("no-store");
    }

    @ParameterizedTest
    @Tag("eio.server.138")
    @Tag("eio.server.139")
    @CsvSource({
        "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0; Trident/4.0)",
        "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko"
    })
    void internetExplorerGetsTheXssProtectionHeader(String agent) {
        EchoEngine engine = start(options -> options);
        assertThat(engine.wire()
                        .get("EIO=4&transport=polling", "User-Agent", agent)
                        .headers()
                        .firstValue("x-xss-protection"))
                .hasValue("0");
        assertThat(engine.wire().get("EIO=4&transport=polling").headers().firstValue("x-xss-protection"))
                .isEmpty();
    }
}
