package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HttpExchange.BodyListener;
import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EngineCodecV3;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.engineio.protocol.EnginePacket.Close;
import dev.sockeye.engineio.protocol.EnginePacket.Noop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** HTTP long-polling: the client receives packets with GET and sends packets with POST. Loop-confined. */
class PollingTransport extends Transport {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    /**
     * The time for the refusal of a POST to arrive before the end of the pending poll, which may be on another loop.
     */
    private static final Duration AFTER_REFUSAL = Duration.ofMillis(50);

    private static final byte[] OK = {'o', 'k'};
    private static final Header HTML = new Header("Content-Type", "text/html");
    private static final Header TEXT = new Header("Content-Type", "text/plain; charset=UTF-8");
    private static final Header BYTES = new Header("Content-Type", "application/octet-stream");
    /** Compressing this many bytes takes a fraction of a millisecond; more would block the loop. */
    private static final int LONG_BODY = 16 * 1024;

    private final EngineSocket session;
    private final boolean base64;
    private @Nullable PollingExchange poll;
    private @Nullable PollingExchange data;
    private @Nullable Runnable lastWord;
    private EngineLoop.@Nullable Timer closeTimeout;
    private boolean closed;
    private boolean refused;
    private boolean paused;
    /** Whether {@link #data} was read and is answered when reading resumes. */
    private boolean dataHeld;
    /** Whether the body of {@link #data} is complete: then it is answered even if the session ends. */
    private boolean dataRead;

    PollingTransport(EngineSocket session, boolean base64) {
        this.session = session;
        this.base64 = base64;
    }

    /** The transport that the query of a handshake asks for. */
    static PollingTransport of(EngineSocket session, PollingQuery query) {
        String j = query.jsonp();
        return j != null ? new JsonpTransport(session, j) : new PollingTransport(session, query.base64());
    }

    @Override
    final String name() {
        return "polling";
    }

    @Override
    final boolean writable() {
        return poll != null;
    }

    @Override
    final long pendingBytes() {
        return 0;
    }

    final void onRequest(PollingExchange exchange) {
        switch (exchange.request().method()) {
            case "GET" -> onPoll(exchange);
            case "POST" -> onData(exchange);
            default -> exchange.respond(500);
        }
    }

    private void onPoll(PollingExchange exchange) {
        assert session.loop().inLoop();
        if (poll != null) {
            error("overlap from client");
            exchange.respond(400);
            return;
        }
        if (closed) {
            exchange.respond(400);
            return;
        }
        poll = exchange;
        exchange.http.onConnectionLost(() -> session.run(() -> {
            if (poll == exchange) {
                poll = null;
                error("poll connection closed prematurely");
            }
        }));
        session.flush();
        if (poll != null && lastWord != null) {
            send(List.of(new Noop()), false);
        }
    }

    private void onData(PollingExchange exchange) {
        if (data != null) {
            error("data request overlap from client");
            exchange.respond(400);
            return;
        }
        String type = exchange.request().header("content-type");
        boolean binary = "application/octet-stream".equals(type);
        if (binary && session.protocol() == 4) {
            error("invalid content");
            exchange.respond(400);
            return;
        }
        data = exchange;
        exchange.http.readBody(session.options().maxHttpBufferSize(), new BodyListener() {
            @Override
            public void onBody(byte[] body) {
                session.run(() -> onBodyRead(exchange, body, binary));
            }

            @Override
            public void onTooLarge() {
                refuse(413, "payload too large");
            }

            @Override
            public void onBusy() {
                refuse(503, "the server is receiving too much data (maxTotalReceivingBytes)");
            }

            private void refuse(int status, String why) {
                session.run(() -> {
                    if (data == exchange) {
                        data = null;
                        refused = true;
                        exchange.respond(status);
                        error(why);
                    }
                });
            }

            @Override
            public void onAborted() {
                session.run(() -> {
                    if (data == exchange) {
                        data = null;
                        error("data request connection closed prematurely");
                    }
                });
            }
        });
    }

    private void onBodyRead(PollingExchange exchange, byte[] body, boolean binary) {
        if (data != exchange) {
            return;
        }
        dataRead = true;
        try {
            decode(body, binary);
        } catch (EngineDecodeException e) {
            if (session.readyState() == EngineSocket.ReadyState.OPEN) { // else it is closed when all is sent
                session.end(CloseReason.PARSE_ERROR, e);
            }
        } catch (RuntimeException | Error e) { // of the listener
            Hooks.failed("message", e);
            session.end(CloseReason.TRANSPORT_ERROR, e);
        }
        if (data == exchange) {
            if (paused && !closed) {
                dataHeld = true;
            } else {
                answerData(exchange);
            }
        }
    }

    private void answerData(PollingExchange exchange) {
        data = null;
        dataHeld = false;
        dataRead = false;
        session.server().addHeaders(exchange, session.id());
        exchange.respond(200, HTML, OK);
    }

    void decode(byte[] body, boolean binary) throws EngineDecodeException {
        if (session.protocol() == 4) {
            EngineCodec.decodePayload(validUtf8(body), this::onPacket);
        } else if (binary) {
            EngineCodecV3.decodeBinaryPayload(body, this::onPacket);
        } else {
            EngineCodecV3.decodeTextPayload(new String(body, StandardCharsets.UTF_8), this::onPacket);
        }
    }

