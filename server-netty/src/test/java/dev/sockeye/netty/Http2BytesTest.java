package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bytes of a stream of HTTP/2. */
class Http2BytesTest {

    private final Reader reader = new Reader();
    private final EmbeddedChannel server = new EmbeddedChannel(
            Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel stream) {
                    stream.pipeline().addLast(new Http2Bytes(), reader);
                }
            }));
    private final EmbeddedChannel client = new EmbeddedChannel(
            Http2FrameCodecBuilder.forClient().build(), new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));

    @AfterEach
    void close() {
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
    }

    /** Pauses when it has received a whole window. */
    private static final class Reader extends ChannelInboundHandlerAdapter {
        private Channel stream;
        private int received;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            stream = ctx.channel();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            received += ((ByteBuf) msg).readableBytes();
            ReferenceCountUtil.release(msg);
            if (received == Http2CodecUtil.DEFAULT_WINDOW_SIZE) {
                stream.config().setAutoRead(false);
            }
        }
    }

    private static ByteBuf written(EmbeddedChannel from) {
        from.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = from.readOutbound(); part != null; part = from.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return all;
    }

    /** The client could not send, and nothing else might be written or read for a long time. */
    @Test
    void readingThatIsResumedGivesTheClientItsWindowAtOnce() {
        Future<Http2StreamChannel> opening = new Http2StreamChannelBootstrap(client)
                .handler(new ChannelInboundHandlerAdapter())
                .open();
        client.runPendingTasks();
        Channel stream = opening.getNow();
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(
                new DefaultHttp2Headers().method("POST").path("/").scheme("https")));
        server.writeInbound(written(client));
        client.writeInbound(written(server));
        server.writeInbound(written(client));
        reader.stream.config().setAutoRead(false); // paused and resumed without data: one more read is requested
        reader.stream.config().setAutoRead(true);
        stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[65_535])));
        server.writeInbound(written(client));
        assertThat(reader.received).isEqualTo(65_535);
        stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[1]))); // waits for the window
        client.writeInbound(written(server));
        server.writeInbound(written(client));
        assertThat(reader.received).isEqualTo(65_535);
        reader.stream.config().setAutoRead(true);
        client.writeInbound(written(server));
        server.writeInbound(written(client));
        assertThat(reader.received).isEqualTo(65_536);
    }
}
