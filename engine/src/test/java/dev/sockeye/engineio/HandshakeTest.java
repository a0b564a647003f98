package dev.sockeye.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.socketio.Registration;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
    private Bench bench = new Bench();

    private static void refused(RecordingExchange exchange, int status, String body) {
        assertThat(exchange.status()).isEqualTo(status);
        assertThat(exchange.text()).isEqualTo(body);
        assertThat(exchange.header("content-type")).isEqualTo("application/json");
    }

    private static String text(FakeUpgrade upgrade) {
        assertThat(upgrade.rejection).isNotNull();
        return upgrade.rejection.status() + " " + new String(upgrade.rejection.body(), UTF_8);
    }

    @Test
    @Tag("eio.server.25")
    @Tag("eio.server.33")
    @Tag("eio.server.19")
    @Tag("eio.server.27")
    @Tag("eio.server.28")
    @Tag("eio.server.20")
    void aPollingHandshakeIsAnsweredWithTheOpenPacketAndTheDefaults() {
        bench = new Bench(
                options -> options.pingInterval(Duration.ofSeconds(25)).pingTimeout(Duration.ofSeconds(20)));
        RecordingExchange exchange = bench.handshake();
        EngineSocket session = bench.session();
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.header("content-type")).isEqualTo("text/plain; charset=UTF-8");
        assertThat(exchange.header("set-cookie")).isNull();
        assertThat(exchange.text())
                .isEqualTo("0{\"sid\":\"" + session.id() + "\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,"
                        + "\"pingTimeout\":20000,\"maxPayload\":1000000}");
        assertThat(session.transport()).isEqualTo("polling");
        assertThat(session.protocol()).isEqualTo(4);
        assertThat(bench.server.clientsCount()).isEqualTo(1);
        assertThat(bench.server.client(session.id())).isSameAs(session);
        assertThat(bench.server.clients()).containsExactly(session);
    }

    @Test
    @Tag("eio.server.29")
    @Tag("eio.server.30")
    @Tag("eio.server.153")
    void aWebSocketHandshakeOpensASessionWithoutUpgrades() {
        FakeUpgrade socket = bench.webSocket(null);
        assertThat(socket.frames)
                .singleElement()
                .asString()
                .startsWith("0{\"sid\":")
                .contains("\"upgrades\":[]");
        assertThat(bench.session().transport()).isEqualTo("websocket");
        assertThat(bench.session().remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(socket.maxMessageSize).isEqualTo(1_000_000);
        assertThat(socket.compression).isNull();
    }

    @Test
    @Tag("eio.server.152")
    @Tag("eio.server.35")
    @Tag("eio.server.36")
    @Tag("eio.server.137")
    void theRequestOfAPollingHandshakeRemainsAccessible() {
        bench.get("?EIO=4&transport=polling&a=b%20c&d=1+2", "X-Custom", "me");
        EngineSocket session = bench.session();
        assertThat(session.remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(Query.parse(session.request().uri())).contains(entry("a", "b c"), entry("d", "1 2"));
        assertThat(session.request().query("a")).isEqualTo("b c");
        assertThat(session.request().query("missing")).isNull();
        assertThat(session.request().queryAll("d")).containsExactly("1 2");
        assertThat(session.request().queryAll("missing")).isEmpty();
        assertThat(session.request().header("x-custom")).isEqualTo("me");
    }

    @Test
    @Tag("eio.server.136")
    void theHeadersOfAWebSocketHandshakeRemainAccessible() {
        bench.upgrade("?EIO=4&transport=websocket", "X-Custom", "me");
        assertThat(bench.session().request().header("x-custom")).isEqualTo("me");
    }

    @Test
    @Tag("eio.server.01")
    void anUnknownTransportIsRefusedWithCode0() {
        refused(bench.get("?EIO=4&transport=tobi"), 400, "{\"code\":0,\"message\":\"Transport unknown\"}");
        assertThat(bench.error().error()).isEqualTo(HandshakeError.UNKNOWN_TRANSPORT);
        assertThat(bench.error().error().code()).isZero();
        assertThat(bench.error().error().text()).isEqualTo("Transport unknown");
        assertThat(bench.error().context()).containsExactly(entry("transport", "tobi"));
        assertThat(bench.error().request().uri()).isEqualTo("/engine.io/?EIO=4&transport=tobi");
    }

    @Test
    @Tag("eio.server.02")
    @Tag("eio.server.09")
    @Tag("eio.server.10")
    void javascriptPropertyNamesAndMissingNamesAreUnknownTransports() {
        for (String query : new String[] {"?EIO=4&transport=constructor", "?EIO=4&transport=__proto__", "", "?EIO=4"}) {
            refused(bench.get(query), 400, "{\"code\":0,\"message\":\"Transport unknown\"}");
        }
        assertThat(text(bench.upgrade("?EIO=4&transport=__proto__"))).isEqualTo("400 Transport unknown");
        assertThat(bench.error().error().code()).isZero();
    }

    @Test
    @Tag("eio.server.03")
    @Tag("eioc.socket.13")
    @Tag("eioc.socket.14")
    void anUnknownSessionIsRefusedWithCode1() {
        refused(bench.poll("nope"), 400, "{\"code\":1,\"message\":\"Session ID unknown\"}");
        assertThat(bench.error().context()).containsExactly(entry("sid", "nope"));
        assertThat(text(bench.webSocket("nope"))).isEqualTo("400 Session ID unknown");
    }

    @Test
    @Tag("eio.server.04")
    void aRequestThatIsNotAllowedIsRefusedWithTheGivenMessage() {
        bench = new Bench(o -> o.allowRequest(
                request -> CompletableFuture.completedFuture(AllowRequest.Decision.refuse("Thou shall not pass"))));
        refused(bench.handshake(), 403, "{\"code\":4,\"message\":\"Thou shall not pass\"}");
        assertThat(bench.error().error().text()).isEqualTo("Forbidden");
        assertThat(bench.error().context()).containsExactly(entry("message", "Thou shall not pass"));
        assertThat(bench.server.clientsCount()).isZero();
    }

    @Test
    @Tag("eio.server.05")
    void anUpgradeThatIsNotAllowedIsRefused() {
        bench = new Bench(
                o -> o.allowRequest(AllowRequest.when(request -> !request.uri().contains("websocket"))));
        assertThat(text(bench.webSocket(null))).isEqualTo("400 Forbidden");
        assertThat(bench.sessions).isEmpty();
        assertThat(bench.handshake().status()).isEqualTo(200);
    }

    @Test
    void allowRequestMayCompleteLaterAndAnExceptionInItRefusesTheRequest() {
        CompletableFuture<AllowRequest.Decision> later = new CompletableFuture<>();
        bench = new Bench(o -> o.allowRequest(request -> later));
        RecordingExchange waiting = bench.handshake();
        assertThat(waiting.answered()).isFalse();
        later.complete(AllowRequest.Decision.allow());
        assertThat(waiting.status()).isEqualTo(200);

        bench = new Bench(o -> o.allowRequest(request -> {
            throw new IllegalStateException("no");
        }));
        refused(bench.handshake(), 403, "{\"code\":4,\"message\":\"Forbidden\"}");
    }

    @Test
    @Tag("eio.server.21")
    @Tag("eio.server.22")
    void applicationsCanGenerateIdsSynchronouslyOrAsynchronously() {
        CompletableFuture<String> later = new CompletableFuture<>();
        bench = new Bench(o -> o.generateId(
                request -> request.uri().contains("now") ? CompletableFuture.completedFuture("abc") : later));
        assertThat(bench.get("?EIO=4&transport=polling&now").text()).contains("\"sid\":\"abc\"");
        RecordingExchange waiting = bench.handshake();
        later.complete("later");
        assertThat(waiting.text()).contains("\"sid\":\"later\"");
    }

    @Test
    @Tag("eio.server.23")
    @Tag("eio.server.24")
    void aFailingIdGeneratorRefusesTheHandshake() {
        bench = new Bench(o -> o.generateId(request -> {
            throw new IllegalStateException("no");
        }));
        refused(bench.handshake(), 400, "{\"code\":3,\"message\":\"Bad request\"}");
        assertThat(bench.error().context())
                .containsEntry("name", "ID_GENERATION_ERROR")
                .containsKey("error");
        assertThat(text(bench.webSocket(null))).isEqualTo("400 Bad request");
        assertThat(bench.error().context()).containsEntry("name", "ID_GENERATION_ERROR");
    }

    @Test
    void idsAreUniqueAndHaveTwentyUrlSafeCharacters() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String id = SessionIds.RandomIds.next();
            assertThat(id).matches("[A-Za-z0-9_-]{20}");
            ids.add(id);
        }
        assertThat(ids).hasSize(10_000);
    }

    @Test
    @Tag("eio.server.26")
    void theHandshakeContainsTheConfiguredPingTimeoutAndMaxPayload() {
        bench = new Bench(o -> o.pingTimeout(Duration.ofMillis(123)).maxHttpBufferSize(77));
        assertThat(bench.handshake().text()).contains("\"pingTimeout\":123").contains("\"maxPayload\":77");
    }

    @Test
    @Tag("eio.server.31")
    @Tag("eio.server.32")
    void onlyEnabledTransportsAreOfferedAndAccepted() {
        bench = new Bench(o -> o.transports("polling"));
        assertThat(bench.handshake().text()).contains("\"upgrades\":[]");
        assertThat(text(bench.webSocket(null))).isEqualTo("400 Transport unknown");
        bench = new Bench(o -> o.transports("polling", "websocket"));
        assertThat(bench.handshake().text()).contains("\"upgrades\":[\"websocket\"]");
        bench = new Bench(o -> o.allowUpgrades(false));
        assertThat(bench.handshake().text()).contains("\"upgrades\":[]");
    }

    @Test
    @Tag("eio.server.34")
    void aPlainGetWithWebSocketTransportIsRefusedAndThePollingSessionStaysOpen() {
        String sid = bench.open();
        refused(bench.get("?EIO=4&transport=websocket&sid=" + sid), 400, "{\"code\":3,\"message\":\"Bad request\"}");
        assertThat(bench.error().context())
                .containsOnly(
                        entry("name", "TRANSPORT_MISMATCH"),
                        entry("transport", "websocket"),
                        entry("previousTransport", "polling"));
        bench.send("still here");
        assertThat(bench.poll(sid).text()).isEqualTo("4still here");
    }

    @Test
    @Tag("eio.server.37")
    void aPlainGetForANewWebSocketIsRefusedWithCorsHeaders() {
        bench = new Bench(o -> o.cors(true));
        RecordingExchange exchange = bench.get("?EIO=4&transport=websocket", "Origin", "http://a.b");
        refused(exchange, 400, "{\"code\":3,\"message\":\"Bad request\"}");
        assertThat(exchange.header("access-control-allow-origin")).isEqualTo("*");
        assertThat(bench.error().context()).containsExactly(entry("name", "TRANSPORT_HANDSHAKE_ERROR"));
    }

    @Test
    @Tag("eio.server.38")
    void anOriginWithIllegalCharactersIsRefused() {
        refused(bench.handshake("Origin", "http://a\u0001.b"), 400, "{\"code\":3,\"message\":\"Bad request\"}");
        assertThat(bench.error().context())
                .containsOnly(entry("name", "INVALID_ORIGIN"), entry("origin", "http://a\u0001.b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS", "POST", "PUT", "DELETE", "HEAD"})
    @Tag("eio.server.39")
    void aHandshakeWithAnotherMethodThanGetIsRefused(String method) {
        refused(
                bench.request(method, "?EIO=4&transport=polling", ""),
                400,
                "{\"code\":2,\"message\":\"Bad handshake method\"}");
        assertThat(bench.error().context()).containsExactly(entry("method", method));
    }

    @ParameterizedTest
    @ValueSource(strings = {"&EIO=3", "", "&EIO=abc", "&EIO=44"})
    @Tag("eio.server.40")
    void otherProtocolVersionsThanFourAreRefusedByDefault(String eio) {
        refused(
                bench.get("?transport=polling" + eio),
                400,
                "{\"code\":5,\"message\":\"Unsupported protocol version\"}");
        assertThat(bench.error().context()).containsExactly(entry("protocol", 3));
        assertThat(text(bench.upgrade("?transport=websocket" + eio))).isEqualTo("400 Unsupported protocol version");
    }

    @Test
    @Tag("eio.server.41")
    void theInitialPacketIsSentWithTheHandshake() {
        bench = new Bench(o -> o.initialPacket(Message.text("faster!")));
        assertThat(bench.handshake().text()).startsWith("0{").endsWith("\u001e4faster!");
        assertThat(bench.webSocket(null).frames).hasSize(2).last().isEqualTo("4faster!");
    }

    @Test
    @Tag("eio.server.42")
    void theTrailingSlashOfThePathIsOptional() {
        EngineServer slash =
                new EngineServer(EngineOptions.builder().path("/x/").build());
        assertThat(slash.matches("/x/?a")).isTrue();
        assertThat(slash.matches("/x?a")).isFalse();
        EngineServer none =
                new EngineServer(EngineOptions.builder().addTrailingSlash(false).build());
        assertThat(none.matches("/engine.io?EIO=4")).isTrue();
        assertThat(none.matches("/other")).isFalse();
    }

    @Test
    @Tag("eio.engine.io.03")
    @Tag("eio.engine.io.04")
    void aServerCanBeCreatedWithoutAHostAndKeepsItsOptions() {
        EngineOptions options = EngineOptions.builder().cors(true).build();
        EngineServer server = new EngineServer(options);
        assertThat(server.options()).isSameAs(options);
        CorsOptions cors = options.cors();
        assertThat(cors).isNotNull();
        assertThat(server.options().toBuilder()
                        .pingInterval(Duration.ofSeconds(1))
                        .build()
                        .cors())
                .isSameAs(cors);
    }

    @Test
    void invalidOptionsAreRefusedWithTheirName() {
        assertThatThrownBy(() -> EngineOptions.builder().path("x").build()).hasMessageContaining("path");
        assertThatThrownBy(
                        () -> EngineOptions.builder().pingTimeout(Duration.ZERO).build())
                .hasMessageContaining("pingTimeout");
        assertThatThrownBy(() -> EngineOptions.builder().transports("smoke").build())
                .hasMessageContaining("smoke");
        assertThatThrownBy(() -> EngineOptions.builder().maxHttpBufferSize(0).build())
                .hasMessageContaining("maxHttpBufferSize");
        assertThatThrownBy(() -> CorsOptions.builder().credentials(true).build())
                .hasMessageContaining("credentials");
    }

    @Test
    void connectionLimitsAreEnforcedAndReleasedOnClose() {
        bench = new Bench(o -> o.maxConnections(2).maxConnectionsPerAddress(1));
        bench.open();
        RecordingExchange second = bench.handshake();
        assertThat(second.status()).isEqualTo(503);
        assertThat(second.text()).contains("\"code\":4").contains("one address");
        assertThat(bench.error().error()).isEqualTo(HandshakeError.FORBIDDEN);
        assertThat(text(bench.webSocket(null))).startsWith("503 ");
        bench.loop.execute(() -> bench.session().closeNow(CloseReason.FORCED_CLOSE, null));
        bench.open();
        assertThat(bench.server.clientsCount()).isEqualTo(1);
    }

    @Test
    void theAddressesOfAnIpv6NetworkShareOneConnectionLimit() throws Exception {
        ConnectionLimits limits = new ConnectionLimits(0, 1);
        Permit first = limits.enter("2001:db8:0:1::1");
        assertThatThrownBy(() -> limits.enter("2001:db8:0:1:ffff::2")).isInstanceOf(ConnectionLimits.Full.class);
        limits.enter("2001:db8:0:2::1");
        first.release();
        limits.enter("2001:db8:0:1:ffff::2");
    }

    @Test
    void drainingRefusesNewSessionsWithRetryAfterAndKeepsOpenOnes() {
        bench = new Bench(o -> {});
        String sid = bench.open();
        bench.server.refuseSessions(Duration.ofMillis(2001));
        RecordingExchange refused = bench.handshake();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isEqualTo("3");
        assertThat(refused.text()).isEqualTo("{\"code\":4,\"message\":\"the server is draining\"}");
        assertThat(bench.webSocket(null).rejection.headers())
                .anyMatch(header ->
                        header.name().equals("Retry-After") && header.value().equals("3"));
        assertThat(bench.post(sid, "4hello").text()).isEqualTo("ok");
        assertThat(bench.webSocket(sid).rejection).isNull();

        bench.server.close();
        assertThat(bench.handshake().header("Retry-After")).isEqualTo("3");
        bench.server.reopen();
        bench.open();
    }

    @Test
    void throttlesAddUpAndTheLongestDelayIsSent() {
        Registration longer = bench.server.throttleHandshakes(request -> Duration.ofMillis(4_100));
        Registration brief = bench.server.throttleHandshakes(request -> Duration.ofSeconds(2));
        RecordingExchange refused = bench.handshake();
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("5");
        longer.close();
        assertThat(bench.handshake().header("Retry-After")).isEqualTo("2");
        brief.close();
        bench.open();
    }

    @Test
    void malformedQueriesAreAnsweredWithoutAnException() {
        for (String query : new String[] {
            "?%", "?%zz=%", "?=&&==", "?transport=%ff%fe&sid=%00", "?transport=polling&sid=%2e%2e&EIO=%34", "??", "?#"
        }) {
            assertThat(bench.get(query).status()).isEqualTo(400);
        }
        assertThat(Query.parseAll("/x?a=1&b&a=%32#f")).isEqualTo(Map.of("a", List.of("1", "2"), "b", List.of("")));
        assertThat(Query.parse("/x?a=1&a=2&b&c=%E2%82%AC+x#f"))
                .containsExactly(entry("a", "2"), entry("b", ""), entry("c", "€ x"));
        assertThat(Arrays.asList(Query.parse("/x").size(), Query.parse("").size()))
                .containsOnly(0);
    }

    @Test
    void aThrowingHookDoesNotAffectTheResponse() {
        bench.server.onHeaders((headers, request) -> {
            throw new IllegalStateException("no");
        });
        bench.server.onConnectionError(error -> {
            throw new IllegalStateException("no");
        });
        assertThat(bench.handshake().status()).isEqualTo(200);
        assertThat(bench.get("?").status()).isEqualTo(400);
    }

    @Test
    void aPlainGetForAWebSocketSessionIsAnsweredWithCode3() {
        bench.webSocket(null);
        String sid = bench.session().id();
        refused(bench.get("?EIO=4&transport=websocket&sid=" + sid), 400, "{\"code\":3,\"message\":\"Bad request\"}");
        assertThat(bench.error().context()).containsEntry("name", "TRANSPORT_HANDSHAKE_ERROR");
        assertThat(bench.listener().events).isEmpty();
    }

    @Test
    void anErrorOfTheApplicationDuringAHandshakeRefusesTheRequest() {
        bench = new Bench(o -> o.allowRequest(request -> {
            throw new LinkageError("thrown by the test");
        }));
        refused(bench.handshake(), 403, "{\"code\":4,\"message\":\"Forbidden\"}");
        assertThat(bench.webSocket(null).rejection).isNotNull();

        bench = new Bench(o -> o.generateId(request -> {
            throw new LinkageError("thrown by the test");
        }));
        refused(bench.handshake(), 400, "{\"code\":3,\"message\":\"Bad request\"}");

        bench = new Bench();
        bench.server.use((request, headers, chain) -> {
            throw new LinkageError("thrown by the test");
        });
        refused(bench.handshake(), 400, "{\"code\":3,\"message\":\"Bad request\"}");
        assertThat(bench.webSocket(null).rejection).isNotNull();
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullInPlaceOfAFutureRefusesTheRequest() {
        bench = new Bench(o -> o.allowRequest(request -> null));
        refused(bench.handshake(), 403, "{\"code\":4,\"message\":\"Forbidden\"}");
        bench = new Bench(o -> o.generateId(request -> null));
        refused(bench.handshake(), 400, "{\"code\":3,\"message\":\"Bad request\"}");
    }

    static Stream<Arguments> tooLong() {
        Duration forever = ChronoUnit.FOREVER.getDuration();
        return Stream.of(
                arguments("pingInterval", EngineOptions.builder().pingInterval(forever)),
                arguments("pingTimeout", EngineOptions.builder().pingTimeout(forever)),
                arguments("upgradeTimeout", EngineOptions.builder().upgradeTimeout(forever)),
                arguments(
                        "pingInterval and pingTimeout",
                        EngineOptions.builder().pingInterval(Duration.ofMillis(Integer.MAX_VALUE))));
    }

    @ParameterizedTest
    @MethodSource("tooLong")
    void aDurationThatIsTooLongIsRefusedWithItsName(String name, EngineOptions.Builder options) {
        assertThatThrownBy(options::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + " must be at most ");
    }

    @Test
    void sessionsCanBeRefusedForever() {
        bench.server.refuseSessions(ChronoUnit.FOREVER.getDuration());
        assertThat(bench.handshake().header("retry-after")).isEqualTo("2147483647");
        bench.server.refuseSessions(Duration.ofMillis(1001));
        assertThat(bench.handshake().header("retry-after")).isEqualTo("2");
    }
}
