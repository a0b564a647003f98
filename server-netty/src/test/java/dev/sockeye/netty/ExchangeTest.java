package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import io.netty.channel.Channel;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    private final AtomicLong receiving = new AtomicLong();

    /** An engine that only counts. */
    private final HostedEngine engine = new HostedEngine() {
        @Override
        public boolean matches(String uri) {
            return true;
        }

        @Override
        public void handle(HttpExchange exchange) {}

        @Override
        public void handleUpgrade(WebSocketUpgrade upgrade) {}

        @Override
        public boolean receiving(long change) {
            receiving.addAndGet(change);
            return true;
        }
    };

    /** Nothing is written. */
    private record Carrier(NettyLoop loop, HostedEngine engine) implements ExchangeCarrier {
        @Override
        public Channel tcp() {
            throw new AssertionError("not expected");
        }

        @Override
        public void continueBody() {}

        @Override
        public void resume() {}

        @Override
        public boolean reading() {
            return true;
        }

        @Override
        public void received() {}

        @Override
        public void unreadableBody(Exchange exchange, boolean answered) {}

        @Override
        public void answer(Exchange exchange, HostResponse response, boolean close) {}

        @Override
        public void close() {}
    }

    @Test
    void aBodyForWhichThereIsNoMemoryIsNotCountedForEver() throws Exception {
        EventLoop eventLoop = new DefaultEventLoop();
        try {
            eventLoop.submit(() -> receive(eventLoop)).get();
        } finally {
            eventLoop.shutdownGracefully();
        }
        assertThat(receiving).hasValue(0);
    }

    private void receive(EventLoop eventLoop) {
        HttpRequest post = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/engine.io/");
        post.headers().set(HttpHeaderNames.TRANSFER_ENCODING, "chunked");
        Exchange exchange = new Exchange(
                new Carrier(NettyLoop.of(eventLoop), engine),
                post,
                NettyRequest.of(post, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), null));
        List<String> told = new ArrayList<>();
        exchange.readBody(Integer.MAX_VALUE, new HttpExchange.BodyListener() {
            @Override
            public void onBody(byte[] body) {
                told.add("body");
            }

            @Override
            public void onTooLarge() {
                told.add("too large");
            }

            @Override
            public void onBusy() {
                told.add("busy");
            }

            @Override
            public void onAborted() {
                told.add("aborted");
            }
        });
        HttpContent content = new DefaultHttpContent(HugeBuffers.largest());
        assertThatThrownBy(() -> exchange.content(content)).isInstanceOf(OutOfMemoryError.class);
        exchange.lost();
        assertThat(told).containsExactly("aborted");
    }
}
