package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.engine.CloseReason;
import dev.sockeye.socketio.client.engine.CookieJar;
import dev.sockeye.socketio.client.engine.Endpoint;
import dev.sockeye.socketio.client.engine.Engine;
import dev.sockeye.socketio.client.engine.EngineListener;
import dev.sockeye.socketio.client.engine.EngineOptions;
import dev.sockeye.socketio.client.engine.RequestTemplate;
import dev.sockeye.socketio.client.netty.NettyClientTransport;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.TransportName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ParameterizedClass
@EnumSource(TestServers.class)
class EngineTest {
    @Parameter
    private TestServers server;

    private static final String ASTRAL = "\uD800\uDC00-\uDB7F\uDFFF\uDB80\uDC00-\uDBFF\uDFFF\uE000-\uF8FF";
    private final ClientThreads threads = new ClientThreads(NettyClientTransport.create(), null);

    @AfterEach
    void close() throws Exception {
        opened.forEach(each -> each.run(each.engine::close));
        threads.end().get(20, TimeUnit.SECONDS);
    }

    private final List<Recording> opened = new ArrayList<>();

    private static ClientOptionsBuilder options() {
        return ClientOptions.builder().path("/engine.io");
    }

    /** An engine connection that records all its events. */
    private final class Recording implements EngineListener {
        final List<String> events = Collections.synchronizedList(new ArrayList<>());
        final List<String> messages = Collections.synchronizedList(new ArrayList<>());
        final List<String> created = Collections.synchronizedList(new ArrayList<>());
        volatile TransportException error;
        volatile DisconnectDetails details = DisconnectDetails.NONE;
        volatile CloseReason reason;
        volatile Consumer<String> hook = event -> {};
        final Engine engine;
        private final ClientLoop loop = threads.nextLoop();

        Recording(String url, ClientOptions options) {
            this(url, options, false);
        }

        Recording(String url, ClientOptions options, boolean websocketFirst) {
            Endpoint endpoint = Endpoint.parse(url);
            CookieJar jar = options.withCredentials() ? new CookieJar(System::currentTimeMillis) : null;
            EngineOptions settings = options.engineOptions();
            RequestTemplate template = new RequestTemplate(endpoint, settings, jar, threads::random);
            template.extra(options.query(), options.extraHeaders());
            ClientNetwork network = threads.network(loop, options.networkOptions(endpoint.server()));
            engine = new Engine(loop, network, settings, template, websocketFirst, this);
        }

        Recording open() {
            opened.add(this);
            run(engine::open);
            return this;
        }

        void run(Runnable task) {
            loop.execute(task);
        }

        void send(String... texts) {
            run(() -> {
                engine.cork();
                for (String text : texts) {
                    engine.write(EnginePacket.Message.text(text), true);
                }
                engine.uncork();
            });
        }

        private void event(String event) {
            events.add(event);
            hook.accept(event);
        }

        void await(String event) {
            org.awaitility.Awaitility.await().until(() -> events.contains(event));
        }

        @Override
        public void onOpen() {
            event("open");
        }

        @Override
        public void onMessage(EnginePacket.Message message) {
            messages.add(message.isBinary() ? "binary" + message.data().length : message.text());
        }

        @Override
        public void onPacketCreate(EnginePacket packet, boolean compress) {
            if (packet instanceof EnginePacket.Message message) {
                created.add(message.text() + compress);
            }
        }

        @Override
        public void onUpgrading(TransportName to) {
            event("upgrading");
        }

        @Override
        public void onUpgrade(TransportName to) {
            event("upgrade");
        }

        @Override
        public void onUpgradeError(TransportException failure) {
            error = failure;
            event("upgradeError");
        }

        @Override
        public void onError(TransportException failure) {
            error = failure;
            event("error");
        }

        @Override
        public void onClose(CloseReason why, DisconnectDetails more) {
            reason = why;
            details = more;
            event("close");
        }
    }

    private String url() {
        return server.url("engine");
    }

    private Recording open(ClientOptionsBuilder options) {
        Recording recording = new Recording(url(), options.build()).open();
        recording.await("open");
        return recording;
    }