    /** Invalid UTF-8 becomes U+FFFD, so that listeners always receive valid text. */
    private static byte[] validUtf8(byte[] body) {
        for (byte b : body) {
            if (b < 0) {
                String text = new String(body, StandardCharsets.UTF_8);
                return text.indexOf('\uFFFD') < 0 ? body : text.getBytes(StandardCharsets.UTF_8);
            }
        }
        return body;
    }

    final boolean onPacket(EnginePacket packet) {
        if (packet instanceof Close) {
            closed = true;
            if (poll != null) {
                send(List.of(new Noop()), false);
            } else {
                session.server().closedWithoutPoll(session);
            }
            session.end(CloseReason.TRANSPORT_CLOSE, null);
            return false;
        }
        session.onPacket(packet);
        return !closed;
    }

    private void error(String description) {
        session.end(CloseReason.TRANSPORT_ERROR, description);
    }

    @Override
    final void send(List<EnginePacket> packets, boolean compress) {
        PollingExchange exchange = poll;
        if (exchange == null) {
            return;
        }
        poll = null;
        List<EnginePacket> all = packets;
        Runnable ending = lastWord;
        if (ending != null) {
            lastWord = null;
            all = new ArrayList<>(packets);
            all.add(new Close());
        }
        try {
            session.server().addHeaders(exchange, session.id());
            write(exchange, all, compress);
        } catch (RuntimeException | Error e) { // no memory for the response, for example
            exchange.http.abort();
            throw e;
        }
        if (ending != null) {
            ending.run();
        }
    }

    private void write(PollingExchange exchange, List<EnginePacket> packets, boolean compress) {
        if (session.protocol() == 4) {
            write(exchange, TEXT, EngineCodec.encodePayload(packets), compress);
        } else if (!base64 && EngineCodecV3.hasBinary(packets)) {
            write(exchange, BYTES, EngineCodecV3.encodeBinaryPayload(packets), compress);
        } else {
            byte[] text = EngineCodecV3.encodeTextPayload(packets).getBytes(StandardCharsets.UTF_8);
            write(exchange, TEXT, text, compress);
        }
    }

    void write(PollingExchange exchange, Header contentType, byte[] body, boolean compress) {
        int threshold = session.options().httpCompressionThreshold();
        String encoding = compress && threshold >= 0 && body.length >= threshold
                ? exchange.request().acceptedEncoding("gzip", "deflate")
                : null;
        if (encoding == null) {
            exchange.respond(200, contentType, body);
            return;
        }
        exchange.headers.set("Content-Encoding", encoding);
        if (body.length < LONG_BODY) {
            exchange.respond(200, contentType, HttpCompression.compress(body, encoding));
        } else {
            session.server().helpers().execute(() -> respondCompressed(exchange, contentType, body, encoding));
        }
    }

    /** On any thread. */
    private void respondCompressed(PollingExchange exchange, Header contentType, byte[] body, String encoding) {
        try {
            exchange.respond(200, contentType, HttpCompression.compress(body, encoding));
        } catch (RuntimeException | Error e) {
            exchange.http.abort();
            session.closeNow(CloseReason.TRANSPORT_ERROR, e);
            throw e;
        }
    }

    @Override
    final void pauseReading(boolean pause) {
        paused = pause;
        PollingExchange held = data;
        if (!pause && dataHeld && held != null) {
            answerData(held);
        }
    }

    @Override
    final void close(boolean discarded, Runnable then) {
        if (closed || lastWord != null) {
            if (discarded) {
                finishClose();
            }
            return;
        }
        pauseReading(false);
        PollingExchange unread = data;
        if (unread != null && !dataRead) {
            data = null;
            unread.http.abort();
        }
        Runnable ending = () -> {
            closed = true;
            if (closeTimeout != null) {
                closeTimeout.cancel();
                closeTimeout = null;
            }
            then.run();
        };
        PollingExchange waiting = poll;
        if (waiting != null && refused) {
            poll = null;
            session.loop().schedule(() -> endPoll(waiting), AFTER_REFUSAL);
            ending.run();
        } else if (waiting != null) {
            closePoll(waiting);
            ending.run();
        } else if (discarded || draining()) {
            ending.run();
        } else {
            lastWord = ending;
            closeTimeout = session.loop().schedule(this::finishClose, CLOSE_TIMEOUT);
        }
    }

    private void endPoll(PollingExchange waiting) {
        poll = waiting;
        closePoll(waiting);
    }

    /**
     * A client of a draining server has to come back, which not every client does after a close packet. So it gets the
     * error that its next poll would get.
     */
    private void closePoll(PollingExchange waiting) {
        if (draining()) {
            poll = null;
            session.server().addHeaders(waiting, session.id());
            waiting.refuse(HandshakeError.UNKNOWN_SID, HandshakeError.UNKNOWN_SID.text());
        } else {
            send(List.of(new Close()), false);
        }
    }

    private boolean draining() {
        return session.server().retryAfter() > 0;
    }

    private void finishClose() {
        Runnable ending = lastWord;
        lastWord = null;
        if (ending != null) {
            ending.run();
        }
    }
}
