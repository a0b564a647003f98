package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpConnectionTest {

    /** A second release could free a buffer of another connection. */
    @Test
    void aPartOfABodyIsReleasedOnceIfItsListenerThrows() {
        EchoEngine engine = new EchoEngine();
        engine.onRequest = exchange -> exchange.readBody(1000, new ThrowingListener());
        EmbeddedChannel channel = new EmbeddedChannel(new HttpConnection(engine, NettyHostOptions.defaults(), false));
        HttpRequest post = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/engine.io/");
        post.headers().set(HttpHeaderNames.HOST, "localhost");
        post.headers().set(HttpHeaderNames.TRANSFER_ENCODING, "chunked");
        ByteBuf first = Unpooled.copiedBuffer(new byte[] {1}).retain();
        ByteBuf last = Unpooled.copiedBuffer(new byte[] {2}).retain();
        channel.writeInbound(post, new DefaultHttpContent(first), new DefaultLastHttpContent(last));
        assertThat(channel.isOpen()).isFalse();
        assertThat(first.refCnt()).isEqualTo(1);
        assertThat(last.refCnt()).isEqualTo(1);
        first.release();
        last.release();
    }

    /** A channel in memory, each of whose directions can be closed. */
    private static final class Duplex extends EmbeddedChannel implements DuplexChannel {
        private boolean outputShutdown;

        Duplex(ChannelHandler handler) {
            super(handler);
        }

        @Override
        public boolean isInputShutdown() {
            return false;
        }

        @Override
        public ChannelFuture shutdownInput() {
            return newSucceededFuture();
        }

        @Override
        public ChannelFuture shutdownInput(ChannelPromise promise) {
            return promise.setSuccess();
        }

        @Override
        public boolean isOutputShutdown() {
            return outputShutdown;
        }

        @Override
        public ChannelFuture shutdownOutput() {
            outputShutdown = true;
            return newSucceededFuture();
        }

        @Override
        public ChannelFuture shutdownOutput(ChannelPromise promise) {
            outputShutdown = true;
            return promise.setSuccess();
        }

        @Override
        public boolean isShutdown() {
            return outputShutdown;
        }

        @Override
        public ChannelFuture shutdown() {
            return shutdownOutput();
        }

        @Override
        public ChannelFuture shutdown(ChannelPromise promise) {
            return shutdownOutput(promise);
        }

        void pass(Duration time) {
            advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
            runScheduledPendingTasks();
        }

        void sendPart() {
            writeInbound(new DefaultHttpContent(Unpooled.copiedBuffer(new byte[1000])));
        }
    }

    /** A connection whose client has received a 413 and still sends its body. */
    private static Duplex tooLarge() {
        Duplex channel = new Duplex(new HttpConnection(new EchoEngine(), NettyHostOptions.defaults(), false));
        channel.freezeTime();
        HttpRequest post = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/engine.io/");
        post.headers().set(HttpHeaderNames.HOST, "localhost");
        post.headers().set(HttpHeaderNames.CONTENT_LENGTH, 7_000_000);
        channel.writeInbound(post);
        channel.sendPart();
        channel.releaseOutbound();
        assertThat(channel.isOutputShutdown()).isTrue();
        return channel;
    }

    /** A reset may discard the response before the client has read it. */
    @Test
    void aClientThatSteadilySendsTheRestOfItsBodyIsNotReset() {
        Duplex channel = tooLarge();
        for (int i = 0; i < 20; i++) {
            channel.pass(Duration.ofSeconds(1));
            assertThat(channel.isOpen()).isTrue();
            channel.sendPart();
        }
        channel.pass(Linger.CHECK);
        channel.pass(Linger.CHECK);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatSendsTheRestOfItsBodyForTooLongIsDisconnected() {
        Duplex channel = tooLarge();
        for (int i = 0; i < Linger.MOST_CHECKS; i++) {
            assertThat(channel.isOpen()).isTrue();
            channel.sendPart();
            channel.pass(Linger.CHECK);
        }
        assertThat(channel.isOpen()).isFalse();
    }

    /** Otherwise such requests would use up the server's limit of received data. */
    @Test
    void aResponseSentWhileTheBodyArrivesReleasesTheMemoryOfTheBody() throws Exception {
        EchoEngine engine = new EchoEngine();
        engine.limit = 1_000_000;
        Duplex channel = new Duplex(new HttpConnection(engine, NettyHostOptions.defaults(), false));
        HttpRequest post = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/engine.io/");
        post.headers().set(HttpHeaderNames.HOST, "localhost");
        post.headers().set(HttpHeaderNames.CONTENT_LENGTH, 100_000);
        channel.writeInbound(post);
        for (int i = 0; i < 10; i++) {
            channel.sendPart();
        }
        assertThat(engine.receiving.get()).isPositive();
        engine.exchanges.take().respond(EchoEngine.text(200, "early"));
        channel.runPendingTasks();
        channel.releaseOutbound();
        assertThat(engine.receiving).hasValue(0);
        assertThat(engine.events).containsExactly("aborted");
    }

    /** Reads that a handler requests while automatic reading is off. */
    private static final class Reads extends ChannelOutboundHandlerAdapter {
        private boolean requested;

        @Override
        public void read(ChannelHandlerContext ctx) {
            requested = true;
            ctx.read();
        }
    }

    /** Decoders request another read if one brought them no complete message, even if automatic reading is off. */
    @ParameterizedTest
    @CsvSource({
        "GET, 1, false",
        "GET, 50, false",
        "GET, 5000, false",
        "GET, 1, true",
        "GET, 50, true",
        "GET, 5000, true",
        "OPTIONS, 1, false",
        "OPTIONS, 50, false",
        "OPTIONS, 5000, false",
        "OPTIONS, 50, true",
        "OPTIONS, 5000, true"
    })
    void aClientThatSendsRequestsAndGetsNoResponseIsNotReadForLong(String method, int bytes, boolean attached) {
        EchoEngine engine = new EchoEngine();
        engine.onRequest = exchange -> {};
        Reads reads = new Reads();
        EmbeddedChannel channel = new EmbeddedChannel(
                reads,
                attached ? new HttpServerCodec() : new HttpCodec(8192),
                new HttpConnection(engine, NettyHostOptions.defaults(), attached));
        byte[] request =
                (method + " /engine.io/ HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        int sent = 0;
        reads.requested = false;
        while ((channel.config().isAutoRead() || reads.requested) && sent < 1_000_000) {
            reads.requested = false;
            ByteBuf some = Unpooled.buffer(bytes);
            for (int i = 0; i < bytes; i++) {
                some.writeByte(request[sent++ % request.length]);
            }
            channel.writeInbound(some);
        }
        assertThat(engine.exchanges).hasSize(1);
        assertThat(sent).isLessThanOrEqualTo(3 * request.length + 2 * bytes);
        channel.finishAndReleaseAll();
    }
}
