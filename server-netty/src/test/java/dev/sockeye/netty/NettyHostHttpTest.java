package dev.sockeye.netty;

import static dev.sockeye.netty.RawClient.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HttpExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@OnEachIo
class NettyHostHttpTest {

    @Parameter
    private NettyIo io;

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final EchoEngine engine = new EchoEngine();
    private NettyHost host;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        start(options().loops(1).build());
    }

    private NettyHostOptions.Builder options() {
        return NettyHostOptions.builder().io(OnEachIo.Required.available(io));
    }

    private void start(NettyHostOptions options) throws Exception {
        if (host != null) {
            stop();
        }
        host = NettyHost.listen(ANY, engine, options);
        client = new RawClient(host);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        host.close();
    }

    private String event() throws InterruptedException {
        return engine.events.poll(10, TimeUnit.SECONDS);
    }

    private static String post(String body, String... headers) {
        StringBuilder more = new StringBuilder();
        for (String header : headers) {
            more.append(header).append("\r\n");
        }
        return head("POST /engine.io/?a=b HTTP/1.1", "Host: x", more + "Content-Length: " + body.length()) + body;
    }

    @Test
    void echoesBodiesOverOneConnection() throws Exception {
        for (int i = 0; i < 3; i++) {
            client.send(post("body " + i));
            RawClient.Response response = client.response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("body " + i);
            assertThat(response.headers()).containsKey("date").doesNotContainKey("connection");
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            all.append(post("body " + i));
        }
        engine.onRequest = exchange -> exchange.loop().execute(() -> engine.echo(exchange));
        client.send(all.toString());
        for (int i = 0; i < 100; i++) {
            assertThat(client.response().body()).isEqualTo("body " + i);
        }
    }

    @Test
    void aPipelinedRequestWaitsUntilTheResponseBeforeItIsSent() throws Exception {
        engine.onRequest = exchange -> exchange.respond(new HostResponse(200, List.of(), new byte[8_000_000]));
        client.send(head("GET /engine.io/ HTTP/1.1", "Host: x").repeat(5));
        await().during(Duration.ofMillis(300)).until(() -> engine.exchanges.size() == 1);
        for (int i = 0; i < 5; i++) {
            assertThat(client.response().body()).hasSize(8_000_000);
        }
        assertThat(engine.exchanges).hasSize(5);
    }

    @Test
    void aClientThatSendsRequestsAndDoesNotReadIsDisconnected() throws Exception {
        start(options().loops(1).requestTimeout(Duration.ofMillis(500)).build());
        engine.onRequest = exchange -> exchange.respond(new HostResponse(200, List.of(), new byte[8_000_000]));
        String request = head("GET /engine.io/ HTTP/1.1", "Host: x");
        await().untilAsserted(() -> assertThatIOException().isThrownBy(() -> client.send(request)));
    }

    @Test
    void readsChunkedBodies() throws Exception {
        client.send(head("POST /engine.io/ HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"));
        client.send("5\r\nhello\r\n");
        client.send("6\r\n world\r\n0\r\n\r\n");
        assertThat(client.response().body()).isEqualTo("hello world");
    }

    @Test
    void aBodyAtTheLimitIsAcceptedAndOneByteMoreIsRefused() throws Exception {
        engine.limit = 100;
        client.send(post("x".repeat(100)));
        assertThat(client.response().body()).hasSize(100);
        client.send(post("x".repeat(101)));
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(413);
        assertThat(response.body()).isEmpty();
        assertThat(event()).isEqualTo("too large");
    }

    @Test
    void aClientThatSendsAMegabyteTooMuchStillReadsThe413() throws Exception {
        client.send(post("x".repeat(1_000_000)));
        assertThat(client.response().status()).isEqualTo(413);
    }

    @Test
    void tooLongChunkedBodiesGet413() throws Exception {
        client.send(head("POST /engine.io/ HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"));
        client.send("7d0\r\n" + "x".repeat(2000) + "\r\n");
        assertThat(client.response().status()).isEqualTo(413);
        assertThat(client.ended()).isTrue();
    }

    @Test
    void sends100ContinueOnlyWhenTheBodyIsAccepted() throws Exception {
        client.send(head("POST /engine.io/ HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 5"));
        assertThat(client.response().status()).isEqualTo(100);
        client.send("hello");
        assertThat(client.response().body()).isEqualTo("hello");
        client.send(head("POST /engine.io/ HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 5000"));
        assertThat(client.response().status()).isEqualTo(413);
    }

    @Test
    void aResponseSentBeforeTheReceivedBodyIsReadKeepsTheConnectionOpen() throws Exception {
        engine.onRequest = exchange -> exchange.respond(EchoEngine.text(400, "no"));
        client.send(post("body"));
        assertThat(client.response().status()).isEqualTo(400);
        client.send(post("body"));
        assertThat(client.response().status()).isEqualTo(400);
    }

    @Test
    void aHeadResponseHasNoBody() throws Exception {
        engine.onRequest = exchange -> exchange.respond(EchoEngine.text(200, "hello"));
        client.send(head("HEAD /engine.io/ HTTP/1.1", "Host: x"));
        RawClient.Response response = client.response(false);
        assertThat(response.headers()).containsEntry("content-length", "5");
        client.send(head("GET /engine.io/ HTTP/1.1", "Host: x"));
        assertThat(client.response().body()).isEqualTo("hello");
    }

    @Test
    void exposesTheRequestMethodUriHeadersAndAddress() throws Exception {
        client.send(head("GET /engine.io/?a=%20b HTTP/1.1", "Host: x", "X-One: 1", "x-one: 2", "X-Empty:"));
        client.response();
        HttpExchange exchange = engine.exchanges.take();
        assertThat(exchange.request().method()).isEqualTo("GET");
        assertThat(exchange.request().uri()).isEqualTo("/engine.io/?a=%20b");
        assertThat(exchange.request().header("X-ONE")).isEqualTo("1");
        assertThat(exchange.request().header("x-on")).isNull();
        assertThat(exchange.request().header("x-empty")).isEmpty();
        assertThat(exchange.request().headers().get("x-one")).containsExactly("1", "2");
        assertThat(exchange.request().headers().keySet()).containsExactly("host", "x-one", "x-empty");
        assertThat(exchange.request().remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(exchange.request().secure()).isFalse();
    }

    @Test
    void aRequestWithoutHostGets400() throws Exception {
        client.send("GET /engine.io/ HTTP/1.1\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(400);
        assertThat(client.ended()).isTrue();
        client = new RawClient(host);
        client.send("POST /engine.io/ HTTP/1.0\r\nContent-Length: 1\r\n\r\nx");
        assertThat(client.response().status()).isEqualTo(200);
    }

    @Test
    void anUnreadableBodyGets400() throws Exception {
        client.send(head("POST /engine.io/ HTTP/1.1", "Host: x", "Transfer-Encoding: chunked") + "2\r\nab\r\nxyz\r\n");
        assertThat(client.response().status()).isEqualTo(400);
        assertThat(client.ended()).isTrue();
        assertThat(event()).isEqualTo("aborted");
    }

    @Test
    void malformedRequestsGet400() throws Exception {
        client.send(head("GET /engine.io/ HTTP/1.1", "Host: x", "bad header"));
        assertThat(client.response().status()).isEqualTo(400);
        assertThat(client.ended()).isTrue();
    }

    @Test
    void tooLongHeadersGet431() throws Exception {
        client.send(head("GET /engine.io/ HTTP/1.1", "Host: x", "A: " + "x".repeat(20_000)));
        assertThat(client.response().status()).isEqualTo(431);
    }

    @Test
    void reportsALostConnection() throws Exception {
        engine.onRequest = exchange -> {};
        client.send(head("GET /engine.io/ HTTP/1.1", "Host: x"));
        assertThat(engine.exchanges.poll(10, TimeUnit.SECONDS)).isNotNull();
        client.close();
        assertThat(event()).isEqualTo("lost");
    }

    @Test
    void reportsAConnectionLostDuringABody() throws Exception {
        client.send(head("POST /engine.io/ HTTP/1.1", "Host: x", "Content-Length: 10") + "abc");
        assertThat(engine.exchanges.poll(10, TimeUnit.SECONDS)).isNotNull();
        client.close();
        assertThat(event()).isEqualTo("aborted");
        assertThat(event()).isEqualTo("lost");
    }

    @Test
    void abortClosesTheConnectionWithoutAResponse() throws Exception {
        engine.onRequest = HttpExchange::abort;
        client.send(head("GET /engine.io/ HTTP/1.1", "Host: x"));
        assertThat(client.ended()).isTrue();
    }

    @Test
    void respondsFromAnyThreadAndOnlyOnce() throws Exception {
        engine.onRequest = exchange -> {};
        client.send(head("GET /engine.io/ HTTP/1.1", "Host: x"));
        HttpExchange exchange = engine.exchanges.poll(10, TimeUnit.SECONDS);
        exchange.respond(EchoEngine.text(200, "one"));
        exchange.respond(EchoEngine.text(200, "two"));
        exchange.abort();
        assertThat(client.response().body()).isEqualTo("one");
        engine.onRequest = engine::echo;
        client.send(post("three"));
        assertThat(client.response().body()).isEqualTo("three");
    }

    @Test
    void closesConnectionsThatNeverCompleteARequest() throws Exception {
        start(NettyHostOptions.builder().requestTimeout(Duration.ofMillis(100)).build());
        client.send("GET /engine");
        assertThat(client.ended()).isTrue();
    }

    @Test
    void closesIdleConnectionsButNotOnesAwaitingAResponse() throws Exception {
        start(options()
                .requestTimeout(Duration.ofMillis(100))
                .keepAliveTimeout(Duration.ofMillis(100))
                .build());
        engine.onRequest = exchange ->
                exchange.loop().schedule(() -> exchange.respond(EchoEngine.text(200, "late")), Duration.ofMillis(400));
        client.send(head("GET /engine.io/ HTTP/1.1", "Host: x"));
        assertThat(client.response().body()).isEqualTo("late");
        assertThat(client.ended()).isTrue();
    }

    @Test
    void anotherPathGets404() throws Exception {
        client.send(head("GET /other HTTP/1.1", "Host: x"));
        assertThat(client.response().status()).isEqualTo(404);
    }

    @Test
    @Tag("eio.engine.io.05")
    void anotherPathGets501WhenConfigured() throws Exception {
        start(NettyHostOptions.builder().fallback(HttpFallback.notImplemented()).build());
        client.send(head("GET /other HTTP/1.1", "Host: x"));
        assertThat(client.response().status()).isEqualTo(501);
        client.send(post("on the path"));
        assertThat(client.response().body()).isEqualTo("on the path");
    }

    @Test
    void servesFilesFromTheClassPath() throws Exception {
        start(options()
                .fallback(HttpFallback.resources(NettyHostHttpTest.class, "/files"))
                .build());
        client.send(head("GET / HTTP/1.1", "Host: x"));
        RawClient.Response response = client.response();
        assertThat(response.body()).startsWith("<!doctype html>");
        assertThat(response.headers()).containsEntry("content-type", "text/html; charset=utf-8");
        for (String path : new String[] {"/../secret.txt", "/%2e%2e/secret.txt", "/no.html", "//index.html"}) {
            client.send(head("GET " + path + " HTTP/1.1", "Host: x"));
            assertThat(client.response().status()).as(path).isEqualTo(404);
        }
        client.send(head("GET " + "/a".repeat(8_000) + " HTTP/1.1", "Host: x"));
        assertThat(client.response().status()).isEqualTo(404);
    }

    @Test
    @Tag("eio.engine.io.09")
    void anUpgradeForAnotherPathIsClosedAfterOneSecond() throws Exception {
        long start = System.nanoTime();
        client.send(RawClient.upgradeRequest("/other/"));
        assertThat(client.ended()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(990), Duration.ofSeconds(5));
    }

    @Test
    @Tag("eio.engine.io.10")
    void anUpgradeForAnotherPathStaysOpenWhenConfigured() throws Exception {
        start(options()
                .destroyUpgrade(false)
                .destroyUpgradeTimeout(Duration.ofMillis(50))
                .requestTimeout(Duration.ofMillis(50))
                .build());
        client.send(RawClient.upgradeRequest("/other/"));
        client.socket.setSoTimeout(500);
        assertThat(client.ended()).isFalse();
    }

    @Test
    @Tag("eio.engine.io.11")
    void anUpgradeForAnotherPathIsClosedAfterTheConfiguredTimeoutAndNotBefore() throws Exception {
        start(options().destroyUpgradeTimeout(Duration.ofMillis(300)).build());
        long start = System.nanoTime();
        client.send(RawClient.upgradeRequest("/other/"));
        assertThat(client.ended()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(295));
    }

    @Test
    void bindFailuresReportAddressAndReason() {
        assertThatThrownBy(() -> NettyHost.listen(
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), host.address().getPort()),
                        engine,
                        NettyHostOptions.defaults()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(":" + host.address().getPort())
                .hasMessageEndingWith("already in use");
    }

    @Test
    void closeFreesThePortAndItCanBeBoundAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            InetSocketAddress address = host.address();
            stop();
            host = NettyHost.listen(address, engine, NettyHostOptions.defaults());
            client = new RawClient(host);
            client.send(post("again"));
            assertThat(client.response().body()).isEqualTo("again");
        }
    }

    @Test
    void closeEndsOpenConnections() throws Exception {
        client.upgrade("/engine.io/");
        host.close();
        assertThat(client.ended()).isTrue();
        assertThat(event()).startsWith("close 1006");
    }

    @Test
    void isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(EngineHostProvider.class)).hasAtLeastOneElementOfType(NettyHostProvider.class);
    }

    @Test
    void partialBodiesAreCountedAndRefusedAboveTheReceiveLimit() throws Exception {
        engine.limit = 1_000_000;
        client.send(head("POST /engine.io/ HTTP/1.1", "Host: x", "Content-Length: 100000") + "x".repeat(50_000));
        await().until(() -> engine.receiving.get() >= 50_000);
        client.send("x".repeat(50_000));
        assertThat(client.response().status()).isEqualTo(200);
        assertThat(engine.receiving).hasValue(0);
        engine.mayReceive = 20_000;
        client.send(head("POST /engine.io/ HTTP/1.1", "Host: x", "Content-Length: 100000") + "x".repeat(50_000));
        assertThat(client.response().status()).isEqualTo(503);
        assertThat(engine.receiving).hasValue(0);
        engine.mayReceive = Long.MAX_VALUE;
        client = new RawClient(host);
        client.send(head("POST /engine.io/ HTTP/1.1", "Host: x", "Content-Length: 100000") + "x".repeat(50_000));
        await().until(() -> engine.receiving.get() >= 50_000);
        client.close();
        await().until(() -> engine.receiving.get() == 0);
    }

    @Test
    void servesOnNio() throws Exception {
        start(NettyHostOptions.builder().io(NettyIo.NIO).build());
        client.send(post("nio"));
        assertThat(client.response().body()).isEqualTo("nio");
        client.upgrade("/engine.io/");
        client.text("hello");
        assertThat(client.frame().text()).isEqualTo("hello");
    }
}
