package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;

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
}
