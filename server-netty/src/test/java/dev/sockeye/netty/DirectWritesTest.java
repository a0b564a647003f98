package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageConnection.DirectWrite;
import dev.sockeye.engineio.host.PerMessageDeflate;
import io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A direct write from outside the event loop")
class DirectWritesTest {
    private final EchoEngine engine = new EchoEngine();
    private NettyHost host;
    private RawClient client;
    private MessageConnection connection;

    @BeforeEach
    void onEpoll() {
        assumeTrue(Epoll.isAvailable(), "epoll is not available here");
    }

    private void open(NettyIo io, String... headers) throws Exception {
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder()
                        .io(io)
                        .loops(1)
                        .closeTimeout(Duration.ofSeconds(5))
                        .build());
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(host.address());
        client = new RawClient(socket);
        assertThat(client.upgrade("/engine.io/", headers).status()).isEqualTo(101);
        connection = engine.sockets.poll(10, TimeUnit.SECONDS);
        onLoop(() -> {}).get(10, TimeUnit.SECONDS); // the answer is written
    }

    @AfterEach
    void stop() throws Exception {
        if (client != null) {
            client.close();
            host.close();
        }
    }

    private CompletableFuture<Void> onLoop(Runnable action) {
        return CompletableFuture.runAsync(action, connection.loop());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private DirectWrite begin(String text) {
        DirectWrite write = connection.startDirect(text.length() + 1, 1, false);
        if (write != null) {
            write.add(false, '4', bytes(text));
        }
        return write;
    }

    /** Waits until the event loop has ended the turn of its last write. */
    private DirectWrite begun(String text) {
        return await().atMost(Duration.ofSeconds(10)).until(() -> begin(text), Objects::nonNull);
    }

    private static void assertRunning(CompletableFuture<?> future) {
        assertThatThrownBy(() -> future.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void arrivesAndAllowsTheNextOne() throws Exception {
        open(NettyIo.EPOLL);
        for (int i = 0; i < 3; i++) {
            assertThat(begun("direct" + i).finish()).isTrue();
            assertThat(client.frame().text()).isEqualTo("4direct" + i);
        }
    }

    @Test
    void isSentBeforeConcurrentWritesOfTheEventLoop() throws Exception {
        open(NettyIo.EPOLL);
        DirectWrite write = begun("first");
        CompletableFuture<Void> sent = onLoop(() -> connection.send(false, '4', bytes("second"), false));
        assertRunning(sent);
        assertThat(write.finish()).isTrue();
        assertThat(client.frame().text()).isEqualTo("4first");
        assertThat(client.frame().text()).isEqualTo("4second");
        sent.get(10, TimeUnit.SECONDS);
    }

    @Test
    void isNotPossibleWhileTheEventLoopHasPendingWrites() throws Exception {
        open(NettyIo.EPOLL);
        onLoop(() -> {
                    connection.send(false, '4', bytes("first"), false);
                    assertThat(CompletableFuture.supplyAsync(() -> begin("second") == null)
                                    .join())
                            .isTrue();
                })
                .get(10, TimeUnit.SECONDS);
        assertThat(client.frame().text()).isEqualTo("4first");
    }

    @Test
    void delaysTheAbortOfTheConnection() throws Exception {
        open(NettyIo.EPOLL);
        DirectWrite write = begun("last");
        CompletableFuture<Void> ended = onLoop(connection::abort);
        assertRunning(ended); // otherwise the descriptor could belong to another connection already
        assertThat(write.finish()).isTrue();
        ended.get(10, TimeUnit.SECONDS);
        assertThat(client.frame().text()).isEqualTo("4last");
        assertThat(client.ended()).isTrue();
        assertThat(begin("too late")).isNull();
    }

    @Test
    void doesNotBlockTheEventLoopIfItFails() throws Exception {
        open(NettyIo.EPOLL);
        DirectWrite write = begun("never sent");
        CompletableFuture<Void> closed = onLoop(() -> connection.close(1011, "failed"));
        assertRunning(closed);
        write.fail();
        closed.get(10, TimeUnit.SECONDS);
        assertThat(client.frame().closeCode()).isEqualTo(1011);
        write.fail();
        assertThat(begin("too late")).isNull();
    }

    @Test
    void isSentBeforeTheCloseFrameAndRefusedAfterIt() throws Exception {
        open(NettyIo.EPOLL);
        DirectWrite write = begun("last");
        CompletableFuture<Void> closed = onLoop(() -> connection.close(1000, "bye"));
        assertRunning(closed);
        assertThat(write.finish()).isTrue();
        closed.get(10, TimeUnit.SECONDS);
        assertThat(client.frame().text()).isEqualTo("4last");
        assertThat(client.frame().closeCode()).isEqualTo(1000);
        assertThat(begin("too late")).isNull();
    }

    @Test
    void leavesUnwrittenBytesToTheEventLoopInOrder() throws Exception {
        open(NettyIo.EPOLL);
        String filler = "x".repeat(8000);
        int written = 0;
        while (begin(written + filler).finish()) {
            written++;
        }
        written++;
        assertThat(begin("overtakes")).isNull();
        onLoop(() -> connection.send(false, '4', bytes("after"), false)).get(10, TimeUnit.SECONDS);
        onLoop(() -> connection.queueRemaining()).get(10, TimeUnit.SECONDS);
        for (int i = 0; i < written; i++) {
            assertThat(client.frame().text()).isEqualTo("4" + i + filler);
        }
        assertThat(client.frame().text()).isEqualTo("4after");
        DirectWrite again = null;
        while (again == null) {
            onLoop(() -> {}).get(10, TimeUnit.SECONDS);
            again = begin("again");
        }
        assertThat(again.finish()).isTrue();
        assertThat(client.frame().text()).isEqualTo("4again");
    }

    @Test
    void leavesARemainderThatIsWrittenWithoutFurtherSends() throws Exception {
        open(NettyIo.EPOLL);
        String filler = "x".repeat(8000);
        int written = 1;
        while (begin(filler).finish()) {
            written++;
        }
        onLoop(() -> connection.queueRemaining()).get(10, TimeUnit.SECONDS);
        for (int i = 0; i < written; i++) {
            assertThat(client.frame().text()).isEqualTo("4" + filler);
        }
    }

    @Test
    void isPossibleOnlyForShortUncompressedMessages() throws Exception {
        engine.compression = PerMessageDeflate.builder().build();
        open(NettyIo.EPOLL, "Sec-WebSocket-Extensions: permessage-deflate");
        assertThat(connection.startDirect(100, 1, true)).isNotNull().satisfies(DirectWrite::finish);
        assertThat(connection.startDirect(2000, 1, true)).isNull();
        assertThat(connection.startDirect(2000, 1, false)).isNotNull().satisfies(DirectWrite::finish);
        assertThat(connection.startDirect(100_000, 1, false)).isNull();
    }

    @Test
    void isNotPossibleWithoutEpoll() throws Exception {
        open(NettyIo.NIO);
        assertThat(begin("direct")).isNull();
    }
}
