package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.runtime.AddressKey;
import dev.sockeye.socketio.server.FakeClient;
import dev.sockeye.socketio.server.FakeExchange;
import dev.sockeye.socketio.server.RateLimit;
import dev.sockeye.socketio.server.RateLimitAction;
import dev.sockeye.socketio.server.RateLimitExceeded;
import dev.sockeye.socketio.server.RateLimitExceeded.Scope;
import dev.sockeye.socketio.server.RateLimits;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.socketio.server.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Limits for what clients send, with the clock in the test's hand. */
class RateLimitsTest {
    private static final String ERROR = "[{\"error\":\"rate limit exceeded\",\"retryAfter\":";

    private final List<String> handled = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private @Nullable TestServer server;

    private TestServer serve(UnaryOperator<RateLimits.Builder> limits) {
        TestServer made =
                new TestServer(options -> options.trustedProxies("127.0.0.1").rateLimits(limits));
        made.io.onConnection(socket -> {
            sockets.add(socket);
            for (String event : List.of("a", "b")) {
                socket.on(event, (args, ack) -> {
                    handled.add(event);
                    ack.send("ok");
                });
            }
            socket.on("login", String.class, name -> socket.data().put("user", name));
        });
        made.io.onRateLimited((exceeded, action) -> {
            throw new LinkageError("expected in the log of this test");
        });
        made.io.onRateLimited((exceeded, action) ->
                told.add(exceeded.scope().text() + " " + exceeded.event() + " " + exceeded.refused() + " " + action));
        server = made;
        return made;
    }

    private FakeClient from(String address) {
        FakeClient client = server().open("x-forwarded-for", address);
        client.join("/");
        return client;
    }

    private TestServer server() {
        assertThat(server).isNotNull();
        return server;
    }

    @Test
    void anEventOverTheLimitIsAnsweredWithAnErrorAndTheRetryDelay() {
        FakeClient client =
                serve(limits -> limits.eventsPerSocket(RateLimit.perSecond(2))).connect();
        client.text("421[\"a\"]").text("422[\"a\"]").text("423[\"a\"]").text("42[\"a\"]");
        assertThat(client.messages()).containsExactly("431[\"ok\"]", "432[\"ok\"]", "433" + ERROR + "500}]");
        assertThat(handled).hasSize(2);
        assertThat(told).containsExactly("events per socket a 1 ERROR", "events per socket a 2 ERROR");
    }

    @Test
    void permitsAreRefilledEvenlyUpToTheBurst() {
        FakeClient client = serve(limits -> limits.eventsPerSocket(
                        RateLimit.of(1, Duration.ofMillis(100)).burst(3)))
                .connect();
        for (int i = 0; i < 5; i++) {
            client.text("42[\"a\"]");
        }
        assertThat(handled).hasSize(3);
        server().loop.advance(Duration.ofMillis(99));
        client.text("42[\"a\"]");
        assertThat(handled).hasSize(3);
        server().loop.advance(Duration.ofMillis(1));
        client.text("42[\"a\"]").text("42[\"a\"]");
        assertThat(handled).hasSize(4);
        server().loop.advance(Duration.ofSeconds(10));
        for (int i = 0; i < 5; i++) {
            client.text("42[\"a\"]");
        }
        assertThat(handled).hasSize(7);
    }

    @Test
    void eachSocketHasItsOwnLimit() {
        serve(limits -> limits.eventsPerSocket(RateLimit.perSecond(1)));
        server().io.of("/other").onConnection(socket -> socket.on("a", () -> handled.add("other")));
        FakeClient one = server().connect();
        FakeClient two = server().connect();
        one.join("/other");
        one.text("42[\"a\"]").text("42/other,[\"a\"]").text("42/other,[\"a\"]");
        two.text("42[\"a\"]");
        assertThat(handled).containsExactly("a", "other", "a");
    }

    @Test
    void byteLimitsIncludeAttachments() {
        FakeClient client = serve(limits -> limits.bytesPerSocket(RateLimit.of(95, Duration.ofSeconds(1))))
                .connect();
        client.text("451-[\"a\",{\"_placeholder\":true,\"num\":0}]").binary("00".repeat(50));
        client.text("42[\"b\"]").text("42[\"b\"]");
        assertThat(handled).containsExactly("a", "b");
        assertThat(told).containsExactly("bytes per socket b 1 ERROR");
    }

