package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A host that is closed before its engine, or whose event loops are shut down before it. */
@Timeout(60)
class NettyHostCloseTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final EngineServer engine = new EngineServer(
            EngineOptions.builder().pingInterval(Duration.ofHours(1)).build());

    private static void openPollingSessions(NettyHost host) throws Exception {
        for (int i = 0; i < 8; i++) {
            try (RawClient client = new RawClient(host)) {
                client.send(RawClient.head("GET /engine.io/?EIO=4&transport=polling HTTP/1.1", "Host: x"));
                assertThat(client.response().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void sessionsOfPollingClientsEndWithTheHost() throws Exception {
        NettyHost host = NettyHost.listen(
                ANY_PORT, engine, NettyHostOptions.builder().loops(3).build());
        openPollingSessions(host);
        assertThat(engine.clientsCount()).isEqualTo(8);
        host.close();
        assertThat(engine.clientsCount()).isZero();
        engine.close();
    }

    @Test
    void sessionsAndTheHostEndWithTheEventLoopsOfTheApplication() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(3, NioIoHandler.newFactory());
        NettyHost host = NettyHost.listen(
                ANY_PORT,
                engine,
                NettyHostOptions.builder().io(NettyIo.NIO).eventLoopGroup(loops).build());
        openPollingSessions(host);
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
        await().untilAsserted(() -> assertThat(engine.clientsCount()).isZero());
        assertThat(host.closeAsync()).succeedsWithin(Duration.ofSeconds(20));
        engine.close();
    }

    /** In its quiet period, a loop accepts tasks, but cancels scheduled ones. */
    @Test
    void aHostIsClosedWhileSomeEventLoopsOfTheApplicationAreStillEnding() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        NettyHost host = NettyHost.listen(
                ANY_PORT,
                engine,
                NettyHostOptions.builder().io(NettyIo.NIO).eventLoopGroup(loops).build());
        // the first loop has the channel of the server
        loops.iterator().next().shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
        loops.shutdownGracefully(1, 10, TimeUnit.SECONDS);
        assertThat(host.closeAsync()).succeedsWithin(Duration.ofSeconds(20));
        engine.close();
    }

    /** A handshake may take longer than the actions that were there before. */
    @Test
    void anActionThatIsAddedWhileTheLoopEndsRunsToo() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        EventLoop loop = loops.next();
        CompletableFuture<Void> first = new CompletableFuture<>();
        CompletableFuture<Void> second = new CompletableFuture<>();
        loop.execute(() -> NettyLoop.of(loop).onEnd(() -> first.complete(null)));
        loops.shutdownGracefully(2, 60, TimeUnit.SECONDS);
        first.join();
        loop.submit(() -> NettyLoop.of(loop).onEnd(() -> second.complete(null))).sync();
        loops.terminationFuture().sync();
        assertThat(second).isCompleted();
    }
}
