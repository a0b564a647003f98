package dev.sockeye.socketio.client.webtransport;

import dev.sockeye.runtime.Capsules;
import dev.sockeye.socketio.client.transport.NetworkException;
import dev.sockeye.socketio.client.transport.ServerAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The request that opens a session, its response, and the capsules that close the session. Used on the loop only. */
final class ConnectStream extends Http3RequestStreamInboundHandler {
    private static final int MAX_BODY = 1 << 16;
    /** Headers that HTTP/3 forbids, and the one that {@code :authority} replaces. */
    private static final Set<String> LEFT_OUT =
            Set.of("host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    private final Session session;
    private final Capsules capsules = new Capsules();
    private final ByteBuf body = Unpooled.buffer(0);
    private int status;
    private List<String> cookies = List.of();

    ConnectStream(Session session) {
        this.session = session;
    }

    /** The headers of the request. */
    static Http3HeadersFrame head(ServerAddress server, String uri, Map<String, String> given) {
        DefaultHttp3HeadersFrame frame = new DefaultHttp3HeadersFrame();
        Http3Headers headers = frame.headers()
                .method("CONNECT")
                .scheme("https")
                .authority(server.authority())
                .path(uri)
                .add(":protocol", "webtransport")
                .set("sec-webtransport-http3-draft02", "1");
        given.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("host")) {
                headers.authority(value);
            } else if (!LEFT_OUT.contains(lower)) {
                headers.set(lower, value);
            }
        });
        return frame;
    }

    private boolean accepted() {
        return status >= 200 && status < 300;
    }

    @Override
    protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
        int answer = parse(frame.headers().status());
        if (status != 0 || (answer >= 100 && answer < 200)) {
            return; // trailers, or an informational response
        }
        status = answer;
        cookies = frame.headers().getAll("set-cookie").stream()
                .map(CharSequence::toString)
                .toList();
        if (accepted() && ctx.channel() instanceof QuicStreamChannel stream) {
            session.accepted(stream.streamId(), cookies);
        }
    }

    private static int parse(CharSequence status) {
        try {
            return Integer.parseInt(String.valueOf(status));
        } catch (NumberFormatException e) {
            return 500;
        }
    }

    @Override
    protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
        try {
            ByteBuf content = frame.content();
            if (!accepted()) {
                body.writeBytes(content, Math.min(content.readableBytes(), MAX_BODY - body.readableBytes()));
                return;
            }
            long code = capsules.read(content.nioBuffer());
            if (code >= 0) {
                session.closed((int) code, capsules.reason());
            }
        } catch (IllegalArgumentException e) {
            session.broke(e);
        } finally {
            frame.release();
        }
    }

    @Override
    protected void channelInputClosed(ChannelHandlerContext ctx) {
        if (accepted()) {
            session.closed(0, "");
        } else if (status != 0) {
            session.refused(status, body.toString(StandardCharsets.UTF_8), cookies);
        } else {
            session.broke(new NetworkException("the server ended the request without an answer", null));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.broke(new NetworkException("the server reset the request", null));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        session.broke(cause);
    }
}