    @Test
    void anEventLargerThanTheBurstIsAcceptedWhenTheBucketIsFull() {
        FakeClient client = serve(limits -> limits.bytesPerSocket(RateLimit.of(100, Duration.ofSeconds(1))))
                .connect();
        String large = "42[\"a\",\"" + "x".repeat(191) + "\"]";
        assertThat(large).hasSize(201); // one character is the engine's
        client.text(large).text("42[\"b\"]");
        server().loop.advance(Duration.ofMillis(1500));
        client.text(large.replace("42[", "429["));
        assertThat(client.messages()).containsExactly("439" + ERROR + "500}]");
        assertThat(handled).containsExactly("a");
        server().loop.advance(Duration.ofMillis(500));
        client.text(large);
        assertThat(handled).containsExactly("a", "a");
    }

    @Test
    void aPerEventLimitDoesNotAffectOtherEvents() {
        FakeClient client =
                serve(limits -> limits.event("a", RateLimit.perMinute(1))).connect();
        client.text("42[\"a\"]").text("421[\"a\"]").text("42[\"b\"]").text("42[\"b\"]");
        assertThat(handled).containsExactly("a", "b", "b");
        assertThat(client.messages()).containsExactly("431" + ERROR + "60000}]");
        assertThat(told).containsExactly("event name a 1 ERROR");
    }

    @Test
    void theSocketsOfAUserShareALimit() {
        serve(limits ->
                limits.userKey(socket -> (String) socket.data().get("user")).eventsPerUser(RateLimit.perMinute(2)));
        FakeClient one = server().connect();
        FakeClient two = server().connect();
        FakeClient nobody = server().connect();
        one.text("42[\"login\",\"ann\"]").text("42[\"a\"]");
        two.text("42[\"login\",\"ann\"]").text("42[\"a\"]").text("42[\"a\"]");
        nobody.text("42[\"b\"]").text("42[\"b\"]").text("42[\"b\"]");
        assertThat(handled).containsExactly("a", "a", "b", "b", "b");
        assertThat(told).containsExactly("events per user a 1 ERROR");
    }

    @Test
    void theUserKeyIsEvaluatedForEachEvent() {
        serve(limits -> limits.userKey(socket -> (String) socket.data().get("user"))
                .bytesPerUser(RateLimit.of(10, Duration.ofMinutes(1))));
        FakeClient client = server().connect();
        client.text("42[\"login\",\"ann\"]").text("42[\"login\",\"bert\"]").text("42[\"a\"]");
        assertThat(sockets.get(0).data()).containsEntry("user", "bert");
        assertThat(handled).containsExactly("a");
        client.text("42[\"a\"]");
        assertThat(told).containsExactly("bytes per user a 1 ERROR");
    }

    @Test
    void aFailingUserKeyIsReportedAndDisablesTheUserLimit() {
        TestServer failing = serve(limits -> limits.userKey(socket -> {
                    throw new IllegalStateException("expected in the log of this test");
                })
                .eventsPerUser(RateLimit.perMinute(1)));
        List<String> errors = new ArrayList<>();
        failing.io.onHandlerError((socket, event, error) -> errors.add(event));
        failing.connect().text("42[\"a\"]").text("42[\"a\"]");
        assertThat(handled).hasSize(2);
        assertThat(errors).containsExactly("a", "a");
    }

    @Test
    void theAddressFromTheTrustedProxyIsUsed() {
        serve(limits -> limits.eventsPerAddress(RateLimit.perMinute(2)));
        FakeClient one = from("203.0.113.1");
        FakeClient same = from("203.0.113.1");
        FakeClient other = from("203.0.113.2");
        one.text("42[\"a\"]").text("42[\"a\"]");
        same.text("42[\"a\"]");
        other.text("42[\"b\"]");
        assertThat(handled).containsExactly("a", "a", "b");
        assertThat(told).containsExactly("events per address a 1 ERROR");
    }

