package dev.sockeye.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stricter version of Netty's HTTP codec: input that violates RFC 9112 is rejected at the first invalid byte. Common
 * requests that arrived completely are read by {@link WholeRequestReader}; responses that are already bytes pass unchanged.
 */
final class HttpCodec extends CombinedChannelDuplexHandler<HttpRequestDecoder, HttpResponseEncoder> {

    HttpCodec(int maxHeaderSize) {
        super(
                new Decoder(
                        new HttpDecoderConfig()
                                .setMaxInitialLineLength(maxHeaderSize)
                                .setMaxHeaderSize(maxHeaderSize)
                                .setStrictLineParsing(true),
                        maxHeaderSize),
                new HttpResponseEncoder());
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) throws Exception {
        if (msg instanceof ByteBuf) {
            var unused = ctx.write(msg, promise);
        } else {
            super.write(ctx, msg, promise);
        }
    }

    /** Whether a request has a known version of HTTP and, in HTTP/1.1, a host. */
    static boolean valid(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        return version.equals(HttpVersion.HTTP_1_1)
                ? request.headers().contains(HttpHeaderNames.HOST)
                : version.equals(HttpVersion.HTTP_1_0);
    }

    /** The response to a malformed request. */
    static int status(Throwable cause) {
        return cause instanceof TooLongHttpLineException
                ? 414
                : cause instanceof TooLongHttpHeaderException ? 431 : 400;
    }

    private static final class Decoder extends HttpRequestDecoder {
        private final RequestHead head = new RequestHead();
        /** The number of pending bytes that the head parser has already read. */
        private int ahead;

        private final int maxHead;
        /** Of the last request that was read in one pass. */
        private @Nullable HeaderLines lines;

        private boolean begun;
        private boolean refused;

        Decoder(HttpDecoderConfig config, int maxHead) {
            super(config);
            this.maxHead = maxHead;
        }

        /** Whole requests need no cumulation of bytes, and no list of results. */
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
            if (msg instanceof ByteBuf bytes && !begun && !refused && actualReadableBytes() == 0) {
                for (WholeRequest whole = readWhole(bytes); whole != null; whole = readWhole(bytes)) {
                    boolean last = !bytes.isReadable();
                    if (last) {
                        bytes.release();
                    }
                    ctx.fireChannelRead(whole);
                    if (last) {
                        return;
                    } else if (ctx.isRemoved()) {
                        ctx.fireChannelRead(bytes);
                        return;
                    }
                }
            }
            super.channelRead(ctx, msg);
        }

        private @Nullable WholeRequest readWhole(ByteBuf bytes) {
            WholeRequest whole = WholeRequestReader.current().read(bytes, maxHead, lines);
            if (whole != null) {
                lines = whole.headers().worthKeeping() ? whole.headers() : null;
            }
            return whole;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
            if (refused) {
                in.skipBytes(in.readableBytes());
                return;
            }
            if (!begun) {
                WholeRequest whole = readWhole(in);
                if (whole != null) {
                    out.add(whole);
                    return;
                }
                begun = true;
            }
            if (!head.complete()) {
                int start = in.readerIndex();
                try {
                    ahead = head.read(in, start + ahead, in.writerIndex()) - start;
                } catch (IllegalArgumentException e) {
                    refused = true;
                    in.skipBytes(in.readableBytes());
                    HttpMessage invalid = createInvalidMessage();
                    invalid.setDecoderResult(DecoderResult.failure(e));
                    out.add(invalid);
                    return;
                }
            }
            int before = in.readerIndex();
            int messages = out.size();
            super.decode(ctx, in, out);
            ahead = Math.max(0, ahead - (in.readerIndex() - before));
            if (out.size() > messages && out.get(out.size() - 1) instanceof LastHttpContent) {
                head.restart();
                begun = false;
                ahead = 0;
            }
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
        }
    }
}
