package dev.sockeye.netty;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.NodeForward;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** One request and its response. States: open, answered, lost; changed on the loop only. */
final class Exchange implements HttpExchange {

    private static final byte[] NOTHING = {};
    private static final int SMALLEST_PART = 1024;
    private static final int SMALLEST_COUNTED = 8 * 1024;

    private final ExchangeCarrier connection;
    private final NettyRequest request;
    private final boolean keepAlive;
    private final boolean head;
    private final boolean http10;
    private boolean continueExpected;
    private final long announced; // -1: unknown

    private boolean bodyEnded;
    private @Nullable BodyListener reader;
    private boolean bodyTold;
    private int limit;
    private byte[] body = NOTHING;
    private int filled;

    private boolean over; // answered, aborted or lost
    private boolean lost;
    private @Nullable HostResponse held;
    private @Nullable Runnable onLost;

    Exchange(ExchangeCarrier connection, HttpRequest http, NettyRequest request) {
        this.connection = connection;
        this.request = request;
        keepAlive = HttpUtil.isKeepAlive(http);
        head = http.method().equals(HttpMethod.HEAD);
        http10 = http.protocolVersion().equals(HttpVersion.HTTP_1_0);
        continueExpected = HttpUtil.is100ContinueExpected(http);
        announced = HttpUtil.getContentLength(http, -1L);
        if (!HttpUtil.isTransferEncodingChunked(http) && announced <= 0) {
            endBody();
        }
    }

    Exchange(ExchangeCarrier connection, WholeRequest whole, NettyRequest request) {
        this.connection = connection;
        this.request = request;
        keepAlive = true;
        head = false;
        http10 = false;
        body = whole.body();
        filled = body.length;
        announced = body.length;
        endBody();
    }

    boolean head() {
        return head;
    }

    boolean http10() {
        return http10;
    }

    boolean bodyEnded() {
        return bodyEnded;
    }

    @Override
    public HostRequest request() {
        return request;
    }

    @Override
    public EngineLoop loop() {
        return connection.loop();
    }

    /** Continues on the loop. If the loop has ended, and the connection with it, something else is done. */
    private void onLoop(Runnable action, Runnable ended) {
        try {
            connection.loop().execute(action);
        } catch (RejectedExecutionException e) {
            ended.run();
        }
    }

    // ---- the request's body

    @Override
    public void readBody(int newLimit, BodyListener listener) {
        if (!connection.loop().inLoop()) {
            onLoop(() -> readBody(newLimit, listener), listener::onAborted);
            return;
        }
        reader = listener;
        limit = newLimit;
        if (lost) {
            bodyTold = true;
            listener.onAborted();
        } else if (announced > newLimit) {
            tooLarge(listener);
        } else if (bodyEnded) {
            bodyTold = true;
            byte[] whole = body; // empty, except for a WholeRequest
            body = NOTHING;
            listener.onBody(whole);
        } else {
            if (continueExpected) {
                continueExpected = false;
                connection.continueBody();
            }
            connection.resume();
        }
    }

    private void tooLarge(BodyListener listener) {
        bodyTold = true;
        bodyEnded = false; // the rest is not needed, and the connection ends with the response
        dropBody();
        listener.onTooLarge();
    }

    /** Processes a part of the body; returns false if it is not being read yet. */
    boolean content(HttpContent content) {
        ByteBuf bytes = content.content();
        boolean last = content instanceof LastHttpContent;
        if (bodyEnded) {
            content.release();
            return true; // the empty end of a request without a body
        }
        if (reader == null && !over && held == null && (bytes.isReadable() || last)) {
            return false;
        }
        try {
            if (content.decoderResult().isFailure()) {
                if (held != null) {
                    answer(held);
                } else {
                    connection.unreadableBody(this, over);
                }
                return true;
            }
            BodyListener listener = reader;
            if (listener != null && !bodyTold) {
                int n = bytes.readableBytes();
                if ((long) filled + n > limit) {
                    tooLarge(listener);
                } else if (n > 0 && !append(bytes, n)) {
                    bodyTold = true;
                    dropBody();
                    listener.onBusy();
                }
            }
        } finally {
            content.release();
        }
        if (last) {
            endBody();
            BodyListener listener = reader;
            if (listener != null && !bodyTold) {
                bodyTold = true;
                byte[] whole = filled == body.length ? body : Arrays.copyOf(body, filled);
                dropBody();
                listener.onBody(whole);
            }
            if (held != null) {
                answer(held);
            }
        }
        return true;
    }

