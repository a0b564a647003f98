package dev.sockeye.netty;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request to open a WebSocket on an HTTP/2 stream, with the extended CONNECT of RFC 8441. */
final class Http2Upgrade implements WebSocketUpgrade {

    private static final int MAX_EARLY = 64 * 1024;

    private final Http2Stream stream;
    private final NettyRequest request;
    private @Nullable ByteBuf early;
    private boolean ended; // by the client
    private boolean over;
    private boolean lost;
    private @Nullable Runnable onLost;

    Http2Upgrade(Http2Stream stream, NettyRequest request, boolean ended) {
        this.stream = stream;
        this.request = request;
        this.ended = ended;
    }

    void start() {
        if (!"13".equals(request.header("sec-websocket-version"))) {
            refuse("Missing or invalid Sec-WebSocket-Version header");
        } else if (Subprotocols.of(request) == null) {
            refuse(Subprotocols.INVALID);
        } else {
            stream.engine().handleUpgrade(this);
        }
    }

    private void refuse(String wrong) {
        reject(new HostResponse(
                400,
                List.of(new Header("Content-Type", "text/html"), new Header("Sec-WebSocket-Version", "13")),
                wrong.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public HostRequest request() {
        return request;
    }

    @Override
    public EngineLoop loop() {
        return stream.loop();
    }

    /** Bytes received before the response was sent. */
    void early(HttpContent part) {
        ended |= part instanceof LastHttpContent;
        if (!over && !lost) {
            ByteBuf bytes = part.content();
            ByteBuf all = early;
            if (all == null) {
                all = Unpooled.buffer(bytes.readableBytes());
                early = all;
            }
            all.writeBytes(bytes);
            if (all.readableBytes() > MAX_EARLY) {
                stream.context().channel().config().setAutoRead(false);
            }
        }
        part.release();
    }

    @Override
    public void accept(
            List<Header> headers,
            int maxMessageSize,
            @Nullable PerMessageDeflate compression,
            MessageListener listener) {
        if (!stream.loop().inLoop()) {
            stream.loop().execute(() -> accept(headers, maxMessageSize, compression, listener));
            return;
        }
        if (over) {
            return;
        }
        Deflate deflate =
                compression == null ? null : Deflate.negotiate(request.joined("sec-websocket-extensions"), compression);
        Http2Headers answer = new DefaultHttp2Headers().status("200");
        String subprotocol = Subprotocols.chosen(request);
        if (subprotocol != null) {
            answer.set(Subprotocols.HEADER, subprotocol);
        }
        if (deflate != null) {
            answer.set("sec-websocket-extensions", deflate.answer());
        }
        Http2Stream.add(answer, headers);
        over = true;
        onLost = null;
        ChannelHandlerContext ctx = stream.context();
        Http2Connection connection = stream.connection();
        var unused = ctx.writeAndFlush(new DefaultHttp2HeadersFrame(answer));
        NettyWebSocket socket = new NettyWebSocket(
                stream.loop(), connection.options, connection.engine, maxMessageSize, deflate, true, listener);
        Http2Bytes bytes = new Http2Bytes();
        ctx.pipeline().replace(stream, null, bytes).addLast(new ChannelWire(socket, ctx));
        ctx.channel().config().setAutoRead(true);
        socket.open("", early);
        if (ended) {
            bytes.endOfPeer(ctx.channel());
        }
    }

    @Override
    public void reject(HostResponse response) {
        if (!stream.loop().inLoop()) {
            stream.loop().execute(() -> reject(response));
            return;
        }
        if (!over) {
            over = true;
            onLost = null;
            early = null;
            stream.respond(response, false);
        }
    }

    @Override
    public void abort() {
        if (!stream.loop().inLoop()) {
            stream.loop().execute(this::abort);
            return;
        }
        if (!over) {
            over = true;
            onLost = null;
            stream.close();
        }
    }

    @Override
    public void onConnectionLost(Runnable action) {
        if (!stream.loop().inLoop()) {
            stream.loop().execute(() -> onConnectionLost(action));
        } else if (lost) {
            action.run();
        } else if (!over) {
            onLost = action;
        }
    }

    /** The stream was closed, or has become a WebSocket. */
    void lost() {
        if (over) {
            return;
        }
        over = true;
        lost = true;
        early = null;
        Runnable action = onLost;
        onLost = null;
        if (action != null) {
            action.run();
        }
    }
}
