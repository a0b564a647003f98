package dev.sockeye.netty;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.NodeForward;
import dev.sockeye.engineio.host.NodeForward.Outcome;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket upgrade request. The HTTP codec has already been removed from the pipeline; bytes that arrive early are
 * collected.
 */
final class Upgrade implements WebSocketUpgrade {

    private static final int MAX_EARLY = 64 * 1024;

    private final HttpConnection connection;
    private final NettyRequest request;
    private final @Nullable String key;
    private @Nullable ByteBuf early;
    private boolean over;
    private boolean lost;
    private @Nullable Runnable onLost;

    Upgrade(HttpConnection connection, HttpRequest http, NettyRequest request) {
        this.connection = connection;
        this.request = request;
        List<String> keys = http.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        key = keys.size() == 1 ? keys.get(0) : null;
    }

    /** Whether a request asks for an upgrade to WebSocket. */
    static boolean asked(HttpRequest request) {
        return request.headers().contains(HttpHeaderNames.UPGRADE)
                && request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    /** Removes the application's handlers that follow one of ours. */
    static void removeBehind(ChannelPipeline pipeline, ChannelHandler own) {
        boolean behind = false;
        for (String name : List.copyOf(pipeline.names())) {
            ChannelHandler handler = pipeline.get(name);
            if (handler == own) {
                behind = true;
            } else if (behind && handler != null) {
                pipeline.remove(handler);
            }
        }
    }

    /** Validates the request and passes it to the engine. */
    void start(HttpRequest http) {
        String wrong = null;
        String version = http.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION);
        if (!http.method().equals(HttpMethod.GET)) {
            wrong = "Invalid HTTP method";
        } else if (!validKey(key)) {
            wrong = "Missing or invalid Sec-WebSocket-Key header";
        } else if (!"13".equals(version) && !"8".equals(version)) {
            wrong = "Missing or invalid Sec-WebSocket-Version header";
        } else if (Subprotocols.of(request) == null) {
            wrong = Subprotocols.INVALID;
        }
        if (wrong != null) {
            reject(new HostResponse(
                    400,
                    List.of(new Header("Content-Type", "text/html"), new Header("Sec-WebSocket-Version", "13, 8")),
                    wrong.getBytes(StandardCharsets.UTF_8)));
        } else {
            connection.engine.handleUpgrade(this);
        }
    }

    private static boolean validKey(@Nullable String key) {
        if (key == null || key.length() != 24 || !key.endsWith("==")) {
            return false;
        }
        for (int i = 0; i < 22; i++) {
            char c = key.charAt(i);
            if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '/') {
                return false;
            }
        }
        return true;
    }

    @Override
    public HostRequest request() {
        return request;
    }

    @Override
    public EngineLoop loop() {
        return connection.loop();
    }

    /** Bytes received before the response was sent. */
    void early(Object msg) {
        if (msg instanceof ByteBuf bytes && !over && !lost) {
            ByteBuf all = early;
            if (all == null) {
                all = Unpooled.buffer(bytes.readableBytes());
                early = all;
            }
            all.writeBytes(bytes);
            if (all.readableBytes() > MAX_EARLY) {
                connection.context().channel().config().setAutoRead(false);
            }
        }
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void accept(
            List<Header> headers,
            int maxMessageSize,
            @Nullable PerMessageDeflate compression,
            MessageListener listener) {
        if (!connection.loop().inLoop()) {
            connection.loop().execute(() -> accept(headers, maxMessageSize, compression, listener));
            return;
        }
        if (over || key == null) {
            return;
        }
        Deflate deflate =
                compression == null ? null : Deflate.negotiate(request.joined("sec-websocket-extensions"), compression);
        StringBuilder answer = new StringBuilder(192)
                .append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
                .append("Sec-WebSocket-Accept: ")
                .append(connection.loop().acceptKey(key))
                .append("\r\n");
        String subprotocol = Subprotocols.chosen(request);
        if (subprotocol != null) {
            answer.append("Sec-WebSocket-Protocol: ").append(subprotocol).append("\r\n");
        }
        if (deflate != null) {
            answer.append("Sec-WebSocket-Extensions: ").append(deflate.answer()).append("\r\n");
        }
        RawResponse.append(answer, headers);
        answer.append("\r\n");
        over = true;
        onLost = null;
        ChannelHandlerContext ctx = connection.context();
        boolean tls = connection.secure();
        NettyWebSocket socket = new NettyWebSocket(
                connection.loop(), connection.options, connection.engine, maxMessageSize, deflate, tls, listener);
        ChannelWire wire = new ChannelWire(socket, ctx);
        ctx.pipeline().replace(connection, null, wire);
        ctx.channel().config().setAutoRead(true);
        socket.open(answer, early);
        if (!connection.attached
                && connection.options.eventLoopGroup() == null) { // otherwise others may refer to the channel
            wire.moveToSocket();
        }
    }

    @Override
    public void reject(HostResponse response) {
        if (!connection.loop().inLoop()) {
            connection.loop().execute(() -> reject(response));
            return;
        }
        if (!over) {
            over = true;
            onLost = null;
            early = null;
            connection.writeAndLinger(RawResponse.encode(
                    response, connection.loop().date(), request.method().equals("HEAD")));
        }
    }

    @Override
    public void abort() {
        if (!connection.loop().inLoop()) {
            connection.loop().execute(this::abort);
            return;
        }
        if (!over) {
            over = true;
            onLost = null;
            var unused = connection.context().close();
        }
    }

    @Override
    public void onConnectionLost(Runnable action) {
        if (!connection.loop().inLoop()) {
            connection.loop().execute(() -> onConnectionLost(action));
        } else if (lost) {
            action.run();
        } else if (!over) {
            onLost = action;
        }
    }

    @Override
    public boolean forward(NodeForward forward) {
        Channel client = connection.context().channel();
        if (!NodeConnections.reachableFrom(client)) {
            return false;
        }
        ChannelFuture opening = connection.loop().nodes().connect(forward, client, new ChannelInboundHandlerAdapter());
        onLost = () -> {
            var unused = opening.channel().close();
            forward.answered(Outcome.DONE);
        };
        var unused = opening.addListener((ChannelFutureListener) opened -> {
            if (lost) {
                var unusedClose = opened.channel().close();
            } else if (opened.isSuccess()) {
                join(forward, client, opened.channel());
            } else {
                onLost = null;
                forward.unreachable(opened.cause() instanceof ConnectTimeoutException);
            }
        });
        return true;
    }

    /** Sends the request, and from now on forwards the bytes of both sides. */
    private void join(NodeForward forward, Channel client, Channel node) {
        StringBuilder head = new StringBuilder(512)
                .append("GET ")
                .append(forward.target())
                .append(" HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
        RawResponse.append(head, forward.headers());
        head.append("\r\n");
        over = true;
        onLost = null;
        ByteBuf ahead = early;
        early = null;
        var unused = node.write(Unpooled.copiedBuffer(head, StandardCharsets.ISO_8859_1));
        if (ahead != null) {
            unused = node.write(ahead);
        }
        Tunnel[] ends = Tunnel.between(client, node, forward);
        node.pipeline().addLast(ends[1]);
        client.pipeline().replace(connection, null, ends[0]);
        client.config().setAutoRead(true);
        node.flush();
        if (!node.isActive()) {
            ends[1].channelInactive(node.pipeline().lastContext());
        } else if (!client.isActive()) {
            ends[0].channelInactive(client.pipeline().lastContext());
        }
    }

    /** The connection was closed, or has become a WebSocket. */
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
