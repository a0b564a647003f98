package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.NodeForward;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class NodeConnectionsTest {
    private static volatile boolean full;

    /** A socket that cannot be created while the process has too many open files. */
    public static final class Limited extends NioSocketChannel {
        public Limited() {
            if (full) {
                throw new ChannelException("too many open files");
            }
        }
    }

    private static final class Request implements NodeForward {
        @Override
        public URI node() {
            return URI.create("http://127.0.0.1:1");
        }

        @Override
        public String target() {
            return "/";
        }

        @Override
        public List<Header> headers() {
            return List.of();
        }

        @Override
        public boolean forwardsResponseHeader(String header) {
            return true;
        }

        @Override
        public Duration connectTimeout() {
            return Duration.ofSeconds(1);
        }

        @Override
        public Duration answerTimeout() {
            return Duration.ofSeconds(1);
        }

        @Override
        public int maxBodySize() {
            return 1;
        }

        @Override
        public SSLContext sslContext() {
            try {
                return SSLContext.getDefault();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean hold(long change) {
            return true;
        }

        @Override
        public void unreachable(boolean timedOut) {}

        @Override
        public void answered(Outcome outcome) {}
    }

    @Test
    void aConnectionThatCannotBeCreatedFailsOnTheLoop() throws Exception {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            EventLoop loop = group.next();
            Limited from = new Limited();
            full = true;
            CompletableFuture<String> failed = new CompletableFuture<>();
            loop.execute(() -> new NodeConnections(loop)
                    .connect(new Request(), from, new ChannelInboundHandlerAdapter())
                    .addListener(done -> failed.complete(done.isSuccess() + " " + loop.inEventLoop())));
            assertThat(failed.get(10, TimeUnit.SECONDS)).isEqualTo("false true");
            from.unsafe().closeForcibly();
        } finally {
            full = false;
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
