package dev.sockeye.webtransport;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.runtime.Capsules;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request stream: the CONNECT request of a session, whose capsules are read here, or a request that is refused. Loop-confined. */
final class ConnectStream extends Http3RequestStreamInboundHandler {
    private final Connection connection;
    private final QuicStreamChannel stream;
    private final Capsules capsules = new Capsules();
    private @Nullable Session session;

    ConnectStream(Connection connection, QuicStreamChannel stream) {
        this.connection = connection;
        this.stream = stream;
    }

    @Override
    protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
        if (session != null) {
            return; // trailers
        }
        Http3Headers headers = frame.headers();
        Answer answer = new Answer(stream);
        String protocol = String.valueOf(headers.protocol());
        if (!"CONNECT".contentEquals(String.valueOf(headers.method())) || !protocol.startsWith("webtransport")) {
            answer.send(new HostResponse(421, List.of(), new byte[0])); // HTTP is served over TCP
        } else if (!connection.all.setup.engine().matches(String.valueOf(headers.path()))) {
            answer.send(new HostResponse(404, List.of(), new byte[0]));
        } else if (!connection.hasRoom()) {
            answer.send(new HostResponse(429, List.of(), new byte[0]));
        } else {
            boolean draft02 = headers.contains("sec-webtransport-http3-draft02");
            Session begun = new Session(connection, stream, new ConnectFacts(headers, connection.channel), draft02);
            session = begun;
            connection.begin(begun);
            connection.all.setup.engine().handleWebTransport(begun);
        }
    }

    @Override
    protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
        try {
            if (session != null) {
                long code = capsules.read(frame.content().nioBuffer());
                if (code >= 0) {
                    session.peerClosed((int) code);
                }
            }
        } catch (IllegalArgumentException e) {
            session.fail(e);
        } finally {
            frame.release();
        }
    }

    @Override
    protected void channelInputClosed(ChannelHandlerContext ctx) {
        if (session != null) {
            session.peerClosed(0);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (session != null) {
            session.lost();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (session != null) {
            session.lost();
        } else {
            var unused = ctx.close();
        }
    }
}