    @ParameterizedTest
    @EnumSource(value = TransportName.class, mode = EnumSource.Mode.EXCLUDE, names = "WEBTRANSPORT")
    @Tag("eioc.connection.02")
    @Tag("eioc.connection.03")
    @Tag("eioc.connection.04")
    @Tag("eioc.arraybuffer-polling.01")
    @Tag("eioc.arraybuffer-polling.02")
    void textAndBinaryAreEchoedInOrder(TransportName transport) {
        Recording recording = open(options().transports(transport));
        recording.send("cash money €€€", ASTRAL);
        recording.run(() -> recording.engine.write(EnginePacket.Message.binary(new byte[] {0, 1, 2, 3, 4}), true));
        recording.send("last");
        await().untilAsserted(() ->
                assertThat(recording.messages).containsExactly("hi", "cash money €€€", ASTRAL, "binary5", "last"));
    }

    @Test
    @Tag("eioc.connection.01")
    @Tag("eioc.arraybuffer-ws.01")
    @Tag("eioc.arraybuffer-ws.02")
    void theConnectionUpgradesToWebsocketAndEchoes() {
        Recording recording = open(options());
        recording.await("upgrade");
        assertThat(recording.engine.transportName()).isEqualTo(TransportName.WEBSOCKET);
        recording.run(() -> recording.engine.write(EnginePacket.Message.binary(new byte[5]), true));
        recording.send("cash money €€€");
        await().untilAsserted(() -> assertThat(recording.messages).containsExactly("hi", "binary5", "cash money €€€"));
    }

    @Test
    @Tag("eioc.arraybuffer-polling.03")
    @Tag("eioc.arraybuffer-ws.03")
    void binaryIsEchoedWithForceBase64() {
        for (TransportName transport : List.of(TransportName.POLLING, TransportName.WEBSOCKET)) {
            Recording recording = open(options().forceBase64(true).transports(transport));
            recording.run(() -> recording.engine.write(EnginePacket.Message.binary(new byte[5]), true));
            await().untilAsserted(() -> assertThat(recording.messages).containsExactly("hi", "binary5"));
        }
    }

    @Test
    @Tag("eioc.connection.05")
    void nothingIsSentAfterClose() {
        Recording recording = open(options());
        recording.run(recording.engine::close);
        recording.send("hi");
        recording.await("close");
        assertThat(recording.created).isEmpty();
    }

    @Test
    @Tag("eioc.connection.06")
    void packetsAreBatchedUpToMaxPayload() throws IOException {
        try (Relay relay = new Relay(server.port("engine"))) {
            Recording recording = open(relay);
            recording.send(
                    "a".repeat(99), "b".repeat(30), "c".repeat(30), "d".repeat(35), "€".repeat(33), "f".repeat(99));
            await().untilAsserted(() -> assertThat(recording.messages).hasSize(7));
            assertThat(recording.error).isNull();
            assertThat(posts(relay)).isEqualTo(4); // the three short ones, with their separators, fill one body
        }
    }

    private Recording open(Relay relay) {
        Recording recording = new Recording(
                        relay.url(), options().transports(TransportName.POLLING).build())
                .open();
        recording.await("open");
        return recording;
    }

    private static int posts(Relay relay) {
        return new String(relay.upstream(), StandardCharsets.ISO_8859_1).split("POST /", -1).length - 1;
    }

    @Test
    @Tag("eioc.arraybuffer-polling.04")
    @Tag("eioc.node.05")
    void binaryPacketsAreBatchedUpToMaxPayload() throws IOException {
        try (Relay relay = new Relay(server.port("engine"))) {
            Recording recording = open(relay);
            recording.run(() -> {
                recording.engine.cork();
                for (int size : new int[] {72, 20, 20, 20, 72}) {
                    recording.engine.write(EnginePacket.Message.binary(new byte[size]), true);
                }
                recording.engine.uncork();
            });
            await().untilAsserted(() -> assertThat(recording.messages)
                    .containsExactly("hi", "binary72", "binary20", "binary20", "binary20", "binary72"));
            assertThat(posts(relay)).isEqualTo(3);
        }
    }

