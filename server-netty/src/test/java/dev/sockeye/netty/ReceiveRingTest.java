package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.engineio.host.MessageConnection;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receiving with io_uring, with and without a ring of buffers. */
@Timeout(60)
class ReceiveRingTest {

    private final EchoEngine engine = new EchoEngine();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void onIoUring() {
        NettyIo io = OnEachIo.Required.available(NettyIo.IO_URING);
        assertThat(io).isEqualTo(NettyIo.IO_URING);
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private NettyHost listen(boolean ring) throws IOException {
        NettyHostOptions.Builder options =
                NettyHostOptions.builder().io(NettyIo.IO_URING).loops(1);
        if (!ring) {
            EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, IoUringIoHandler.newFactory());
            open.add(() -> loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync());
            options.eventLoopGroup(loops);
        }
        NettyHost host =
                NettyHost.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), engine, options.build());
        open.add(host);
        return host;
    }

    private RawClient connect(NettyHost host) throws IOException {
        RawClient client = new RawClient(host);
        open.add(client);
        client.upgrade("/engine.io/");
        return client;
    }

    /** Occupies the loop until the latch is released. */
    private static CountDownLatch block(MessageConnection socket) throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        socket.loop().execute(() -> {
            blocked.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        blocked.await();
        return release;
    }

    @Test
    void theLoopsOfAHostHaveARing() {
        assumeTrue(ReceiveRing.supported(), "this kernel has no rings of receive buffers");
        HostLoops loops = HostLoops.create(NettyIo.IO_URING, 2);
        open.add(() -> loops.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).sync());
        assertThat(loops.ring()).isTrue();
        assertThat(loops.group()).hasSize(2);
    }

    /** 6 MB arrive while the ring has 512 KiB, and can grow to 4 MiB. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void moreDataThanTheRingHasBuffersIsReceivedCompletely(boolean ring) throws Exception {
        NettyHost host = listen(ring);
        List<RawClient> clients = new ArrayList<>();
        List<byte[]> messages = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 150; i++) {
            clients.add(connect(host));
            byte[] message = new byte[40_000];
            random.nextBytes(message);
            messages.add(message);
        }
        for (int round = 0; round < 3; round++) {
            CountDownLatch release = block(engine.sockets.element());
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).frame(0x82, messages.get(i));
            }
            release.countDown();
            for (int i = 0; i < clients.size(); i++) {
                assertThat(clients.get(i).frame().payload()).isEqualTo(messages.get(i));
            }
        }
    }

    /** The other connection is read all the time; both belong to one loop. */
    @Test
    void aPausedConnectionIsNotReadWhileAnotherOneIs() throws Exception {
        AtomicLong received = new AtomicLong();
        engine.maxMessageSize = 100_000;
        engine.onUpgrade = upgrade -> upgrade.accept(List.of(), 100_000, null, engine.new Echo() {
            private @Nullable MessageConnection own;

            @Override
            public void onOpen(MessageConnection opened) {
                own = opened;
                super.onOpen(opened);
            }

            @Override
            public void onBinary(byte[] data) {
                received.addAndGet(data.length);
                own.autoRead(false);
            }
        });
        NettyHost host = listen(false);
        RawClient other = connect(host);
        RawClient paused = connect(host);
        byte[] message = paused.masked(0x82, new byte[60_000]);
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 1000; i++) {
                    paused.send(message);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        await().until(() -> received.get() > 0);
        exchange(other, 500);
        long atMost = received.get(); // what the kernel had received before it learned of the pause
        exchange(other, 2000);
        assertThat(sent).isNotDone();
        assertThat(received).hasValue(atMost);
        paused.close();
        assertThat(sent).failsWithin(20, TimeUnit.SECONDS);
    }

    private static void exchange(RawClient client, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            client.text("ping " + i);
            assertThat(client.frame().text()).isEqualTo("ping " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHostWithoutARingServesAsWell(boolean refused) throws Exception {
        IoHandlerFactory refusing = executor -> {
            throw new UncheckedIOException(new IOException("Cannot allocate memory"));
        };
        HostLoops loops = HostLoops.create(
                2, new DefaultThreadFactory("test"), refused ? refusing : null, NettyIo.IO_URING.handlers());
        open.add(() -> loops.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).sync());
        assertThat(loops.ring()).isFalse();
        assertThat(loops.group()).hasSize(2);
    }
}
