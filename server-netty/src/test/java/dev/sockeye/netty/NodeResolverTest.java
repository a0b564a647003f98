package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class NodeResolverTest {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final ExecutorService threads = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() throws Exception {
        threads.shutdownNow();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @Test
    void aSlowNameServerDoesNotBlockTheLoop() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        NodeResolver resolver = new NodeResolver(loop, threads, host -> {
            try {
                answer.await();
            } catch (InterruptedException e) {
                throw new UnknownHostException(host);
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        });
        Future<InetSocketAddress> resolved = loop.submit(
                        () -> resolver.asAddressResolver().resolve(InetSocketAddress.createUnresolved("slow", 80)))
                .get();
        assertThat(loop.submit(() -> "runs").get()).isEqualTo("runs");
        assertThat(resolved.isDone()).isFalse();
        answer.countDown();
        assertThat(resolved.get()).isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80));
    }

    @Test
    void failuresOfTheLookUpAreFailuresOfTheResult() throws Exception {
        NodeResolver unknown = new NodeResolver(loop, threads, host -> {
            throw new UnknownHostException(host);
        });
        assertThat(unknown.resolve("nobody").await().cause()).isInstanceOf(UnknownHostException.class);
        NodeResolver busy = new NodeResolver(
                loop,
                task -> {
                    throw new RejectedExecutionException("busy");
                },
                InetAddress::getAllByName);
        assertThat(busy.resolveAll("host").await().cause()).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void anAddressIsNotLookedUpOnAnotherThread() throws Exception {
        NodeResolver resolver = new NodeResolver(
                loop,
                task -> {
                    throw new RejectedExecutionException("busy");
                },
                InetAddress::getAllByName);
        assertThat(resolver.resolve("127.0.0.1").await().getNow().getHostAddress())
                .isEqualTo("127.0.0.1");
        assertThat(resolver.resolve("::1").await().getNow().getHostAddress()).isEqualTo("0:0:0:0:0:0:0:1");
    }
}