    /** Stores a part of the body; returns false if the server's memory limit is exceeded. */
    private boolean append(ByteBuf bytes, int n) {
        int needed = filled + n;
        if (needed > body.length) {
            long wanted = Math.max(Math.max(SMALLEST_PART, needed), 2L * body.length);
            int room = (int) Math.min(wanted, announced >= needed ? announced : limit);
            int growth = room < SMALLEST_COUNTED ? 0 : room - counted();
            if (growth > 0 && !connection.engine().receiving(growth)) {
                connection.engine().receiving(-growth);
                return false;
            }
            try {
                body = Arrays.copyOf(body, room);
            } catch (OutOfMemoryError e) {
                connection.engine().receiving(-growth);
                throw e;
            }
        }
        bytes.readBytes(body, filled, n);
        filled = needed;
        return true;
    }

    private int counted() {
        return body.length < SMALLEST_COUNTED ? 0 : body.length;
    }

    private void dropBody() {
        int counted = counted();
        body = NOTHING;
        if (counted > 0) {
            connection.engine().receiving(-counted);
        }
    }

    private void endBody() {
        bodyEnded = true;
        connection.received();
    }

    // ---- the answer

    @Override
    public void respond(HostResponse response) {
        if (!connection.loop().inLoop()) {
            onLoop(() -> respond(response), () -> {});
            return;
        }
        if (over || held != null) {
            return;
        }
        if (!bodyEnded && !continueExpected) {
            held = response; // the rest of the body may already have been read
            connection.resume();
            if (!connection.reading()) {
                batchEnded();
            }
        } else {
            answer(response);
        }
    }

    /** All bytes of the current read have been processed. */
    void batchEnded() {
        HostResponse response = held;
        if (response != null) {
            answer(response);
        }
    }

    private void answer(HostResponse response) {
        if (over) {
            return;
        }
        over = true;
        held = null;
        onLost = null;
        connection.answer(this, response, !bodyEnded || !keepAlive);
        abortBody(); // if it is still being read; it is not needed any more
    }

    @Override
    public void abort() {
        if (!connection.loop().inLoop()) {
            onLoop(this::abort, () -> {});
            return;
        }
        if (!over && held == null) {
            over = true;
            onLost = null;
            connection.close();
        }
    }

    @Override
    public void onConnectionLost(Runnable action) {
        if (!connection.loop().inLoop()) {
            onLoop(() -> onConnectionLost(action), action);
        } else if (lost) {
            action.run();
        } else if (!over) {
            onLost = action;
        }
    }

    @Override
    public boolean forward(NodeForward forward) {
        Channel channel = connection.tcp();
        if (!NodeConnections.reachableFrom(channel)) {
            return false;
        }
        NodeCall.start(this, forward, connection.loop().nodes(), channel);
        return true;
    }

    /** The connection was lost. */
    void lost() {
        if (lost) {
            return;
        }
        boolean unanswered = !over;
        over = true;
        lost = true;
        held = null;
        Runnable action = onLost;
        onLost = null;
        abortBody();
        if (unanswered && action != null) {
            action.run();
        }
    }

    private void abortBody() {
        dropBody();
        BodyListener listener = reader;
        if (listener != null && !bodyTold) {
            bodyTold = true;
            listener.onAborted();
        }
    }
}
