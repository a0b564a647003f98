package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that arrives completely is read in one pass; the result must be the same as for one in pieces. */
@OnEachIo
class WholeRequestTest {

    @Parameter
    private NettyIo io;

    private static final String LONG = "v".repeat(300);

    private final EchoEngine engine = new EchoEngine();
    private NettyHost host;

    @BeforeEach
    void start() throws Exception {
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder()
                        .io(OnEachIo.Required.available(io))
                        .loops(1)
                        .build());
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    private static @Nullable WholeRequest read(String text) {
        ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
        WholeRequest request = WholeRequestReader.current().read(bytes, 4096, null);
        if (request == null) {
            assertThat(bytes.readableBytes()).as("no bytes are consumed").isEqualTo(text.length());
        }
        return request;
    }

    @Test
    void aWholeRequestEqualsTheSameRequestInPieces() throws Exception {
        String request = "POST /engine.io/?EIO=4&t=%20x HTTP/1.1\r\nHOST: Some.Where:80\r\nX-Two: 1\r\nx-two:2 \t\r\n"
                + "X-Long: " + LONG + "\r\nX-Empty:\r\nConnection: Keep-Alive\r\nContent-Length: 4\r\n\r\nbody";
        HostRequest whole;
        HostRequest pieces;
        try (RawClient client = new RawClient(host)) {
            client.send(request);
            assertThat(client.response().body()).isEqualTo("body");
            whole = engine.exchanges.take().request();
            for (byte b : request.getBytes(StandardCharsets.ISO_8859_1)) {
                client.send(new byte[] {b});
            }
            assertThat(client.response().body()).isEqualTo("body");
            pieces = engine.exchanges.take().request();
        }
        assertThat(read(request)).as("it is read in one pass").isNotNull();
        assertThat(whole.method()).isEqualTo("POST").isEqualTo(pieces.method());
        assertThat(whole.uri()).isEqualTo("/engine.io/?EIO=4&t=%20x").isEqualTo(pieces.uri());
        assertThat(whole.headers()).isEqualTo(pieces.headers());
        assertThat(List.copyOf(whole.headers().keySet()))
                .isEqualTo(List.copyOf(pieces.headers().keySet()));
        assertThat(whole.headers())
                .containsEntry("host", List.of("Some.Where:80"))
                .containsEntry("x-two", List.of("1", "2"))
                .containsEntry("x-long", List.of(LONG))
                .containsEntry("x-empty", List.of(""));
        for (HostRequest one : List.of(whole, pieces)) {
            assertThat(one.header("X-LONG")).isEqualTo(LONG);
            assertThat(one.header("x-tw")).isNull();
            assertThat(one.header("connection")).isEqualTo("Keep-Alive");
            assertThat(one.remoteAddress()).isEqualTo("127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.0\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\nHost: x\n\n",
                "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: \u0001\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: \u00e4\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx",
                "GET / HTTP/1.1\r\nHost: x\r\n",
                "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
            })
    void leavesUnusualRequestsToTheDecoder(String request) {
        assertThat(read(request)).as(request).isNull();
    }

    @Test
    void anOversizedHeadIsLeftToTheDecoder() {
        String request = "GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(5000) + "\r\n\r\n";
        assertThat(read(request)).isNull();
    }

    @Test
    void readsPipelinedRequestsOneByOne() {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpCodec(4096));
        String usual = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
        String chunked = "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
        channel.writeInbound(Unpooled.copiedBuffer(usual + usual + chunked + usual, StandardCharsets.US_ASCII));
        assertThat(channel.<Object>readInbound()).isInstanceOf(WholeRequest.class);
        assertThat(channel.<Object>readInbound()).isInstanceOf(WholeRequest.class);
        assertThat(channel.<Object>readInbound()).isInstanceOf(HttpRequest.class);
        Object last = null;
        for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
            last = next;
        }
        assertThat(last).isInstanceOf(WholeRequest.class);
        channel.finishAndReleaseAll();
    }

    @Test
    void theResponseIsWrittenAsOneBuffer() {
        ByteBuf first = write("hello");
        assertThat(first.nioBufferCount()).isEqualTo(1);
        assertThat(first.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo("HTTP/1.1 200 OK\r\nA: ?b\r\ncontent-length: 5\r\ndate: now\r\n\r\nhello");
        ByteBuf second = write("again"); // the first one is still held
        assertThat(first.toString(StandardCharsets.ISO_8859_1)).endsWith("hello");
        assertThat(second.toString(StandardCharsets.ISO_8859_1)).endsWith("again");
        first.release();
        second.release();
        ByteBuf third = write("third");
        assertThat(third).as("the loop's buffer is used again").isSameAs(first);
        third.release();
    }

    private static ByteBuf write(String body) {
        HostResponse response = new HostResponse(
                200,
                List.of(new HostResponse.Header("A", "\u010ab")), // the low byte is a line feed
                body.getBytes(StandardCharsets.US_ASCII));
        return ResponseWriter.current().write(UnpooledByteBufAllocator.DEFAULT, response, "now", false, false, false);
    }
}
