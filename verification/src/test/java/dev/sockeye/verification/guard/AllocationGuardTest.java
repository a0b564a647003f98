package dev.sockeye.verification.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.netty.NettyIo;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.jmh.MemoryHost;
import dev.sockeye.verification.wire.RawWebSocket;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.ResourceLeakDetector;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Limits of the bytes allocated per message. They do not depend on the clock or the load of the machine, but on the JIT, so each
 * limit is about 1.5 times the measured value (2026: 448, 512, 104, 4). The limits are also in docs/performance.md.
 */
@DisplayName("Allocation per message")
class AllocationGuardTest {
    private static final long ECHO = 640;
    private static final long ECHO_OVER_NETTY = 800;
    private static final long UNHEARD = 160;
    private static final long DELIVERY = 6;
    private static final long BROADCAST = 2_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 30_000;
    private static final int MEASURED = 20_000;

    private static SocketIoServer server() {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .execution(HandlerExecution.eventLoop())
                .build());
        io.onConnection(socket -> socket.on("echo", (args, ack) -> ack.send(args.payload(0))));
        return io;
    }

    private static long allocated() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    /** Bytes per operation; the minimum of three rounds, because compilation may still be in progress in the first. */
    private static long bytes(Runnable action, int warmUp, int measured) {
        for (int i = 0; i < warmUp; i++) {
            action.run();
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = allocated();
            for (int i = 0; i < measured; i++) {
                action.run();
            }
            least = Math.min(least, (allocated() - before) / measured);
        }
        return least;
    }

    private static long bytesOf(String event) {
        SocketIoServer io = server();
        MemoryHost host = new MemoryHost(io.hostedEngine());
        MemoryHost.Client client = host.connect();
        byte[] text = event.getBytes(StandardCharsets.UTF_8);
        return bytes(
                () -> {
                    client.text(text);
                    host.turn();
                },
                WARM_UP,
                MEASURED);
    }

    @Test
    void anEchoThroughEngineParserAndHandlerStaysUnderTheLimit() {
        assertThat(bytesOf("420[\"echo\",\"abcdefghijklmnopqrstuvwxyz012345\"]"))
                .as("bytes")
                .isBetween(50L, ECHO);
    }

    @Test
    void anEventWithoutAHandlerStaysUnderTheLimit() {
        assertThat(bytesOf("42[\"nobody\",\"abcdefghijklmnopqrstuvwxyz012345\",{\"not\":[\"parsed\"]}]"))
                .as("bytes")
                .isBetween(20L, UNHEARD);
    }

    @Test
    void aBroadcastAllocatesAlmostNothingPerAdditionalReceiver() {
        long small = broadcast(10);
        long large = broadcast(2_010);
        assertThat(small).as("bytes of a broadcast to 10").isLessThan(BROADCAST);
        assertThat((large - small) / 2_000.0)
                .as("bytes of each further delivery")
                .isLessThan(DELIVERY);
    }

    private static long broadcast(int clients) {
        SocketIoServer io = server();
        MemoryHost host = new MemoryHost(io.hostedEngine());
        List<MemoryHost.Client> all = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            all.add(host.connect());
        }
        long bytes = bytes(
                () -> {
                    io.emit("news", "abcdefghijklmnopqrstuvwxyz012345");
                    host.turn();
                },
                1_500,
                500);
        assertThat(all.get(clients - 1).messages()).isGreaterThanOrEqualTo(3_000);
        return bytes;
    }

    @Test
    void anEchoOverNettyStaysUnderTheLimit() throws Exception {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        SocketIoServer io = server();
        try {
            io.listen(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    new NettyHostProvider(NettyHostOptions.builder()
                            .io(NettyIo.NIO)
                            .eventLoopGroup(group)
                            .build()));
            long loop =
                    group.next().submit(() -> Thread.currentThread().getId()).get();
            try (RawWebSocket client = RawWebSocket.open(io.port(), "/socket.io/?EIO=4&transport=websocket")) {
                client.readUntil("0{");
                client.send("40");
                client.readUntil("40{");
                byte[] batch = frames("420[\"echo\",\"abcdefghijklmnopqrstuvwxyz012345\"]", 50);
                echo(client, batch, 600);
                long least = Long.MAX_VALUE;
                for (int round = 0; round < 3; round++) {
                    long before = THREADS.getThreadAllocatedBytes(loop);
                    echo(client, batch, 200);
                    least = Math.min(least, (THREADS.getThreadAllocatedBytes(loop) - before) / (200 * 50));
                }
                assertThat(least).as("bytes").isBetween(50L, ECHO_OVER_NETTY);
            }
        } finally {
            ResourceLeakDetector.setLevel(level);
            io.closeAsync().get(5, TimeUnit.SECONDS);
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static void echo(RawWebSocket client, byte[] batch, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            client.raw().write(batch);
            for (int answer = 0; answer < 50; answer++) {
                client.readUntil("430[");
            }
        }
    }

    /** Masked frames of a short text, one after the other. */
    static byte[] frames(String text, int count) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        byte[] mask = {1, 2, 3, 4};
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            out.write(0x81);
            out.write(0x80 | payload.length);
            out.writeBytes(mask);
            for (int j = 0; j < payload.length; j++) {
                out.write(payload[j] ^ mask[j & 3]);
            }
        }
        return out.toByteArray();
    }
}
