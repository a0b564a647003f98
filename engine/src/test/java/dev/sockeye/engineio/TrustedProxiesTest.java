package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.AllowRequest.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
    private static final String[] TRUSTED = {"127.0.0.0/8", "10.0.0.0/8", "fd00::/8", "192.0.2.1"};
    private static final String FORWARDED_FOR = "X-Forwarded-For";

    private static String client(ForwardedHeader header, String peer, String... lines) {
        Map<String, List<String>> headers = lines.length == 0 ? Map.of() : Map.of(header.headerName(), List.of(lines));
        return new TrustedProxies(List.of(TRUSTED), header)
                .see(new FakeRequest("GET", "/", headers, peer))
                .remoteAddress();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                // peer          | header                                  | client
                "10.0.0.1        | 203.0.113.5                             | 203.0.113.5",
                "127.0.0.1       | 203.0.113.5                             | 203.0.113.5",
                "::1             | 203.0.113.5                             | ::1", // not trusted
                "11.0.0.1        | 203.0.113.5                             | 11.0.0.1",
                "192.0.2.1       | 203.0.113.5                             | 203.0.113.5",
                "192.0.2.2       | 203.0.113.5                             | 192.0.2.2",
                "::ffff:10.0.0.1 | 203.0.113.5                             | 203.0.113.5",
                "fd00::1%eth0    | 203.0.113.5                             | 203.0.113.5",
                "fe00::1         | 203.0.113.5                             | fe00::1",
                // from the right, trusted ones are passed over
                "10.0.0.1        | 6.6.6.6, 203.0.113.5, 10.0.0.2          | 203.0.113.5",
                "10.0.0.1        | 6.6.6.6, 203.0.113.5 ,fd12::9, 10.0.0.2 | 203.0.113.5",
                "10.0.0.1        | 10.0.0.3, 10.0.0.2                      | 10.0.0.3",
                "10.0.0.1        | 127.0.0.1, 203.0.113.5                  | 203.0.113.5",
                // a malformed value ends the search at the last trusted address
                "10.0.0.1        | 203.0.113.5, unknown, 10.0.0.2          | 10.0.0.2",
                "10.0.0.1        | 203.0.113.5, example.org                | 10.0.0.1",
                "10.0.0.1        | 203.0.113.5, 1.2.3.4.5                  | 10.0.0.1",
                "10.0.0.1        | 203.0.113.5, 1.2.3.256                  | 10.0.0.1",
                "10.0.0.1        | 203.0.113.5, 1.2.3.04                   | 10.0.0.1",
                "10.0.0.1        | 203.0.113.5, 1.2.3                      | 10.0.0.1",
                "10.0.0.1        | 203.0.113.5, .::1                       | 10.0.0.1",
                "10.0.0.1        | 203.0.113.5, 1::2::3                    | 10.0.0.1",
                "10.0.0.1        | 203.0.113.5, [10.0.0.7]                 | 10.0.0.1",
                "10.0.0.1        | 203.0.113.5, [2001:db8::1               | 10.0.0.1",
                "10.0.0.1        | 203.0.113.5, 6.6.6.6:x                  | 10.0.0.1",
                // ports, forms, empty elements
                "10.0.0.1        | 203.0.113.5:4711                        | 203.0.113.5",
                "10.0.0.1        | 2001:DB8:0:0:0:0:0:1                    | 2001:db8::1",
                "10.0.0.1        | 2001:db8:0:1:0:0:0:1                    | 2001:db8:0:1::1",
                "10.0.0.1        | [2001:db8::1]                           | 2001:db8::1",
                "10.0.0.1        | [2001:db8::1]:4711                      | 2001:db8::1",
                "10.0.0.1        | ::ffff:203.0.113.5                      | 203.0.113.5",
                "10.0.0.1        | ::                                      | ::",
                "10.0.0.1        | 1:2:3:4:5:6:0:8                         | 1:2:3:4:5:6:0:8",
                "10.0.0.1        | 203.0.113.5,, ,                         | 203.0.113.5",
                "10.0.0.1        | ~~                                      | 10.0.0.1",
                "10.0.0.1        | ,                                       | 10.0.0.1",
                // an open quote of the client's changes nothing
                "10.0.0.1        | \"6.6.6.6, 203.0.113.5                  | 203.0.113.5",
            })
    void xForwardedForIsReadFromTheRight(String peer, String header, String client) {
        assertThat(client(ForwardedHeader.X_FORWARDED_FOR, peer, header)).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "for=203.0.113.5                                        | 203.0.113.5",
                "For=203.0.113.5;proto=https;by=10.0.0.9                | 203.0.113.5",
                "by=10.0.0.9 ; FOR=\"203.0.113.5:4711\" ;host=\"a;b,c\" | 203.0.113.5",
                "for=\"[2001:db8:cafe::17]:4711\"                       | 2001:db8:cafe::17",
                "for=\"[2001:db8:cafe::17]:_port\"                      | 2001:db8:cafe::17",
                "for=\"\\[2001:db8:cafe::17\\]\"                        | 2001:db8:cafe::17",
                "for=6.6.6.6, for=203.0.113.5, for=10.0.0.2             | 203.0.113.5",
                "for=6.6.6.6, for=\"[fd00::2]\";host=\"x\\\",for=7\"    | 6.6.6.6",
                "for=203.0.113.5, for=_hidden, for=10.0.0.2             | 10.0.0.2",
                "for=203.0.113.5, for=unknown                           | 10.0.0.1",
                "for=203.0.113.5, proto=https                           | 10.0.0.1",
                "for=203.0.113.5, for=6.6.6.6;for=7.7.7.7               | 10.0.0.1",
                "for=203.0.113.5, 6.6.6.6                               | 10.0.0.1",
                "for=203.0.113.5, for=\"6.6.6.6\"x                      | 10.0.0.1",
                "for=203.0.113.5, for=                                  | 10.0.0.1",
                // an unterminated value from the client does not affect the entry that the proxy added
                "for=\"6.6.6.6, for=203.0.113.5                         | 203.0.113.5",
                "for=\"6.6.6.6\\, for=\"[2001:db8::1]\"                 | 2001:db8::1",
            })
    void forwardedIsReadFromTheRight(String header, String client) {
        assertThat(client(ForwardedHeader.FORWARDED, "10.0.0.1", header)).isEqualTo(client);
    }

    @Test
    void repeatedHeadersAreReadAsOneList() {
        assertThat(client(ForwardedHeader.X_FORWARDED_FOR, "10.0.0.1", "6.6.6.6", "203.0.113.5", "10.0.0.2"))
                .isEqualTo("203.0.113.5");
        assertThat(client(ForwardedHeader.FORWARDED, "10.0.0.1", "for=6.6.6.6", "for=203.0.113.5, for=10.0.0.2"))
                .isEqualTo("203.0.113.5");
        assertThat(client(ForwardedHeader.X_FORWARDED_FOR, "10.0.0.1")).isEqualTo("10.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0/8",
                "fd00::/129",
                "localhost",
                "::1%lo",
                "::ffff:10.0.0.0/8",
                "10.0.0.0/8/8",
                "[::1]",
                "*"
            })
    void anInvalidRangeIsRefused(String range) {
        assertThatThrownBy(() -> EngineOptions.builder()
                        .trustedProxies("10.0.0.0/8", range)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("trustedProxies must be ")
                .hasMessageContaining("was \"" + range + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0/0,          203.0.113.5,      true",
        "0.0.0.0/0,          2001:db8::1,      false",
        "::/0,               2001:db8::1,      true",
        "172.16.0.0/12,      172.31.255.255,   true",
        "172.16.0.0/12,      172.32.0.0,       false",
        "172.20.1.1/12,      172.16.0.1,       true",
        "2001:db8:8000::/33, 2001:db8:ffff::1, true",
        "2001:db8:8000::/33, 2001:db8:7fff::1, false",
        "2001:db8::1,        2001:db8::1,      true",
        "2001:db8::1,        2001:db8::2,      false",
        "::ffff:10.0.0.0/104, 10.9.9.9,        true",
        "::ffff:10.0.0.0/104, 11.9.9.9,        false",
    })
    void aRangeContainsTheAddressesWithItsPrefix(String range, String address, boolean inside) {
        IpAddress parsed = IpAddress.parse(address);
        assertThat(parsed).isNotNull();
        assertThat(IpRange.parse("trustedProxies", range).contains(parsed)).isEqualTo(inside);
    }

    private static Bench bench(Consumer<EngineOptions.Builder> more) {
        return new Bench(o -> {
            o.transports("polling", "websocket", "webtransport").trustedProxies("127.0.0.1");
            more.accept(o);
        });
    }

    @Test
    void forwardedHeadersAreIgnoredByDefault() {
        Bench bench = new Bench();
        bench.handshake(FORWARDED_FOR, "203.0.113.5", "Forwarded", "for=203.0.113.5");
        assertThat(bench.session().remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(bench.session().request()).as("not wrapped").isInstanceOf(FakeRequest.class);
    }

    @Test
    void onlyTheConfiguredHeaderIsTrusted() {
        Bench bench = bench(o -> {});
        bench.handshake(FORWARDED_FOR, "203.0.113.5", "Forwarded", "for=6.6.6.6");
        assertThat(bench.session().remoteAddress()).isEqualTo("203.0.113.5");
        bench.handshake("Forwarded", "for=6.6.6.6");
        assertThat(bench.session().remoteAddress()).isEqualTo("127.0.0.1");
        Bench other = bench(o -> o.forwardedHeader(ForwardedHeader.FORWARDED));
        other.handshake(FORWARDED_FOR, "6.6.6.6", "Forwarded", "for=203.0.113.5");
        assertThat(other.session().remoteAddress()).isEqualTo("203.0.113.5");
    }

    @Test
    void theClientAddressIsAvailableOnEachTransport() {
        Bench bench = bench(o -> {});
        bench.handshake(FORWARDED_FOR, "203.0.113.1");
        bench.upgrade("?EIO=4&transport=websocket", FORWARDED_FOR, "203.0.113.2");
        bench.webTransport(bench.loop, FORWARDED_FOR, "203.0.113.3").text("0");
        assertThat(bench.sessions)
                .extracting(EngineSocket::remoteAddress)
                .containsExactly("203.0.113.1", "203.0.113.2", "203.0.113.3");
        assertThat(bench.session().request().header("x-forwarded-for")).isEqualTo("203.0.113.3");
        assertThat(bench.session().request().method()).isEqualTo("CONNECT");
    }

    @Test
    void theLimitPerAddressAppliesToClientsAndNotToTheProxy() {
        Bench bench = bench(o -> o.maxConnectionsPerAddress(1));
        assertThat(bench.handshake(FORWARDED_FOR, "203.0.113.1").status()).isEqualTo(200);
        assertThat(bench.handshake(FORWARDED_FOR, "203.0.113.2").status()).isEqualTo(200);
        assertThat(bench.handshake(FORWARDED_FOR, "6.6.6.6, 203.0.113.2").status())
                .isEqualTo(503);
        assertThat(bench.error().request().remoteAddress()).isEqualTo("203.0.113.2");
        bench.loop.execute(() -> bench.session().closeNow(CloseReason.FORCED_CLOSE, null));
        assertThat(bench.handshake(FORWARDED_FOR, "203.0.113.2").status()).isEqualTo(200);
    }

    @Test
    void allHooksSeeTheClientAddress() {
        List<String> seen = new ArrayList<>();
        Bench bench = bench(o -> o.allowRequest(request -> {
                    seen.add("allow " + request.remoteAddress());
                    return CompletableFuture.completedFuture(
                            request.query("no") == null ? Decision.allow() : Decision.refuse("no"));
                })
                .generateId(request -> {
                    seen.add("id " + request.remoteAddress());
                    return CompletableFuture.completedFuture("id" + seen.size());
                }));
        var unused = bench.server.use((request, headers, chain) -> {
            seen.add("use " + request.remoteAddress());
            chain.next();
        });
        var unused2 = bench.server.onHeaders((headers, request) -> seen.add("headers " + request.remoteAddress()));
        bench.handshake(FORWARDED_FOR, "203.0.113.1");
        assertThat(seen)
                .containsExactly("use 203.0.113.1", "allow 203.0.113.1", "id 203.0.113.1", "headers 203.0.113.1");
        seen.clear();
        bench.upgrade("?EIO=4&transport=websocket&no=1", FORWARDED_FOR, "203.0.113.2");
        assertThat(seen).containsExactly("use 203.0.113.2", "allow 203.0.113.2");
        assertThat(bench.error().request().remoteAddress()).isEqualTo("203.0.113.2");
        bench.upgrade("?EIO=4&transport=websocket&sid=unknown", FORWARDED_FOR, "203.0.113.4");
        assertThat(bench.error().request().remoteAddress()).isEqualTo("203.0.113.4");
        bench.webTransport(bench.loop, FORWARDED_FOR, "203.0.113.3").text("7");
        assertThat(bench.error().request().remoteAddress()).isEqualTo("203.0.113.3");
    }
}
