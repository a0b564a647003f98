package dev.sockeye.netty;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.NodeForward;
import dev.sockeye.engineio.host.NodeForward.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that is forwarded to another server, and its response. States: reading the body, in progress, over.
 * Confined to the loop.
 */
final class NodeCall {
    private static final byte[] NOTHING = {};
    private static final int SMALLEST_PART = 512;

    private final HttpExchange exchange;
    private final NodeForward forward;
    private final NodeConnections nodes;
    private final Channel from;
    private byte[] sent = NOTHING;
    private EngineLoop.@Nullable Timer limit;
    private @Nullable ChannelFuture opening;
    private @Nullable NodeConnection connection;
    private int status;
    private List<Header> headers = List.of();
    private byte[] answer = NOTHING;
    private int filled;
    private int expected = SMALLEST_PART;
    private boolean over;

    private NodeCall(HttpExchange exchange, NodeForward forward, NodeConnections nodes, Channel from) {
        this.exchange = exchange;
        this.forward = forward;
        this.nodes = nodes;
        this.from = from;
    }

    /** Reads the request's body, if any, and sends it. */
    static void start(HttpExchange exchange, NodeForward forward, NodeConnections nodes, Channel from) {
        NodeCall call = new NodeCall(exchange, forward, nodes, from);
        if (exchange.request().method().equals("POST")) {
            exchange.readBody(forward.maxBodySize(), call.new Body());
        } else {
            call.send();
        }
    }

    /** The request's body. */
    private final class Body implements HttpExchange.BodyListener {
        @Override
        public void onBody(byte[] body) {
            sent = body;
            if (forward.hold(body.length)) {
                send();
            } else {
                onBusy();
            }
        }

        @Override
        public void onTooLarge() {
            refuse(413, Outcome.NO_ROOM);
        }

        @Override
        public void onBusy() {
            refuse(503, Outcome.NO_ROOM);
        }

        @Override
        public void onAborted() {
            end();
            forward.answered(Outcome.DONE);
        }
    }

    private void send() {
        Channel server = from.parent();
        if (server != null && !server.isOpen()) {
            // The host is closing. The other server would answer, and the answer be lost with the connection; a proxy
            // would repeat the poll and hide that.
            refuse(503, Outcome.NO_ROOM);
            return;
        }
        limit = exchange.loop().schedule(this::tooSlow, forward.answerTimeout());
        exchange.onConnectionLost(() -> {
            end();
            forward.answered(Outcome.DONE);
        });
        nodes.send(this, from);
    }

    /** Whether its client is connected to this server channel. */
    boolean of(Channel server) {
        return server.equals(from.parent());
    }

    /**
     * The host is closing. The client gets an error: if the connection were only closed, a proxy might repeat the poll, and hide
     * that the response of this one is lost.
     */
    void abandon() {
        if (!over) {
            end();
            forward.unreachable(false);
        }
    }

    NodeForward forward() {
        return forward;
    }

    /** A connection is being opened for this request. */
    void opening(ChannelFuture future) {
        opening = future;
        var unused = future.addListener((ChannelFutureListener) opened -> {
            opening = null;
            if (over) {
                var unusedClose = opened.channel().close();
            } else if (opened.isSuccess()) {
                opened.channel().pipeline().get(NodeConnection.class).send(this);
            } else {
                failed(opened.cause() instanceof ConnectTimeoutException);
            }
        });
    }

    void carriedBy(NodeConnection carrier) {
        connection = carrier;
    }

    /** The request to send; {@code null} if it cannot be encoded. */
    @Nullable
    FullHttpRequest request() {
        try {
            FullHttpRequest request = new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1,
                    HttpMethod.valueOf(exchange.request().method()),
                    forward.target(),
                    Unpooled.wrappedBuffer(sent));
            for (Header header : forward.headers()) {
                request.headers().add(header.name(), header.value());
            }
            if (sent.length > 0 || exchange.request().method().equals("POST")) {
                request.headers().set(HttpHeaderNames.CONTENT_LENGTH, sent.length);
            }
            return request;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    void head(HttpResponse response) {
        status = response.status().code();
        headers = new ArrayList<>();
        for (Map.Entry<String, String> header : response.headers()) {
            if (forward.forwardsResponseHeader(header.getKey())) {
                headers.add(new Header(header.getKey(), header.getValue()));
            }
        }
        String length = response.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null && length.length() < 7) {
            expected = Integer.parseInt(length);
        }
    }

    /**
     * Stores a part of the response; returns false if the memory limit is exceeded and the connection must be closed.
     */
    boolean body(ByteBuf part) {
        int size = part.readableBytes();
        int needed = filled + size;
        if (needed < 0) {
            refuse(503, Outcome.NO_ROOM);
            return false;
        }
        if (needed > answer.length) {
            long wanted = Math.max(Math.max(needed, expected), 2L * answer.length);
            int room = (int) Math.min(Integer.MAX_VALUE - 8, wanted);
            int growth = room - answer.length;
            if (!forward.hold(growth)) {
                forward.hold(-growth);
                refuse(503, Outcome.NO_ROOM);
                return false;
            }
            answer = Arrays.copyOf(answer, room);
        }
        part.readBytes(answer, filled, size);
        filled = needed;
        return true;
    }

    /** The response is complete. */
    void answer() {
        if (!over) {
            connection = null;
            byte[] body = filled == answer.length ? answer : Arrays.copyOf(answer, filled);
            end();
            forward.answered(Outcome.DONE);
            exchange.respond(new HostResponse(status, headers, body));
        }
    }

    /** The other server could not be reached, or the connection was lost. */
    void failed(boolean timedOut) {
        if (!over) {
            connection = null;
            end();
            forward.unreachable(timedOut);
        }
    }

    private void tooSlow() {
        refuse(504, Outcome.TOO_SLOW);
    }

    private void refuse(int refusal, Outcome outcome) {
        if (!over) {
            end();
            forward.answered(outcome);
            exchange.respond(new HostResponse(refusal, List.of(), NOTHING));
        }
    }

    /** Ends the call: releases all resources, and closes a connection whose response is no longer needed. */
    private void end() {
        if (over) {
            return;
        }
        over = true;
        nodes.ended(this);
        if (limit != null) {
            limit.cancel();
        }
        forward.hold(-sent.length);
        forward.hold(-answer.length);
        sent = NOTHING;
        answer = NOTHING;
        NodeConnection carrier = connection;
        connection = null;
        if (carrier != null) {
            carrier.close();
        }
        ChannelFuture future = opening;
        if (future != null) {
            var unused = future.channel().close();
        }
    }
}
