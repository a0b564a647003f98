package dev.sockeye.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.NodeForward;
import dev.sockeye.engineio.host.NodeForward.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Session forwarding")
class SessionForwardingTest {
    private static final String SECRET = "a secret of the servers";
    private static final String GONE = "{\"code\":1,\"message\":\"Session ID unknown\"}";

    private final Bench a = node(1);
    private final Bench b = node(2);
    private final List<String> addresses = new ArrayList<>();

    private static Bench node(int number) {
        return node(number, forwarding -> forwarding);
    }

    private static Bench node(int number, UnaryOperator<SessionForwarding.Builder> change) {
        return new Bench(options -> options.trustedProxies("127.0.0.1")
                .sessionForwarding(forwarding ->
                        change.apply(forwarding.secret(SECRET).address("http://10.0.0." + number + ":3000"))));
    }

    private static NodeForward forward(@Nullable NodeForward forward) {
        assertThat(forward).as("it is forwarded").isNotNull();
        return forward;
    }

    /** The request as received by the other server. */
    private static FakeRequest arriving(String method, NodeForward forward) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (Header header : forward.headers()) {
            headers.computeIfAbsent(header.name(), name -> new ArrayList<>()).add(header.value());
        }
        return new FakeRequest(method, forward.target(), headers, "10.0.0.2");
    }

    private static RecordingExchange handle(Bench at, FakeRequest request) {
        RecordingExchange exchange = new RecordingExchange(request, at.loop, new byte[0], false);
        at.loop.execute(() -> at.server.handle(exchange));
        return exchange;
    }

    @Test
    void leavesSessionIdsUnchangedWhenDisabled() {
        Bench off = new Bench();
        assertThat(off.open()).hasSize(20).doesNotContain(".");
        assertThat(off.server.forwardingCounts()).isNull();
    }

    @Test
    void anotherSilentServerReplacesTheOldestIfThereAreTooMany() {
        AtomicLong now = new AtomicLong();
        SessionForwarding forwarding = SessionForwarding.builder()
                .secret(SECRET)
                .address("http://10.0.0.1:3000")
                .build();
        SessionRouter router = new SessionRouter(a.server, forwarding, () -> 0, now::getAndIncrement);
        URI oldest = URI.create("http://10.0.1.0:3000");
        router.silent(oldest);
        for (int i = 1; i < 1000; i++) {
            router.silent(URI.create("http://10.0.2.0:" + i));
        }
        URI last = URI.create("http://10.0.3.0:3000");
        assertThat(router.isSilent(oldest)).isTrue();
        router.silent(last);
        assertThat(router.isSilent(last)).isTrue();
        assertThat(router.isSilent(oldest)).isFalse();
        assertThat(router.isSilent(URI.create("http://10.0.2.0:1"))).isTrue();
    }

    @Test
    void handlesItsOwnSessionsLocally() {
        String sid = a.open();
        assertThat(sid).hasSizeGreaterThan(50);
        RecordingExchange poll = a.poll(sid);
        assertThat(poll.forward).isNull();
        a.send("hello");
        assertThat(poll.text()).isEqualTo("4hello");
        assertThat(a.server.forwardingCounts()).isEqualTo(new ForwardingCounts(1, 0, 0, 0, 0, 0));
    }

    @Test
    void forwardsARequestToTheServerOfItsSession() {
        String sid = a.open();
        NodeForward forward = forward(b.poll(sid).forward);
        assertThat(forward.node()).hasToString("http://10.0.0.1:3000");
        assertThat(forward.answerTimeout()).hasMillis(500);
        RecordingExchange poll = handle(a, arriving("GET", forward));
        a.send("hello");
        assertThat(poll.text()).isEqualTo("4hello");
        forward.answered(Outcome.DONE);
        assertThat(b.server.forwardingCounts()).isEqualTo(new ForwardingCounts(0, 1, 0, 0, 0, 0));
        assertThat(a.server.forwardingCounts()).isEqualTo(new ForwardingCounts(0, 0, 0, 0, 1, 0));
    }

    @Test
    void forwardsAWebSocketToTheServerOfItsSession() {
        String sid = a.open();
        FakeUpgrade upgrade = b.webSocket(sid);
        NodeForward forward = forward(upgrade.forward);
        FakeUpgrade there = new FakeUpgrade(arriving("GET", forward), a.loop);
        a.loop.execute(() -> a.server.handleUpgrade(there));
        there.text("2probe");
        there.text("5");
        assertThat(a.session().transport()).isEqualTo("websocket");
    }

    /** Its connections end soon. Official clients do not survive the loss of a WebSocket in the last phase of an upgrade. */
    @Test
    void aDrainingServerForwardsPollsButNoWebSockets() {
        String sid = a.open();
        b.server.refuseSessions(Duration.ofSeconds(7));
        FakeUpgrade upgrade = b.webSocket(sid);
        assertThat(upgrade.forward).isNull();
        assertThat(upgrade.rejection.status()).isEqualTo(503);
        assertThat(upgrade.rejection.headers()).contains(new Header("Retry-After", "7"));
        assertThat(b.server.forwardingCounts()).isEqualTo(new ForwardingCounts(0, 0, 0, 1, 0, 0));
        NodeForward forward = forward(b.poll(sid).forward);
        RecordingExchange poll = handle(a, arriving("GET", forward));
        a.send("hello");
        assertThat(poll.text()).isEqualTo("4hello");
        assertThat(a.session().readyState()).isEqualTo(EngineSocket.ReadyState.OPEN);
    }

    /** Its connections may end at any time, and a proxy may repeat a poll whose response was lost. */
    @Test
    void aClosedServerForwardsNothing() {
        String sid = a.open();
        var unused = b.server.closeAsync();
        RecordingExchange poll = b.poll(sid);
        assertThat(poll.forward).isNull();
        assertThat(poll.status()).isEqualTo(503);
        assertThat(b.post(sid, "4hello").status()).isEqualTo(503);
        assertThat(b.server.forwardingCounts()).isEqualTo(new ForwardingCounts(0, 0, 0, 2, 0, 0));
        b.server.reopen();
        forward(b.poll(sid).forward);
    }

    @Test
    void preservesTheClientAddress() {
        a.server.use((request, headers, chain) -> {
            addresses.add(request.remoteAddress());
            chain.next();
        });
        String sid = a.open();
        RecordingExchange asked = b.get("?EIO=4&transport=polling&sid=" + sid, "x-forwarded-for", "192.0.2.7");
        handle(a, arriving("GET", forward(asked.forward)));
        assertThat(addresses).containsExactly("127.0.0.1", "192.0.2.7");
    }

    @Test
    void doesNotForwardHopByHopOrInvalidHeaders() {
        String sid = a.open();
        RecordingExchange asked = b.get(
                "?EIO=4&transport=polling&sid=" + sid,
                "connection",
                "keep-alive, x-mine",
                "x-mine",
                "1",
                "content-length",
                "0",
                "x-bad",
                "a\r\nx-more: b",
                "cookie",
                "c=1");
        assertThat(forward(asked.forward).headers().stream().map(Header::name))
                .containsExactly("cookie", ForwardSignature.HEADER);
    }

    @Test
    void doesNotForwardATargetWithLineBreaks() {
        String sid = a.open();
        RecordingExchange asked = b.get("?EIO=4&transport=polling&sid=" + sid + "&a=b\r\nHost: c");
        assertThat(asked.forward).isNull();
        assertThat(asked.text()).isEqualTo(GONE);
    }

    @Test
    void doesNotForwardARequestTwice() {
        String sid = a.open();
        NodeForward forward = forward(b.poll(sid).forward);
        RecordingExchange elsewhere = handle(node(3), arriving("GET", forward));
        assertThat(elsewhere.forward).isNull();
        assertThat(elsewhere.status()).isEqualTo(400);
        assertThat(elsewhere.text()).isEqualTo(GONE);
        RecordingExchange forged = b.get("?EIO=4&transport=polling&sid=" + sid, ForwardSignature.HEADER, "1,-,a,b");
        assertThat(forged.forward).isNull();
        assertThat(forged.status()).isEqualTo(400);
    }

    @Test
    void ignoresAForwardedAddressWithoutAValidSignature() {
        a.server.use((request, headers, chain) -> {
            addresses.add(request.remoteAddress());
            chain.next();
        });
        String sid = a.open();
        FakeRequest valid = arriving("GET", forward(b.poll(sid).forward));
        String header = String.valueOf(valid.header(ForwardSignature.HEADER));
        for (String wrong : List.of(
                header.replace("127.0.0.1", "192.0.2.1"),
                header.substring(0, header.length() - 1),
                header.replace(",-,", ",s,"),
                "",
                ",",
                "1,-,192.0.2.1," + header.substring(header.lastIndexOf(',') + 1))) {
            handle(a, FakeRequest.of("GET", valid.uri(), ForwardSignature.HEADER, wrong));
        }
        handle(a, FakeRequest.of("POST", valid.uri(), ForwardSignature.HEADER, header)); // of another request
        handle(a, FakeRequest.of("GET", valid.uri() + "&a=b", ForwardSignature.HEADER, header));
        assertThat(addresses).hasSize(9).containsOnly("127.0.0.1");
        assertThat(a.server.forwardingCounts())
                .extracting(ForwardingCounts::received)
                .isEqualTo(0L);
    }

    @Test
    void rejectsAnExpiredSignature() {
        long[] now = {1_000_000_000};
        ForwardSignature signatures = new ForwardSignature(SECRET.getBytes(UTF_8), () -> now[0]);
        FakeRequest request = FakeRequest.of("GET", "/engine.io/?sid=a");
        FakeRequest signed =
                FakeRequest.of("GET", "/engine.io/?sid=a", ForwardSignature.HEADER, signatures.sign(request));
        assertThat(signatures.doubt(signed)).isNull();
        now[0] += ForwardSignature.TOLERANCE.toMillis();
        assertThat(signatures.doubt(signed)).isNull();
        now[0]++;
        assertThat(signatures.doubt(signed)).isEqualTo(ForwardSignature.Doubt.TIME);
    }

    @Test
    void answersWithTheOfficialErrorWhenTheServerIsUnreachable() {
        String sid = a.open();
        RecordingExchange poll = b.poll(sid);
        forward(poll.forward).unreachable(false);
        assertThat(poll.status()).isEqualTo(400);
        assertThat(poll.text()).isEqualTo(GONE);
        FakeUpgrade upgrade = b.webSocket(sid);
        forward(upgrade.forward).unreachable(false);
        assertThat(upgrade.rejection).extracting(r -> r.status()).isEqualTo(400);
        assertThat(b.server.forwardingCounts()).isEqualTo(new ForwardingCounts(0, 2, 2, 0, 0, 0));
    }

    @Test
    void doesNotForwardAgainToAServerThatTimedOut() {
        String sid = a.open();
        forward(b.poll(sid).forward).unreachable(true);
        RecordingExchange next = b.poll(sid);
        assertThat(next.forward).isNull();
        assertThat(next.text()).isEqualTo(GONE);
    }

    @Test
    void answersWithTheOfficialErrorForAnIdWithAnotherSecret() {
        Bench other = node(1, forwarding -> forwarding.secret("another secret of servers"));
        RecordingExchange poll = b.poll(other.open());
        assertThat(poll.forward).isNull();
        assertThat(poll.text()).isEqualTo(GONE);
    }

    @Test
    void limitsConcurrentRequests() {
        Bench small = node(3, forwarding -> forwarding.maxConcurrent(2));
        String sid = a.open();
        NodeForward first = forward(small.poll(sid).forward);
        forward(small.webSocket(sid).forward);
        assertThat(small.poll(sid).status()).isEqualTo(503);
        assertThat(small.webSocket(sid).rejection).extracting(r -> r.status()).isEqualTo(503);
        first.answered(Outcome.DONE);
        first.answered(Outcome.DONE);
        forward(small.poll(sid).forward);
        assertThat(small.poll(sid).status()).isEqualTo(503);
        assertThat(small.server.forwardingCounts()).isEqualTo(new ForwardingCounts(0, 3, 0, 3, 0, 2));
    }

    @Test
    void rejectsInvalidOptionsWithAClearMessage() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> SessionForwarding.builder().address("http://a:1").build())
                .withMessageContaining("sessionForwarding.secret must have 16 or more characters");
        for (String wrong :
                List.of("", "10.0.0.1:3000", "http://10.0.0.1", "ftp://a:1", "http://a:1/", "http://a:99999")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SessionForwarding.builder()
                            .secret(SECRET)
                            .address(wrong)
                            .build())
                    .withMessageContaining("sessionForwarding.address")
                    .withMessageContaining("http://10.0.0.1:3000");
        }
        assertThat(SessionForwarding.builder()
                        .secret(SECRET)
                        .address("http://a:1")
                        .build())
                .hasToString("SessionForwarding[http://a:1]");
    }
}
