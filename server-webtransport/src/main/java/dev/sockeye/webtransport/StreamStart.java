package dev.sockeye.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.List;
import java.util.Map;

/**
 * Inspects the first bytes of a bidirectional stream. The stream of a WebTransport session starts with 0x41 and the session's
 * id, and becomes a {@link MessageStream}; all other streams are passed to HTTP/3.
 */
final class StreamStart extends ByteToMessageDecoder {
    private static final int WEBTRANSPORT_STREAM = 0x41;

    private final Connection connection;
    private final QuicStreamChannel stream;
    private boolean ours;

    StreamStart(Connection connection, QuicStreamChannel stream) {
        this.connection = connection;
        this.stream = stream;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!ours) {
            int start = in.readerIndex();
            if (!Varint.readable(in)) {
                return;
            }
            ours = Varint.read(in) == WEBTRANSPORT_STREAM;
            if (!ours) {
                in.readerIndex(start);
                ctx.pipeline().remove(this);
                return;
            }
        }
        if (Varint.readable(in)) {
            MessageStream messages = new MessageStream(connection, stream, Varint.read(in));
            ChannelPipeline pipeline = ctx.pipeline();
            for (Map.Entry<String, ChannelHandler> handler :
                    List.copyOf(pipeline.toMap().entrySet())) {
                if (handler.getValue() != this) {
                    pipeline.remove(handler.getValue());
                }
            }
            pipeline.addLast(messages);
            messages.start();
            pipeline.remove(this); // passes on the bytes that it has not read
        }
    }
}