    @Test
    void addressesInTheSameIpv6NetworkShareALimit() {
        serve(limits -> limits.bytesPerAddress(RateLimit.of(1, Duration.ofMinutes(1))));
        from("2001:db8:0:1::1").text("42[\"a\"]");
        from("2001:db8:0:1:ffff::2").text("42[\"a\"]");
        from("2001:db8:0:2::1").text("42[\"a\"]");
        assertThat(handled).hasSize(2);
        assertThat(told).containsExactly("bytes per address a 1 ERROR");
        assertThat(AddressKey.of("fe80::1%eth0")).isEqualTo(AddressKey.of("fe80::2"));
        assertThat(AddressKey.of("::ffff:1.2.3.4")).isEqualTo("::ffff:1.2.3.4");
    }

    @Test
    @SuppressWarnings("NullAway")
    void aMissingLimitOfAnEventIsRefusedWithItsName() {
        assertThatThrownBy(() -> RateLimits.builder().event("chat", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("event \"chat\"");
    }

    @Test
    void eventsRefusedByTheAddressLimitDoNotConsumeUserPermits() {
        serve(limits -> limits.userKey(socket -> "ann")
                .eventsPerUser(RateLimit.perMinute(2))
                .eventsPerAddress(RateLimit.perMinute(1)));
        FakeClient one = from("203.0.113.1");
        one.text("42[\"a\"]").text("42[\"a\"]").text("42[\"a\"]");
        from("203.0.113.2").text("42[\"b\"]");
        assertThat(handled).containsExactly("a", "b");
    }

    @Test
    void droppedEventsAreNotAnswered() {
        FakeClient client = serve(
                        limits -> limits.eventsPerSocket(RateLimit.perMinute(1)).action(RateLimitAction.DROP))
                .connect();
        client.text("421[\"a\"]").text("422[\"a\"]");
        assertThat(client.messages()).containsExactly("431[\"ok\"]");
        assertThat(told).containsExactly("events per socket a 1 DROP");
    }

    @Test
    void aClientThatKeepsExceedingTheLimitCanBeDisconnectedWithAReason() {
        FakeClient client = serve(limits -> limits.eventsPerSocket(RateLimit.perMinute(1))
                        .action(exceeded -> exceeded.refused() > 2 ? RateLimitAction.DISCONNECT : RateLimitAction.DROP))
                .connect();
        List<String> reasons = new ArrayList<>();
        sockets.get(0).onDisconnect((reason, details) -> reasons.add(reason + ": " + details.description()));
        for (int i = 0; i < 6; i++) {
            client.text("42[\"a\"]");
        }
        assertThat(client.messages())
                .containsExactly("42[\"sockeye:disconnect\",{\"reason\":\"rate limit exceeded\"}]", "41");
        assertThat(client.closed()).isTrue();
        assertThat(reasons).containsExactly("server namespace disconnect: rate limit exceeded");
        assertThat(told).hasSize(3).last().isEqualTo("events per socket a 3 DISCONNECT");
    }

    @Test
    void anErrorIsSentIfTheActionFails() {
        FakeClient client = serve(
                        limits -> limits.eventsPerSocket(RateLimit.perMinute(1)).action(exceeded -> {
                            throw new IllegalStateException("expected in the log of this test");
                        }))
                .connect();
        client.text("42[\"a\"]").text("421[\"a\"]");
        assertThat(client.messages()).containsExactly("431" + ERROR + "60000}]");
    }

    @Test
    void connectionsOverTheAddressLimitAreRefusedWithRetryAfter() {
        serve(limits -> limits.connectsPerAddress(
                RateLimit.of(1, Duration.ofSeconds(10)).burst(2)));
        String uri = "/socket.io/?EIO=4&transport=polling";
        assertThat(server().get(uri, "x-forwarded-for", "203.0.113.1").status()).isEqualTo(200);
        assertThat(server().get(uri + "&sid=", "x-forwarded-for", "203.0.113.1").status())
                .isEqualTo(200);
        FakeExchange refused = server().get(uri, "x-forwarded-for", "203.0.113.1");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("10");
        assertThat(refused.body()).contains("too many connections in a short time");
        assertThat(server().get(uri, "x-forwarded-for", "203.0.113.2").status()).isEqualTo(200);
        FakeClient webSocket = server().open("x-forwarded-for", "203.0.113.1");
        assertThat(webSocket.rejected()).isTrue();
        assertThat(told).containsExactly("connects per address  1 ERROR", "connects per address  1 ERROR");
        server().loop.advance(Duration.ofSeconds(10));
        from("203.0.113.1");
    }

    @Test
    void requestsOfAnOpenSessionDoNotCountAsConnections() {
        serve(limits -> limits.connectsPerAddress(RateLimit.perMinute(1)));
        String session = server().poll();
        assertThat(server().post(session, "40").status()).isEqualTo(200);
        assertThat(server().get(session).body()).startsWith("40{");
    }

    @Test
    void connectsToAdditionalNamespacesCountAsConnections() {
        serve(limits -> limits.connectsPerAddress(RateLimit.perMinute(2)));
        server().io.of("/one");
        server().io.of("/two");
        FakeClient client = server().connect();
        client.join("/one");
        client.text("40/two,");
        assertThat(client.messages())
                .containsExactly("44/two,{\"message\":\"rate limit exceeded\",\"data\":{\"retryAfter\":30000}}");
    }

    @Test
    void theNumberOfKeysIsBounded() {
        KeyedBuckets buckets = KeyedBuckets.of(RateLimit.perMinute(1), null, 2);
        assertThat(buckets).isNotNull();
        for (String key : List.of("a", "b", "a", "c")) {
            buckets.take(key, 0, 0);
        }
        assertThat(buckets.size()).isEqualTo(2);
        assertThat(buckets.take("a", 0, 0).nanos()).isPositive(); // it was used after b
        assertThat(buckets.take("b", 0, 0).nanos()).isZero();
        KeyedBuckets many = KeyedBuckets.of(RateLimit.perMinute(1), null, 2_000);
        assertThat(many).isNotNull();
        for (int i = 0; i < 10_000; i++) {
            many.take("198.51.100." + i, 0, 0);
        }
        assertThat(many.size()).isBetween(1_800, 2_000);
    }

    @Test
    void aServerWithoutLimitsTracksNothing() {
        TestServer plain = new TestServer();
        RateLimiter limiter = ((ServerFacade) plain.io).context().rateLimiter();
        assertThat(limiter.limitsConnects()).isFalse();
        plain.io.onConnection(socket ->
                assertThat(limiter.forClient((ClientCore) socket.client())).isNull());
        plain.connect();
    }

    @Test
    void invalidOptionsAreRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> RateLimit.perSecond(0));
        assertThatIllegalArgumentException().isThrownBy(() -> RateLimit.of(1, Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimit.perSecond(1).burst(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimit.of(1, Duration.ofDays(365)).burst(1_000));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimits.builder()
                        .eventsPerUser(RateLimit.perSecond(1))
                        .build())
                .withMessageContaining("userKey");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimits.builder().maxKeys(0).build());
    }

