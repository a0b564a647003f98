package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.engineio.host.MessageConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The buffer of a loop for the answers of its WebSockets")
class AnswerBufferTest {

    private final EchoEngine engine = new EchoEngine();
    private NettyHost host;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Epoll.isAvailable(), "epoll is not available here");
        assumeTrue(SocketWire.hasAddresses(), "this JVM's buffers have no addresses");
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder().io(NettyIo.EPOLL).loops(1).build());
    }

    @AfterEach
    void stop() {
        if (host != null) {
            host.close();
        }
    }

    private RawClient connect(int receiveBuffer) throws Exception {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(host.address());
        RawClient client = new RawClient(socket);
        assertThat(client.upgrade("/engine.io/").status()).isEqualTo(101);
        return client;
    }

    private MessageConnection accepted() throws Exception {
        MessageConnection connection = engine.sockets.poll(10, TimeUnit.SECONDS);
        assertThat(connection).isNotNull();
        return connection;
    }

    private static long pending(MessageConnection connection) throws Exception {
        AtomicLong bytes = new AtomicLong();
        SocketWireTest.onLoop(connection.loop(), () -> bytes.set(connection.pendingBytes()));
        return bytes.get();
    }

    @Test
    void anAnswerIsWrittenFromTheBufferOfItsLoop() throws Exception {
        try (RawClient client = connect(0)) {
            MessageConnection connection = accepted();
            SocketWireTest.moved(connection);
            NettyLoop loop = (NettyLoop) connection.loop();
            for (int i = 0; i < 3; i++) {
                AtomicInteger inUse = new AtomicInteger();
                SocketWireTest.onLoop(loop, () -> {
                    connection.send(true, MessageConnection.NO_PREFIX, new byte[100], false);
                    ByteBuf other = loop.outBuffer().take(PooledByteBufAllocator.DEFAULT, 100);
                    inUse.set(loop.outBuffer().owns(other) ? 0 : 1);
                    other.release();
                });
                assertThat(inUse).hasValue(1);
                assertThat(client.frame().payload()).hasSize(100);
            }
        }
    }

    @Test
    void aSlowClientDoesNotKeepTheBufferOfItsLoop() throws Exception {
        try (RawClient slow = connect(4096);
                RawClient other = connect(0)) {
            MessageConnection connection = accepted();
            SocketWireTest.moved(connection);
            NettyLoop loop = (NettyLoop) connection.loop();
            byte[] message = new byte[3_000];
            int sent = 0;
            while (pending(connection) < 30_000) {
                CompletableFuture<Void> flushed = new CompletableFuture<>();
                loop.execute(() -> {
                    connection.send(true, MessageConnection.NO_PREFIX, message.clone(), false);
                    loop.executeAtTurnEnd(() -> flushed.complete(null)); // until then it may keep the buffer
                });
                flushed.get(10, TimeUnit.SECONDS);
                sent++;
            }
            AtomicInteger free = new AtomicInteger();
            for (int turn = 0; turn < 3; turn++) {
                SocketWireTest.onLoop(loop, () -> {
                    ByteBuf buffer = loop.outBuffer().take(PooledByteBufAllocator.DEFAULT, 100);
                    free.addAndGet(loop.outBuffer().owns(buffer) ? 1 : 0);
                    buffer.release();
                });
            }
            assertThat(free.get()).isEqualTo(3);
            other.text("x");
            assertThat(other.frame().text()).isEqualTo("x");
            for (int i = 0; i < sent; i++) {
                assertThat(slow.frame().payload()).isEqualTo(message);
            }
        }
    }
}
