package dev.sockeye.netty;

import static dev.sockeye.netty.RawClient.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's address behind proxies: headers that they add, and the PROXY protocol. */
@Timeout(60)
@OnEachIo
class ProxiesTest {

    @Parameter
    private NettyIo io;

    private static final String POLLING = "GET /engine.io/?EIO=4&transport=polling HTTP/1.1";
    private static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

    private final BlockingQueue<String> sessions = new LinkedBlockingQueue<>();
    private @Nullable NettyHost host;

    private RawClient start(Consumer<EngineOptions.Builder> engine, Consumer<NettyHostOptions.Builder> netty)
            throws IOException {
        EngineOptions.Builder options = EngineOptions.builder();
        engine.accept(options);
        NettyHostOptions.Builder hosted =
                NettyHostOptions.builder().io(OnEachIo.Required.available(io)).loops(1);
        netty.accept(hosted);
        EngineServer server = new EngineServer(options.build());
        var unused = server.onSession(session -> sessions.add(session.remoteAddress()));
        host = NettyHost.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), server, hosted.build());
        return new RawClient(host);
    }

    private RawClient startWithProxyProtocol() throws IOException {
        return start(engine -> {}, netty -> netty.proxyProtocol(true));
    }

    @AfterEach
    void stop() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    private String session() throws InterruptedException {
        return sessions.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void theClientAddressIsTakenFromATrustedProxy() throws Exception {
        try (RawClient client = start(engine -> engine.trustedProxies("127.0.0.1", "::1"), netty -> {})) {
            client.send(
                    head(POLLING, "Host: x", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 203.0.113.5, 127.0.0.1"));
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(session()).isEqualTo("203.0.113.5");
            assertThat(client.upgrade("/engine.io/?EIO=4&transport=websocket", "x-forwarded-for: 2001:DB8::0001")
                            .status())
                    .isEqualTo(101);
            assertThat(session()).isEqualTo("2001:db8::1");
        }
    }

    @Test
    void theForwardedHeaderOfAnUntrustedPeerIsIgnored() throws Exception {
        try (RawClient client = start(engine -> engine.trustedProxies("10.0.0.0/8"), netty -> {})) {
            client.send(head(POLLING, "Host: x", "X-Forwarded-For: 203.0.113.5"));
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(session()).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void aProxyProtocolHeaderIsABadRequestUnlessEnabled() throws Exception {
        try (RawClient client = start(engine -> {}, netty -> {})) {
            client.send("PROXY TCP4 203.0.113.5 10.0.0.1 56324 443\r\n" + head(POLLING, "Host: x"));
            assertThat(client.response().status()).isEqualTo(400);
        }
    }

    @Test
    void proxyProtocolVersion1ProvidesTheClientAddress() throws Exception {
        try (RawClient client = startWithProxyProtocol()) {
            client.send("PROXY TCP4 203.0.113.5 10.0.0.1 56324 443\r\n" + head(POLLING, "Host: x"));
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(session()).isEqualTo("203.0.113.5");
            // for the whole connection, and after the upgrade
            assertThat(client.upgrade("/engine.io/?EIO=4&transport=websocket").status())
                    .isEqualTo(101);
            assertThat(session()).isEqualTo("203.0.113.5");
        }
    }

    @Test
    void fragmentedProxyProtocolVersion1ProvidesAnIpv6ClientAddress() throws Exception {
        try (RawClient client = startWithProxyProtocol()) {
            client.send("PROXY TCP6 2001:db8");
            client.send("::5 ::1 56324 443\r");
            client.send("\n" + head(POLLING, "Host: x"));
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(session()).isEqualTo("2001:db8::5");
        }
    }

    private static byte[] version2(int command, int family, int... addresses) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(SIGNATURE);
        header.write(0x20 | command);
        header.write(family);
        header.write(0);
        header.write(addresses.length);
        for (int part : addresses) {
            header.write(part);
        }
        header.write(head(POLLING, "Host: x").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        return header.toByteArray();
    }

    @Test
    void proxyProtocolVersion2ProvidesTheClientAddress() throws Exception {
        try (RawClient client = startWithProxyProtocol()) {
            // IPv4 over TCP, source and destination, ports, and a TLV of an unknown type
            client.send(version2(1, 0x11, 203, 0, 113, 5, 10, 0, 0, 1, 220, 4, 1, 187, 0xee, 0, 1, 7));
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(session()).isEqualTo("203.0.113.5");
        }
    }

    @Test
    void aProxyProtocolHeaderWithoutAnAddressKeepsThePeerAddress() throws Exception {
        try (RawClient client = startWithProxyProtocol()) {
            client.send(version2(0, 0));
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(session()).isEqualTo("127.0.0.1");
        }
        try (RawClient client = new RawClient(host)) {
            client.send("PROXY UNKNOWN\r\n" + head(POLLING, "Host: x"));
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(session()).isEqualTo("127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROXY TCP4 203.0.113.500 10.0.0.1 56324 443\r\n", "PROXY nonsense\r\n"})
    void aConnectionWithoutAValidProxyProtocolHeaderIsClosed(String start) throws Exception {
        try (RawClient client = startWithProxyProtocol()) {
            client.send(start + head(POLLING, "Host: x"));
            assertThat(client.ended()).isTrue();
            assertThat(sessions).isEmpty();
        }
    }

    @Test
    void aConnectionWithAnIncompleteProxyProtocolHeaderIsClosed() throws Exception {
        try (RawClient client =
                start(engine -> {}, netty -> netty.proxyProtocol(true).requestTimeout(Duration.ofMillis(200)))) {
            client.send("PROXY TCP4 203");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void trustedProxiesApplyToTheProxyProtocolAddress() throws Exception {
        try (RawClient client =
                start(engine -> engine.trustedProxies("10.0.0.0/8"), netty -> netty.proxyProtocol(true))) {
            client.send("PROXY TCP4 10.0.0.9 10.0.0.1 56324 443\r\n"
                    + head(POLLING, "Host: x", "X-Forwarded-For: 203.0.113.5"));
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(session()).isEqualTo("203.0.113.5");
        }
    }
}
