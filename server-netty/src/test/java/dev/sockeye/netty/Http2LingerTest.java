package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A client that sends the rest of its body after a 413 over HTTP/2")
class Http2LingerTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();

    private void start() {
        channel.freezeTime();
        Http2Connection connection = new Http2Connection(
                new EchoEngine(),
                NettyHostOptions.defaults(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                null);
        channel.pipeline().addLast(new Http2Stream(connection, NettyLoop.of(channel.eventLoop())));
        channel.writeInbound(new DefaultHttp2HeadersFrame(
                new DefaultHttp2Headers()
                        .method("POST")
                        .scheme("https")
                        .authority("localhost")
                        .path("/engine.io/")
                        .add("content-length", "7000000"),
                false));
        Http2HeadersFrame answer = channel.readOutbound();
        assertThat(answer.headers().status()).hasToString("413");
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private void sendPart(int bytes) {
        channel.writeInbound(new DefaultHttp2DataFrame(Unpooled.buffer().writeZero(bytes), false));
    }

    @Test
    void isNotResetAsLongAsItSends() {
        start();
        for (int i = 0; i < 20; i++) {
            pass(Duration.ofSeconds(1));
            assertThat(channel.isOpen()).isTrue();
            sendPart(1000);
        }
        pass(Linger.CHECK);
        pass(Linger.CHECK);
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void isResetWhenItSendsForTooLong() {
        start();
        for (int i = 0; i < Linger.MOST_CHECKS; i++) {
            assertThat(channel.isOpen()).isTrue();
            sendPart(1000);
            pass(Linger.CHECK);
        }
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void isResetWhenItSendsTooMuch() {
        start();
        for (int i = 0; i < 9 && channel.isOpen(); i++) {
            sendPart(1024 * 1024);
        }
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }
}