    @Test
    @Tag("eioc.connection.07")
    @Tag("eioc.socket.11")
    void aPacketAboveMaxPayloadIsRefusedWith413OverPolling() {
        Recording recording = open(options().transports(TransportName.POLLING));
        recording.send("a".repeat(101), "b");
        recording.await("close");
        assertThat(recording.reason).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recording.error.reason()).isEqualTo("xhr post error");
        assertThat(recording.error.status()).isEqualTo(413);
        assertThat(recording.error.body()).isEmpty();
    }

    @Test
    @Tag("eioc.socket.12")
    void aPacketAboveMaxPayloadIsRefusedWith1009OverWebsocket() {
        Recording recording = open(options().transports(TransportName.WEBSOCKET));
        recording.send("a".repeat(101));
        recording.await("close");
        assertThat(recording.reason).isEqualTo(CloseReason.TRANSPORT_CLOSE);
        assertThat(recording.details.code()).isEqualTo(1009);
        assertThat(recording.details.description()).isEqualTo("websocket connection closed");
    }

    @Test
    @Tag("eioc.connection.09")
    @Tag("eioc.connection.11")
    @Tag("eioc.connection.12")
    void closeDuringAnUpgradeFlushesPendingPacketsAndWaitsForTheUpgrade() {
        Recording recording = new Recording(url(), options().build());
        recording.hook = event -> {
            if (event.equals("upgrading")) {
                recording.engine.write(EnginePacket.Message.text("before"), true);
                recording.engine.close();
                recording.engine.write(EnginePacket.Message.text("after"), true);
            }
        };
        recording.open();
        recording.await("close");
        assertThat(recording.events).containsSubsequence("upgrading", "upgrade", "close");
        assertThat(recording.created).containsExactly("beforetrue");
        assertThat(recording.engine.writeBufferSize()).isZero();
    }

    @Test
    @Tag("eioc.connection.10")
    void closeDuringAnUpgradeCompletesWhenTheUpgradeFails() {
        Recording recording = new Recording(url(), options().build());
        recording.hook = event -> {
            if (event.equals("upgrading")) {
                recording.engine.close();
                assertThat(recording.engine.state()).isEqualTo(Engine.State.CLOSING);
                recording.engine.failProbeForTests(new TransportException("websocket error", "cut", 0, null, null));
            }
        };
        recording.open();
        recording.await("close");
        assertThat(recording.events).containsSubsequence("upgrading", "upgradeError", "close");
        assertThat(recording.events).doesNotContain("upgrade");
        assertThat(recording.engine.state()).isEqualTo(Engine.State.CLOSED);
    }

    @Test
    @Tag("eioc.node.06")
    @Tag("eioc.node.07")
    void cookiesAreSentOnlyWithCredentials() {
        Recording with = open(options().transports(TransportName.POLLING).withCredentials(true));
        with.send("sendHeaders");
        await().untilAsserted(() -> assertThat(with.messages).containsExactly("hi", "\"1=1; 2=2\""));
        Recording without = open(options().transports(TransportName.POLLING));
        without.send("sendHeaders");
        await().untilAsserted(() -> assertThat(without.messages).containsExactly("hi", "\"none\""));
    }

    @Test
    void extraHeadersAreSent() {
        Recording recording =
                open(options().transports(TransportName.POLLING).extraHeaders(Map.of("X-Extra", "value")));
        recording.send("getExtra");
        await().untilAsserted(() -> assertThat(recording.messages).containsExactly("hi", "value"));
    }

    @Test
    @Tag("eioc.socket.01")
    void anUpgradeToATransportThatIsNotConfiguredIsNotAttempted() {
        Recording recording = open(options().transports(TransportName.POLLING));
        recording.send("x");
        await().untilAsserted(() -> assertThat(recording.messages).containsExactly("hi", "x"));
        assertThat(recording.events).doesNotContain("upgrading", "upgradeError");
    }

    @Test
    @Tag("eioc.socket.03")
    void anEmptyTransportListIsRefused() {
        assertThatThrownBy(() -> options().transports(List.of())).hasMessage("no transports");
    }

    @Test
    @Tag("eioc.socket.02")
    void theGivenTransportListIsNotModified() throws Exception {
        List<TransportName> given = new ArrayList<>(List.of(TransportName.POLLING, TransportName.WEBSOCKET));
        Recording recording = new Recording(
                        url(),
                        options().transports(given).tryAllTransports(true).build(),
                        true)
                .open();
        recording.await("open");
        assertThat(given).containsExactly(TransportName.POLLING, TransportName.WEBSOCKET);
    }

    @Test
    @Tag("eioc.socket.04")
    @Tag("eioc.socket.05")
    void theNextTransportIsTriedWithTryAllTransports() {
        Recording polling = open(options()
                .transports(TransportName.WEBSOCKET, TransportName.POLLING)
                .query(Map.of("denyOne", "websocket"))
                .tryAllTransports(true));
        assertThat(polling.engine.transportName()).isEqualTo(TransportName.POLLING);
        Recording websocket = open(options().query(Map.of("denyOne", "polling")).tryAllTransports(true));
        assertThat(websocket.engine.transportName()).isEqualTo(TransportName.WEBSOCKET);
    }

    @Test
    @Tag("eioc.socket.06")
    void theNextTransportIsNotTriedByDefault() {
        Recording recording =
                new Recording(url(), options().query(Map.of("deny", "1")).build()).open();
        recording.await("close");
        assertThat(recording.error.reason()).isEqualTo("xhr poll error");
        assertThat(recording.error.status()).isEqualTo(403);
    }

    @Test
    @Tag("eioc.socket.13")
    void anUnknownSessionIsReportedOverPolling() {
        Recording recording = new Recording(
                        url(),
                        options()
                                .transports(TransportName.POLLING)
                                .query(Map.of("sid", "abc"))
                                .build())
                .open();
        recording.await("close");
        assertThat(recording.error.status()).isEqualTo(400);
        assertThat(recording.error.body()).isEqualTo("{\"code\":1,\"message\":\"Session ID unknown\"}");
    }

    @Test
    @Tag("eioc.socket.14")
    void anUnknownSessionIsRefusedOverWebsocket() {
        Recording recording = new Recording(
                        url(),
                        options()
                                .transports(TransportName.WEBSOCKET)
                                .query(Map.of("sid", "abc"))
                                .build())
                .open();
        recording.await("close");
        assertThat(recording.error.reason()).isEqualTo("websocket error");
        assertThat(recording.error.status()).isEqualTo(400);
    }

    @Test
    @Tag("eioc.socket.15")
    void anExpiredHeartbeatClosesTheConnectionOnce() {
        Recording recording = open(options().transports(TransportName.POLLING));
        recording.run(() -> {
            recording.events.add("before " + recording.engine.hasPingExpired());
            recording.engine.expirePingForTests();
            recording.events.add("after " + recording.engine.hasPingExpired() + recording.engine.hasPingExpired());
        });
        recording.await("close");
        assertThat(recording.events).contains("before false", "after truetrue");
        assertThat(recording.events.stream().filter("close"::equals)).hasSize(1);
        assertThat(recording.reason).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    void pollingContinuesAfterARefusedUpgrade() {
        Recording recording = new Recording(
                        url(), options().query(Map.of("denyOne", "websocket")).build())
                .open();
        recording.await("upgradeError");
        assertThat(recording.error.status() + recording.error.getMessage()).contains("403");
        recording.send("still");
        await().untilAsserted(() -> assertThat(recording.messages).containsExactly("hi", "still"));
    }

    @Test
    void aHangingUpgradeTimesOutAndPollingContinues() throws IOException {
        String open = "0{\"sid\":\"abc\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000}";
        try (ScriptedServer server = new ScriptedServer(request -> {
            if (request.method().equals("POST")) {
                return new ScriptedServer.Reply(200, "text/html", "ok");
            }
            boolean handshake = !request.uri().contains("sid=");
            return handshake ? new ScriptedServer.Reply(200, "text/plain", open) : null;
        })) {
            Recording recording = new Recording(
                            server.url(),
                            options().upgradeTimeout(Duration.ofMillis(100)).build())
                    .open();
            recording.await("upgradeError");
            assertThat(recording.error).hasMessage("probe error: no upgrade within 100 ms");
            assertThat(recording.events).doesNotContain("close");
            assertThat(recording.engine.transportName()).isEqualTo(TransportName.POLLING);
        }
    }

    @Test
    @Tag("eioc.transport.01")
    @Tag("eioc.transport.02")
    void aManagerRemembersTheUpgradeOnlyWithRememberUpgrade() throws Exception {
        for (boolean remember : new boolean[] {true, false}) {
            try (SocketIoClient io = SocketIoClient.create()) {
                Manager manager = io.manager(
                        server.main(),
                        ClientOptions.builder()
                                .rememberUpgrade(remember)
                                .reconnectionDelay(Duration.ofMillis(10))
                                .build());
                List<TransportName> first = Collections.synchronizedList(new ArrayList<>());
                manager.connection().probe.opened = first::add;
                manager.socket("/").connectBlocking(Duration.ofSeconds(20));
                await().until(() -> manager.transport() == TransportName.WEBSOCKET);
                manager.closeEngine();
                await().until(() -> first.size() > 1);
                assertThat(first.get(first.size() - 1))
                        .isEqualTo(remember ? TransportName.WEBSOCKET : TransportName.POLLING);
            }
        }
    }
}
