package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.AllowRequest.Decision;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebTransportTest {
    private final Bench bench = bench(o -> {});

    private static Bench bench(Consumer<EngineOptions.Builder> more) {
        return new Bench(o -> {
            o.transports("polling", "websocket", "webtransport").pingInterval(Duration.ofSeconds(25));
            more.accept(o);
        });
    }

    private FakeUpgrade open() {
        FakeUpgrade session = bench.webTransport(bench.loop);
        session.text("0");
        return session;
    }

    @Test
    @Tag("eio.webtransport.01")
    @Tag("eio.webtransport.12")
    @Tag("eio.webtransport.13")
    @Tag("eio.webtransport.14")
    @Tag("eio.webtransport.15")
    @Tag("eio.webtransport.16")
    void anEmptyOpenPacketStartsASession() {
        FakeUpgrade session = bench.webTransport(bench.loop);
        assertThat(session.headers).isNotNull();
        assertThat(session.maxMessageSize).isEqualTo(1_000_000);
        assertThat(bench.server.clientsCount()).as("before the first packet").isZero();
        session.text("0");
        assertThat(session.frames)
                .singleElement()
                .asString()
                .startsWith("0{\"sid\":\"" + bench.session().id() + "\",\"upgrades\":[],\"pingInterval\":25000,");
        assertThat(bench.session().transport()).isEqualTo("webtransport");
        assertThat(bench.session().protocol()).isEqualTo(4);
        assertThat(bench.session().remoteAddress()).isEqualTo("127.0.0.1");
        session.text("4hello");
        session.binary((byte) 1, (byte) 2);
        assertThat(bench.listener().events).containsExactly("text hello", "binary 0102");
        boolean[] sent = {false};
        bench.loop.execute(() -> bench.session().send(Bench.messages("hi"), true, () -> sent[0] = true));
        bench.loop.execute(() -> bench.session().send(List.of(Message.binary(new byte[] {3})), true, null));
        assertThat(session.frames.subList(1, 3)).containsExactly("4hi", "hex:03");
        assertThat(sent).containsExactly(true);
        assertThat(bench.loop.timers()).as("only the heartbeat").isEqualTo(1);
    }

    @Test
    @Tag("eio.webtransport.02")
    void aPollingSessionIsUpgraded() {
        bench.observing = true;
        String sid = bench.open();
        FakeUpgrade session = bench.webTransport(bench.loop);
        session.text("0{\"sid\":\"" + sid + "\"}");
        assertThat(session.frames).isEmpty();
        session.text("2probe");
        assertThat(session.frames).containsExactly("3probe");
        session.text("5");
        assertThat(bench.observer.observed).containsSubsequence("upgrading webtransport", "upgrade webtransport");
        assertThat(bench.session().transport()).isEqualTo("webtransport");
        bench.send("a");
        session.text("4b");
        assertThat(session.frames).last().isEqualTo("4a");
        assertThat(bench.listener().events).containsExactly("text b");
        assertThat(bench.poll(sid).status()).isEqualTo(400);
        assertThat(bench.loop.timers()).as("only the heartbeat").isEqualTo(1);
    }

    @Test
    void aSessionOnAnotherLoopIsUpgraded() {
        String sid = bench.open();
        FakeLoop other = new FakeLoop();
        FakeUpgrade session = bench.webTransport(other);
        session.text("0{\"sid\":\"" + sid + "\"}");
        session.text("2probe");
        session.text("5");
        session.text("4b");
        bench.send("a");
        assertThat(session.frames).containsExactly("3probe", "4a");
        assertThat(bench.listener().events).containsExactly("text b");
        bench.session().close();
        assertThat(session.closed()).isTrue();
        assertThat(other.timers()).isZero();
        bench.assertNothingLeft();
    }

    @Test
    void theOpenPacketOverPollingOffersWebTransport() {
        assertThat(bench.handshake().text()).contains("\"upgrades\":[\"websocket\",\"webtransport\"]");
        assertThat(new Bench().handshake().text()).contains("\"upgrades\":[\"websocket\"]");
        Bench hosted = new Bench();
        hosted.server.offerWebTransport();
        assertThat(hosted.handshake().text()).contains("\"upgrades\":[\"websocket\",\"webtransport\"]");
        hosted.server.offerWebTransport();
        hosted.server.withdrawWebTransport();
        assertThat(hosted.handshake().text()).contains("webtransport");
        hosted.server.withdrawWebTransport();
        assertThat(hosted.handshake().text()).doesNotContain("webtransport");
        Bench noUpgrades = bench(o -> o.allowUpgrades(false));
        assertThat(noUpgrades.handshake().text()).contains("\"upgrades\":[]");
        Bench alone = new Bench(o -> o.transports("polling", "webtransport"));
        assertThat(alone.handshake().text()).contains("\"upgrades\":[\"webtransport\"]");
    }

    @Test
    void webTransportIsDisabledByDefault() {
        Bench plain = new Bench();
        FakeUpgrade session = plain.webTransport(plain.loop);
        assertThat(session.rejection).isNotNull();
        assertThat(session.rejection.status()).isEqualTo(400);
        assertThat(plain.error().error()).isEqualTo(HandshakeError.UNKNOWN_TRANSPORT);
    }

    @Test
    @Tag("eio.webtransport.03")
    void aSessionWithoutAFirstPacketIsClosedAfterTheUpgradeTimeout() {
        FakeUpgrade session = bench.webTransport(bench.loop);
        bench.loop.advance(9_999);
        assertThat(session.closed()).isFalse();
        bench.loop.advance(1);
        assertThat(session.closed()).isTrue();
        bench.assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "2probe",
                "4hello",
                "5",
                "x",
                "",
                "0{",
                "0{}",
                "0[\"a\"]",
                "0{\"sid\":1}",
                "0{\"sid\":\"a\"",
                "0{\"sid\":\"a\"}x",
                "0{\"sid\":null}",
                "0{\"sid\":{\"sid\":\"a\"}}",
                "0{\"other\":\"a\"}",
                "0{\"sid\":\"\\u12\"}",
                "0{\"sid\":\"\\x\"}"
            })
    @Tag("eio.webtransport.04")
    void anInvalidFirstPacketClosesTheSession(String text) {
        FakeUpgrade session = bench.webTransport(bench.loop);
        session.text(text);
        assertThat(session.closed()).isTrue();
        assertThat(session.closeCode).isEqualTo(HandshakeError.BAD_REQUEST.code());
        assertThat(session.frames).isEmpty();
        assertThat(bench.error().error()).isEqualTo(HandshakeError.BAD_REQUEST);
        bench.assertNothingLeft();
    }

    @Test
    void aBinaryFirstPacketClosesTheSession() {
        FakeUpgrade session = bench.webTransport(bench.loop);
        session.binary((byte) '0');
        assertThat(session.closed()).isTrue();
        bench.assertNothingLeft();
    }

    @Test
    @Tag("eio.webtransport.05")
    void anUnknownSessionIdClosesTheSessionWithAReason() {
        FakeUpgrade session = bench.webTransport(bench.loop);
        session.text("0{\"sid\":\"unknown\"}");
        assertThat(session.closeCode).isEqualTo(1);
        assertThat(session.closeReason).isEqualTo("Session ID unknown");
        assertThat(bench.error().error()).isEqualTo(HandshakeError.UNKNOWN_SID);
    }

    @Test
    @Tag("eio.webtransport.06")
    void anUpgradingOrUpgradedSessionCannotBeUpgradedAgain() {
        FakeUpgrade first = bench.openUpgraded();
        FakeUpgrade second = bench.webTransport(bench.loop);
        second.text("0{\"sid\":\"" + bench.session().id() + "\"}");
        assertThat(second.closed()).isTrue();
        assertThat(first.open()).isTrue();

        String sid = bench.open();
        FakeUpgrade candidate = bench.webSocket(sid);
        FakeUpgrade late = bench.webTransport(bench.loop);
        late.text("0{\"sid\":\"" + sid + "\"}");
        assertThat(late.closed()).isTrue();
        assertThat(candidate.open()).isTrue();
    }

    @Test
    void anUpgradeThatIsNotCompletedInTimeClosesOnlyTheCandidate() {
        String sid = bench.open();
        FakeUpgrade session = bench.webTransport(bench.loop);
        bench.loop.advance(9_000);
        session.text("0{\"sid\":\"" + sid + "\"}");
        session.text("2probe");
        bench.loop.advance(9_999);
        assertThat(session.closed()).isFalse();
        bench.loop.advance(1);
        assertThat(session.closed()).isTrue();
        assertThat(bench.listener().events).isEmpty();
    }

    @Test
    void aSessionIdWithJsonEscapesIsDecoded() {
        Bench own = bench(o -> o.generateId(request -> CompletableFuture.completedFuture("a\"\\/\b\f\n\r\té")));
        own.open();
        FakeUpgrade session = own.webTransport(own.loop);
        session.text("0 { \"a\" : \"b\", \"sid\" : \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\" } ");
        session.text("2probe");
        assertThat(session.frames).containsExactly("3probe");
    }

    @Test
    void middlewaresSeeTheRequest() {
        bench.server.use((request, headers, chain) -> {
            if (request.header("x-no") != null) {
                chain.fail(new IllegalStateException("no"));
            } else if (request.header("x-own") != null) {
                chain.respond(new HostResponse(418, List.of(), new byte[0]));
            } else {
                headers.set("x-seen", request.method() + " " + request.uri());
                chain.next();
            }
        });
        assertThat(bench.webTransport(bench.loop, "x-no", "1").rejection.status())
                .isEqualTo(400);
        assertThat(bench.webTransport(bench.loop, "x-own", "1").rejection.status())
                .isEqualTo(418);
        FakeUpgrade session = bench.webTransport(bench.loop);
        assertThat(session.headers)
                .anyMatch(h -> h.name().equals("x-seen") && h.value().equals("CONNECT /engine.io/"));
        session.text("0");
        assertThat(session.frames).hasSize(1);
    }

    @Test
    void allowRequestAppliesToNewSessionsOnly() {
        CompletableFuture<Decision> decision = new CompletableFuture<>();
        Bench strict = bench(o -> o.allowRequest(request ->
                request.method().equals("GET") ? CompletableFuture.completedFuture(Decision.allow()) : decision));
        FakeUpgrade session = strict.webTransport(strict.loop);
        session.text("0");
        assertThat(session.closed()).isFalse();
        decision.complete(Decision.refuse("not today"));
        assertThat(session.closeCode).isEqualTo(4);
        assertThat(session.closeReason).isEqualTo("not today");
        assertThat(strict.error().error()).isEqualTo(HandshakeError.FORBIDDEN);
        String sid = strict.open();
        FakeUpgrade upgrade = strict.webTransport(strict.loop);
        upgrade.text("0{\"sid\":\"" + sid + "\"}");
        upgrade.text("2probe");
        assertThat(upgrade.frames).containsExactly("3probe");
    }

    @Test
    void aClientThatDisconnectsOrSendsDuringAllowRequestGetsNoSession() {
        CompletableFuture<Decision> decision = new CompletableFuture<>();
        Bench slow = bench(o -> o.allowRequest(request -> decision).maxConnections(1));
        FakeUpgrade left = slow.webTransport(slow.loop);
        left.text("0");
        left.lose(null);
        FakeUpgrade spoke = slow.webTransport(slow.loop);
        spoke.text("0");
        spoke.text("0");
        assertThat(spoke.closed()).isTrue();
        decision.complete(Decision.allow());
        slow.assertNothingLeft();
        FakeUpgrade next = slow.webTransport(slow.loop);
        next.text("0");
        assertThat(next.frames).as("the permits were given back").hasSize(1);
        FakeUpgrade full = slow.webTransport(slow.loop);
        full.text("0");
        assertThat(full.closeCode).isEqualTo(4);
        assertThat(full.closeReason).contains("too many connections");
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.com, example.com, 200",
        "https://EXAMPLE.com:443, example.com, 200",
        "https://example.com:3000, example.com:3000, 200",
        "https://[::1]:3000, [::1]:3000, 200",
        "https://example.com, example.com:3000, 403",
        "http://example.com, example.com, 403",
        "https://evil.com, example.com, 403",
        "null, example.com, 403",
        "https://, example.com, 403",
        "https://exa mple.com, example.com, 403",
    })
    void withoutCorsOnlySameOriginPagesCanConnect(String origin, String host, int status) {
        FakeUpgrade session = bench.webTransport(bench.loop, "origin", origin, "host", host);
        assertThat(session.rejection == null ? 200 : session.rejection.status()).isEqualTo(status);
        if (status == 403) {
            assertThat(bench.error().context()).containsEntry("name", "ORIGIN_NOT_ALLOWED");
        }
    }

    @Test
    void theCorsOptionControlsOtherOrigins() {
        String[] evil = {"origin", "https://evil.com", "host", "example.com"};
        String[] good = {"origin", "https://good.com", "host", "example.com"};
        for (CorsOptions cors : List.of(
                CorsOptions.builder().origins("https://good.com").build(),
                CorsOptions.builder()
                        .origins("https://good.com", "https://example.com")
                        .build(),
                CorsOptions.builder()
                        .originPatterns(Pattern.compile("good\\.com$"))
                        .build(),
                CorsOptions.builder()
                        .originPredicate((origin, request) -> {
                            if (origin.contains("evil")) {
                                throw new StackOverflowError("expected in the log of this test");
                            }
                            return true;
                        })
                        .build())) {
            Bench strict = bench(o -> o.cors(defaults -> cors.toBuilder()));
            assertThat(strict.webTransport(strict.loop, evil).rejection.status())
                    .isEqualTo(403);
            assertThat(strict.webTransport(strict.loop, good).rejection).isNull();
        }
        Bench open = bench(o -> o.cors(true));
        assertThat(open.webTransport(open.loop, evil).rejection).isNull();
        assertThat(bench.webTransport(bench.loop).rejection)
                .as("without an Origin header")
                .isNull();
        FakeUpgrade invalid = bench.webTransport(bench.loop, "origin", "a\u0001b");
        assertThat(invalid.rejection.status()).isEqualTo(400);
    }

    @Test
    @Tag("eio.webtransport.08")
    @Tag("eio.webtransport.09")
    void theHeartbeatWorksAsOnOtherTransports() {
        FakeUpgrade session = open();
        bench.loop.advance(25_000);
        assertThat(session.frames).last().isEqualTo("2");
        session.text("3");
        bench.loop.advance(25_000);
        bench.loop.advance(20_000);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
        assertThat(session.closed()).isTrue();
        bench.assertNothingLeft();
    }

    @Test
    @Tag("eio.webtransport.10")
    @Tag("eio.webtransport.11")
    void bothSidesCanClose() {
        FakeUpgrade session = open();
        bench.session().close();
        assertThat(session.closeCode).isEqualTo(1005);
        assertThat(bench.listener().events).containsExactly("close forced close");
        FakeUpgrade leaving = open();
        leaving.lose(null);
        assertThat(bench.listener().events).containsExactly("close transport close");
        FakeUpgrade broken = open();
        broken.lose(new EngineDecodeException("parser error"));
        assertThat(bench.listener().events).containsExactly("close parse error");
        FakeUpgrade failed = open();
        failed.lose(new java.io.IOException("reset"));
        assertThat(bench.listener().events).containsExactly("close transport error");
        bench.assertNothingLeft();
    }

    @Test
    void aDrainingServerRefusesSessions() {
        FakeUpgrade early = bench.webTransport(bench.loop);
        bench.server.refuseSessions(Duration.ofSeconds(7));
        assertThat(bench.webTransport(bench.loop).rejection.headers())
                .anyMatch(header ->
                        header.name().equals("Retry-After") && header.value().equals("7"));
        early.text("0");
        assertThat(early.closeReason).isEqualTo("the server is draining");
        bench.assertNothingLeft();
    }

    @Test
    void aClosingServerRefusesSessions() {
        FakeUpgrade early = bench.webTransport(bench.loop);
        bench.server.close();
        assertThat(bench.webTransport(bench.loop).rejection.status()).isEqualTo(503);
        early.text("0");
        assertThat(early.closeReason).isEqualTo("the server is closing");
        bench.assertNothingLeft();
    }

    @Test
    void aProtocol3SessionCannotBeUpgraded() {
        Bench old = bench(o -> o.allowEIO3(true));
        assertThat(old.get("?EIO=3&transport=polling").text()).contains("\"upgrades\":[\"websocket\"]");
        FakeUpgrade session = old.webTransport(old.loop);
        session.text("0{\"sid\":\"" + old.session().id() + "\"}");
        assertThat(session.closed()).isTrue();
    }
}
