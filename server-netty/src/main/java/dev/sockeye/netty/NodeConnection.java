package dev.sockeye.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A connection to another server with its current request. Confined to the loop. */
final class NodeConnection extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger(NodeConnection.class.getName());

    private final NodeConnections pool;
    private final URI node;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable NodeCall call;
    private boolean keepAlive;
    private boolean last;
    private long idleSince;

    NodeConnection(NodeConnections pool, URI node) {
        this.pool = pool;
        this.node = node;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext own) {
        ctx = own;
    }

    /** Whether it is open and has not been idle since before the given time. */
    boolean usable(long since) {
        ChannelHandlerContext own = ctx;
        return own != null && own.channel().isActive() && idleSince - since >= 0;
    }

    void send(NodeCall next) {
        FullHttpRequest request = next.request();
        ChannelHandlerContext own = ctx;
        if (request == null || own == null) {
            close();
            next.failed(false);
            return;
        }
        call = next;
        next.carriedBy(this);
        var unused = own.writeAndFlush(request);
    }

    void close() {
        call = null;
        ChannelHandlerContext own = ctx;
        if (own != null) {
            var unused = own.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext c, Object msg) {
        try {
            NodeCall current = call;
            if (current == null) {
                close();
                return;
            }
            if (msg instanceof HttpObject part && part.decoderResult().isFailure()) {
                fail(); // also an invalid chunk: the decoder passes it on as the last part of the response
                return;
            }
            if (msg instanceof HttpResponse response) {
                last = response.status().code() >= 200;
                if (last) {
                    keepAlive = HttpUtil.isKeepAlive(response);
                    current.head(response);
                }
            }
            if (msg instanceof HttpContent content && last) {
                if (!current.body(content.content())) {
                    close();
                } else if (msg instanceof LastHttpContent) {
                    end(current);
                }
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }

    private void end(NodeCall current) {
        call = null;
        if (keepAlive) {
            idleSince = System.nanoTime();
            pool.idle(this, node);
        } else {
            close();
        }
        current.answer();
    }

    private void fail() {
        NodeCall current = call;
        close();
        if (current != null) {
            current.failed(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext c) {
        fail();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext c, Throwable cause) {
        LOG.log(System.Logger.Level.DEBUG, "a connection to " + node + " failed", cause);
        fail();
    }
}
