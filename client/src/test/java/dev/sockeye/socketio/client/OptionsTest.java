package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.client.netty.NettyClientTransport;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The effects of the options, as seen on the wire. */
@Timeout(60)
@ParameterizedClass
@EnumSource(TestServers.class)
class OptionsTest {
    private static final Duration SHORT = Duration.ofSeconds(20);

    @Parameter
    private TestServers server;

    private final SocketIoClient io = SocketIoClient.create();
    private Relay relay;

    @BeforeEach
    void start() throws IOException {
        relay = new Relay(server.port("main"));
    }

    @AfterEach
    void close() throws IOException {
        io.close();
        relay.close();
    }

    private static ClientOptionsBuilder fresh() {
        return ClientOptions.builder().forceNew(true).reconnectionDelay(Duration.ofMillis(10));
    }

    /** The first lines and headers of the requests that a connection and a question make. */
    private String requests(ClientOptionsBuilder options) throws IOException, InterruptedException {
        try (Relay own = new Relay(server.port("main"))) {
            Socket socket = io.socket(own.url(), options.build()).connectBlocking(SHORT);
            socket.call("echo", SHORT, 1);
            return new String(own.upstream(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void requestsCarryATimestampWhenConfiguredAndByDefaultOverPolling() throws Exception {
        Pattern stamp = Pattern.compile("(GET|POST) \\S*[?&]t=[a-z0-9]+");
        Pattern other = Pattern.compile("(GET|POST) \\S*[?&]stamp=[a-z0-9]+");
        assertThat(requests(fresh().transports(TransportName.POLLING))).containsPattern(stamp);
        assertThat(requests(fresh().transports(TransportName.POLLING).timestampRequests(false)))
                .doesNotContainPattern(stamp);
        assertThat(requests(fresh().transports(TransportName.WEBSOCKET))).doesNotContainPattern(stamp);
        assertThat(requests(fresh().transports(TransportName.WEBSOCKET)
                        .timestampRequests(true)
                        .timestampParam("stamp")))
                .containsPattern(other);
    }

    @Test
    void theTrailingSlashFollowsTheOption() throws Exception {
        assertThat(requests(fresh())).contains("GET /socket.io/?");
        relay.way((each, client, head) -> {
            asked.add(new String(head, StandardCharsets.ISO_8859_1));
            Relay.RESET.take(each, client, head);
        });
        io.socket(relay.url(), fresh().addTrailingSlash(false).build());
        await().untilAsserted(() -> assertThat(asked).first().asString().startsWith("GET /socket.io?"));
    }

    @Test
    void anOriginIsSentOnlyAsAnExtraHeader() throws Exception {
        for (TransportName transport : List.of(TransportName.POLLING, TransportName.WEBSOCKET)) {
            ClientOptionsBuilder options = fresh().transports(transport);
            assertThat(requests(options)).doesNotContainIgnoringCase("\norigin:");
            assertThat(requests(options.extraHeaders(Map.of("Origin", "https://example.org"))))
                    .containsIgnoringCase("\norigin: https://example.org");
        }
    }

    @Test
    void extraHeadersAreSentWithEveryRequestOfBothTransports() throws Exception {
        for (TransportName transport : List.of(TransportName.POLLING, TransportName.WEBSOCKET)) {
            String text = requests(fresh().transports(transport).extraHeaders(Map.of("X-Extra", "value")));
            assertThat(text.toLowerCase(Locale.ROOT).split("x-extra: value", -1).length)
                    .isEqualTo(text.split(" HTTP/1.1\r\n", -1).length);
        }
    }

    @Test
    void subprotocolsAreOfferedToTheServer() throws Exception {
        relay.way((each, client, head) -> {
            asked.add(new String(head, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
            Relay.RESET.take(each, client, head);
        });
        ClientOptions options = fresh().transports(TransportName.WEBSOCKET)
                .protocols("v2", "v1")
                .build();
        io.socket(relay.url(), options);
        await().untilAsserted(() -> assertThat(asked).first().asString().contains("sec-websocket-protocol: v2,v1\r\n"));
        if (server == TestServers.NODE) { // Sockeye chooses none, which makes the WebSocket fail
            assertThat(requests(options.toBuilder())).contains("GET /socket.io/");
        }
    }

    @Test
    void noUpgradeIsAttemptedWhenUpgradesAreDisabled() throws Exception {
        Socket socket = io.socket(relay.url(), fresh().upgrade(false).build()).connectBlocking(SHORT);
        for (int i = 0; i < 20; i++) {
            socket.call("echo", SHORT, i);
        }
        assertThat(socket.io().transport()).isEqualTo(TransportName.POLLING);
        assertThat(new String(relay.upstream(), StandardCharsets.ISO_8859_1)).doesNotContain("transport=websocket");
    }

    @Test
    void eachNamespaceHasItsOwnConnectionWithoutMultiplexing() {
        ClientOptions apart = ClientOptions.builder().multiplex(false).build();
        assertThat(io.socket(relay.url() + "/foo", apart).io())
                .isNotSameAs(io.socket(relay.url() + "/bar", apart).io());
    }

    @Test
    void aMessageAboveMaxInboundBytesClosesTheConnectionAndIsReported() throws Exception {
        for (TransportName transport : List.of(TransportName.POLLING, TransportName.WEBSOCKET)) {
            List<String> details = new CopyOnWriteArrayList<>();
            Socket socket = io.socket(
                            relay.url(),
                            fresh().transports(transport)
                                    .maxInboundBytes(2000)
                                    .reconnection(false)
                                    .build(),
                            each -> each.onDisconnect((reason, more) -> details.add(more.description())))
                    .connectBlocking(SHORT);
            socket.call("echo", SHORT, "x".repeat(1000));
            assertThatThrownBy(() -> socket.call("echo", SHORT, "x".repeat(3000)))
                    .isInstanceOf(SocketDisconnectedException.class);
            await().untilAsserted(() -> assertThat(details)
                    .singleElement()
                    .asString()
                    .contains("a message is larger than maxInboundBytes"));
        }
    }

    @Test
    void cookiesAreKeptForTheNextConnection() throws Exception {
        relay.way((relay, client, head) -> {
            asked.add(new String(head, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
            client.getOutputStream()
                    .write("HTTP/1.1 503 X\r\nSet-Cookie: route=7; Path=/\r\nContent-Length: 0\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
        });
        io.socket(relay.url(), fresh().withCredentials(true).build());
        await().until(() -> asked.size() > 1);
        assertThat(asked.get(0)).doesNotContain("route=7");
        assertThat(asked.get(1)).contains("cookie: route=7");
    }

    private final List<String> asked = new CopyOnWriteArrayList<>();

    private static final class Counting implements Parser {
        final AtomicInteger packets = new AtomicInteger();
        private final Parser json = JsonParser.create();

        @Override
        public EncodedPacket encode(SocketPacket packet) {
            packets.incrementAndGet();
            return json.encode(packet);
        }

        @Override
        public Decoder newDecoder() {
            return json.newDecoder();
        }
    }

    @Test
    void aCustomParserEncodesThePackets() throws Exception {
        Counting parser = new Counting();
        requests(fresh().parser(parser));
        assertThat(parser.packets).hasValueGreaterThanOrEqualTo(2); // CONNECT, the event
    }

    @Test
    void suppliedExecutorsAreUsedAndNotShutDown() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        ExecutorService executor = Executors.newFixedThreadPool(2, task -> new Thread(task, "mine"));
        try (SocketIoClient own = SocketIoClient.builder()
                .transport(NettyClientTransport.builder().eventLoopGroup(group).build())
                .executor(executor)
                .build()) {
            List<String> threads = new CopyOnWriteArrayList<>();
            own.socket(
                            relay.url(),
                            fresh().build(),
                            socket -> socket.onConnect(
                                    () -> threads.add(Thread.currentThread().getName())))
                    .connectBlocking(SHORT);
            await().untilAsserted(() -> assertThat(threads).containsExactly("mine"));
        }
        assertThat(group.isShuttingDown()).isFalse();
        assertThat(executor.isShutdown()).isFalse();
        executor.shutdown();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
