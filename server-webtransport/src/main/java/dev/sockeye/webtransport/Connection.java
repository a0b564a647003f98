package dev.sockeye.webtransport;

import dev.sockeye.engineio.host.EngineLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One QUIC connection: its sessions by the id of their CONNECT stream, streams that arrived before their session, and the
 * deadline of a connection without a session. Added before the HTTP/3 handler. Loop-confined, except for {@link #finish}.
 */
final class Connection extends ChannelInboundHandlerAdapter {
    static final int H3_NO_ERROR = 0x100;
    /** The error of a stream that arrived too early, or whose session does not exist (draft-ietf-webtrans-http3). */
    static final int BUFFERED_STREAM_REJECTED = 0x3994bd84;

    private static final int MAX_EARLY_STREAMS = 4;
    private static final System.Logger LOG = System.getLogger(Connection.class.getName());

    final Connections all;
    final QuicChannel channel;
    private final Map<Long, Session> sessions = new HashMap<>(2);
    private final List<MessageStream> early = new ArrayList<>(0);
    private @Nullable EngineLoop loop;
    private EngineLoop.@Nullable Timer deadline;
    private boolean unproven = true;
    private boolean finishing;

    Connection(Connections all, QuicChannel channel) {
        this.all = all;
        this.channel = channel;
    }

    EngineLoop loop() {
        EngineLoop known = loop;
        if (known == null) {
            known = all.setup.loop(channel.eventLoop());
            loop = known;
        }
        return known;
    }

    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        restartDeadline(all.setup.requestTimeout());
        ctx.fireChannelRegistered();
    }

    private void restartDeadline(Duration time) {
        stopDeadline();
        deadline = loop().schedule(this::close, time);
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof QuicStreamChannel stream) {
            if (stream.type() == QuicStreamType.BIDIRECTIONAL) {
                stream.pipeline().addFirst(new StreamStart(this, stream));
            }
            ctx.fireChannelRead(msg);
        } else {
            ReferenceCountUtil.release(msg); // a datagram
        }
    }

    // ---- sessions

    /** Whether another session may be opened. */
    boolean hasRoom() {
        return !finishing && sessions.size() < Connections.MAX_SESSIONS;
    }

    void begin(Session session) {
        stopDeadline();
        sessions.put(session.id(), session);
    }

    /** The session was accepted: passes it the stream that arrived early. */
    void accepted(Session session) {
        for (MessageStream stream : List.copyOf(early)) {
            if (stream.sessionId() == session.id()) {
                early.remove(stream);
                session.attach(stream);
            }
        }
    }

    /** The first message of a session was received. */
    void proven() {
        if (unproven) {
            unproven = false;
            all.proven();
        }
    }

    void ended(Session session) {
        if (sessions.remove(session.id(), session)) {
            early.removeIf(stream -> {
                boolean its = stream.sessionId() == session.id();
                if (its) {
                    stream.refuse();
                }
                return its;
            });
            if (sessions.isEmpty() && channel.isOpen()) {
                if (finishing) {
                    close();
                } else {
                    restartDeadline(all.setup.keepAliveTimeout());
                }
            }
        }
    }

    /** A stream of a session was opened. */
    void stream(MessageStream stream) {
        Session session = sessions.get(stream.sessionId());
        if (session != null && session.isAccepted()) {
            session.attach(stream);
        } else if (early.size() < MAX_EARLY_STREAMS && !finishing) {
            early.add(stream);
        } else {
            stream.refuse();
        }
    }

    void onStreamEnd(MessageStream stream) {
        early.remove(stream);
    }

    // ---- closing

    /** Closes all sessions, and the connection after closing sessions have ended. May be called from any thread. */
    CompletableFuture<Void> finish() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            channel.eventLoop().execute(() -> {
                var unused = channel.closeFuture().addListener(f -> done.complete(null));
                finishing = true;
                for (Session session : List.copyOf(sessions.values())) {
                    session.shutDown();
                }
                if (sessions.isEmpty()) {
                    close();
                }
            });
        } catch (java.util.concurrent.RejectedExecutionException | IllegalStateException e) {
            done.complete(null);
        }
        return done;
    }

    void close() {
        stopDeadline();
        var unused = channel.close(true, H3_NO_ERROR, Unpooled.EMPTY_BUFFER);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        lost();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        lost();
        ctx.fireChannelUnregistered();
    }

    private void lost() {
        stopDeadline();
        proven();
        all.remove(this);
        for (Session session : List.copyOf(sessions.values())) {
            session.lost();
        }
        early.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.log(System.Logger.Level.DEBUG, "a QUIC connection failed", cause);
    }
}
