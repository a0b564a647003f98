package dev.sockeye.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The stream of a session. It is not read until the session has been accepted. Loop-confined. */
final class MessageStream extends ChannelInboundHandlerAdapter {
    final QuicStreamChannel channel;
    private final Connection connection;
    private final long sessionId;
    private @Nullable Session session;
    private ArrayDeque<ByteBuf> early = new ArrayDeque<>(0);
    private boolean ended;
    private boolean over;

    MessageStream(Connection connection, QuicStreamChannel channel, long sessionId) {
        this.connection = connection;
        this.channel = channel;
        this.sessionId = sessionId;
    }

    long sessionId() {
        return sessionId;
    }

    void start() {
        channel.config().setAutoRead(false);
        connection.stream(this);
    }

    /** The session takes over the stream: bytes that arrived earlier are read now. */
    void begin(Session owner) {
        session = owner;
        ArrayDeque<ByteBuf> waiting = early;
        early = new ArrayDeque<>(0);
        ByteBuf bytes;
        while ((bytes = waiting.poll()) != null) {
            owner.read(bytes);
        }
        if (ended) {
            owner.streamEnded(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf bytes) || over) {
            ReferenceCountUtil.release(msg);
        } else if (session == null) {
            early.add(bytes); // a few at most: reading was stopped
        } else {
            session.read(bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (session != null) {
            session.flush();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !ended) {
            ended = true;
            if (session != null) {
                session.streamEnded(false);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        release();
        connection.onStreamEnd(this);
        if (session != null) {
            session.streamEnded(true);
        }
    }

    /** A reset by the client closes the connection, as a broken connection does on other transports. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (session != null) {
            session.streamEnded(true);
        } else {
            refuse();
        }
    }

    /** Refuses the stream. */
    void refuse() {
        release();
        var unused = channel.shutdown(Connection.BUFFERED_STREAM_REJECTED, channel.newPromise());
    }

    private void release() {
        over = true;
        early.forEach(ReferenceCountUtil::release);
        early.clear();
    }
}