    @Test
    void theDefaultsHaveNoLimits() {
        RateLimits limits = RateLimits.defaults();
        assertThat(limits.eventsPerSocket()).isNull();
        assertThat(limits.events()).isEmpty();
        assertThat(limits.connectsPerAddress()).isNull();
        assertThat(limits.toBuilder()
                        .eventsPerSocket(RateLimit.perSecond(3))
                        .build()
                        .eventsPerSocket())
                .isEqualTo(RateLimit.perSecond(3));
    }

    @Test
    void limitsFromSeveralCallsAreMerged() {
        SocketIoServerOptions options = SocketIoServerOptions.builder()
                .rateLimits(limits -> limits.eventsPerSocket(RateLimit.perSecond(1)))
                .rateLimits(limits -> limits.event("a", RateLimit.perSecond(2)))
                .build()
                .toBuilder()
                .rateLimits(limits -> limits.action(RateLimitAction.DROP))
                .build();
        RateLimits limits = options.rateLimits();
        assertThat(limits).isNotNull();
        assertThat(limits.eventsPerSocket()).isEqualTo(RateLimit.perSecond(1));
        assertThat(limits.events()).containsOnlyKeys("a");
        assertThat(limits.action()
                        .apply(new RateLimitExceeded(Scope.EVENT_NAME, null, "a", "", null, Duration.ZERO, 1)))
                .isEqualTo(RateLimitAction.DROP);
    }
}
