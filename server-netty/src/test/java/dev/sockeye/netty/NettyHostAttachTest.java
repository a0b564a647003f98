package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.host.MessageConnection;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NettyHostAttachTest {

    private static final NettyHostOptions OPTIONS = NettyHostOptions.builder()
            .destroyUpgradeTimeout(Duration.ofMillis(100))
            .build();

    private final EchoEngine engine = new EchoEngine();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger flushes = new AtomicInteger();
    private EventLoopGroup group;
    private Channel server;
    private RawClient client;

    /** An application that answers {@code app PATH}, and handles upgrades to {@code /mine} itself. */
    private static final class Application extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            boolean upgrade = request.headers().contains(HttpHeaderNames.UPGRADE);
            if (upgrade && !request.uri().equals("/mine")) {
                return;
            }
            byte[] body = ("app " + request.uri() + " " + request.content().toString(StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8);
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(body));
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
            ctx.writeAndFlush(response);
        }
    }

    private final class Counter extends ChannelDuplexHandler {
        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) throws Exception {
            writes.incrementAndGet();
            super.write(ctx, msg, promise);
        }

        @Override
        public void flush(ChannelHandlerContext ctx) throws Exception {
            flushes.incrementAndGet();
            super.flush(ctx);
        }
    }

    @BeforeEach
    void start() throws Exception {
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Counter(), new HttpServerCodec());
                        channel.pipeline().addLast(new HttpObjectAggregator(1000), new Application());
                        NettyHost.attach(channel.pipeline(), engine, OPTIONS);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        client = connect();
    }

    private RawClient connect() throws Exception {
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        return new RawClient(new Socket(address.getAddress(), address.getPort()));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close().sync();
        group.shutdownGracefully(1, 5000, TimeUnit.MILLISECONDS).sync();
    }

    private static String post(String path, String body) {
        return RawClient.head("POST " + path + " HTTP/1.1", "Host: x", "Content-Length: " + body.length()) + body;
    }

    @Test
    @Tag("eio.engine.io.06")
    @Tag("eio.engine.io.13")
    void servesItsPathAndLeavesOtherPathsToTheApplication() throws Exception {
        for (int i = 0; i < 3; i++) {
            client.send(post("/engine.io/", "e" + i));
            assertThat(client.response().body()).isEqualTo("e" + i);
            client.send(post("/other", "a" + i));
            assertThat(client.response().body()).isEqualTo("app /other a" + i);
        }
    }

    @Test
    void answersPipelinedRequestsForBothInOrder() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            all.append(post(i % 3 == 0 ? "/other" : "/engine.io/", "b" + i));
        }
        engine.onRequest = exchange -> exchange.loop().execute(() -> engine.echo(exchange));
        client.send(all.toString());
        for (int i = 0; i < 30; i++) {
            assertThat(client.response().body()).isEqualTo((i % 3 == 0 ? "app /other b" : "b") + i);
        }
    }

    @Test
    void upgradesToAWebSocketOnItsPath() throws Exception {
        assertThat(client.upgrade("/engine.io/").status()).isEqualTo(101);
        client.text("hello");
        assertThat(client.frame().text()).isEqualTo("hello");
    }

    @Test
    void anUnhandledUpgradeForAnotherPathIsClosed() throws Exception {
        client.send(RawClient.upgradeRequest("/nobody"));
        assertThat(client.ended()).isTrue();
    }

    @Test
    @Tag("eio.engine.io.12")
    void anUpgradeForAnotherPathHandledByTheApplicationStaysOpen() throws Exception {
        client.send(RawClient.upgradeRequest("/mine"));
        assertThat(client.response().status()).isEqualTo(200);
        client.socket.setSoTimeout(500);
        assertThat(client.ended()).isFalse();
    }

    @Test
    void aPipelineWithoutACodecIsRefused() {
        EmbeddedChannel channel = new EmbeddedChannel();
        assertThatThrownBy(() -> NettyHost.attach(channel.pipeline(), engine))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("HttpServerCodec");
        channel.finishAndReleaseAll();
    }

    @Test
    void aBatchOfMessagesIsAnsweredInOneWriteAndOneFlush() throws Exception {
        client.upgrade("/engine.io/");
        writes.set(0);
        flushes.set(0);
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        for (int i = 0; i < 20; i++) {
            batch.writeBytes(client.masked(0x81, ("message " + i).getBytes(StandardCharsets.UTF_8)));
        }
        client.send(batch.toByteArray());
        for (int i = 0; i < 20; i++) {
            assertThat(client.frame().text()).isEqualTo("message " + i);
        }
        assertThat(writes).hasValue(1);
        assertThat(flushes).hasValue(1);
    }

    @Test
    void sendsOfOneEventLoopTurnAreWrittenOncePerConnection() throws Exception {
        try (RawClient other = connect()) {
            client.upgrade("/engine.io/");
            other.upgrade("/engine.io/");
            MessageConnection one = engine.sockets.poll(10, TimeUnit.SECONDS);
            MessageConnection two = engine.sockets.poll(10, TimeUnit.SECONDS);
            writes.set(0);
            flushes.set(0);
            byte[] payload = "hello".getBytes(StandardCharsets.UTF_8);
            one.loop().execute(() -> {
                for (int i = 0; i < 10; i++) {
                    one.send(false, '4', payload, false);
                    two.send(false, '4', payload, false);
                }
            });
            for (int i = 0; i < 10; i++) {
                assertThat(client.frame().text()).isEqualTo("4hello");
                assertThat(other.frame().text()).isEqualTo("4hello");
            }
            assertThat(writes).hasValue(2);
            assertThat(flushes).hasValue(2);
        }
    }

    @Test
    void aLargeBroadcastArrivesIntactAtEveryConnection() throws Exception {
        try (RawClient other = connect()) {
            client.upgrade("/engine.io/");
            other.upgrade("/engine.io/");
            MessageConnection one = engine.sockets.poll(10, TimeUnit.SECONDS);
            MessageConnection two = engine.sockets.poll(10, TimeUnit.SECONDS);
            byte[] text = "t".repeat(5000).getBytes(StandardCharsets.UTF_8);
            byte[] data = new byte[200_000];
            data[199_999] = 7;
            one.loop().execute(() -> {
                for (MessageConnection socket : new MessageConnection[] {one, two}) {
                    socket.send(false, '4', text, false);
                    socket.send(true, MessageConnection.NO_PREFIX, data, false);
                    socket.send(true, MessageConnection.NO_PREFIX, text, false);
                }
            });
            for (RawClient receiver : new RawClient[] {client, other}) {
                assertThat(receiver.frame().text()).hasSize(5001).startsWith("4t");
                assertThat(receiver.frame().payload()).isEqualTo(data);
                RawClient.Frame last = receiver.frame();
                assertThat(last.first()).isEqualTo(0x82);
                assertThat(last.payload()).isEqualTo(text);
            }
        }
    }
}
