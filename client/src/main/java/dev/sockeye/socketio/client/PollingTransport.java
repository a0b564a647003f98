package dev.sockeye.socketio.client;

import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** HTTP long-polling: one lane waits for data, the other sends. */
final class PollingTransport extends EngineTransport {
    private static final Pattern EIO3 = Pattern.compile("\\d+:0\\{.*", Pattern.DOTALL);
    private static final int SHOWN = 60;
    private static final long FAREWELL_MILLIS = 2000;

    private final RequestFacts facts;
    private final Dialer dialer;
    private final HttpLane polls;
    private final HttpLane posts;
    private boolean polling;
    private @Nullable Runnable onPaused;

    PollingTransport(Dialer dialer, RequestFacts facts, ClientOptions options, Listener listener) {
        super(TransportName.POLLING, listener);
        this.dialer = dialer;
        this.facts = facts;
        long timeout = options.requestTimeout().toMillis();
        this.polls = new HttpLane(dialer, options.maxInboundBytes(), timeout);
        this.posts = new HttpLane(dialer, options.maxInboundBytes(), timeout);
    }

    @Override
    void open() {
        poll();
    }

    private void poll() {
        polling = true;
        polls.request(HttpMethod.GET, facts.uri(name), facts::addHeaders, null, new HttpLane.Callback() {
            @Override
            public void reply(HttpLane.Reply reply) {
                polled(reply);
            }

            @Override
            public void failed(Throwable cause) {
                polling = false;
                fail(new TransportException("xhr poll error", cause));
            }
        });
    }

    private void polled(HttpLane.Reply reply) {
        polling = false;
        if (state == State.CLOSED) {
            return;
        }
        facts.storeCookies(reply.headers().getAll(HttpHeaderNames.SET_COOKIE));
        if (reply.status() != 200) {
            fail(TransportException.http("xhr poll error", reply.status(), text(reply.body())));
            return;
        }
        List<EnginePacket> packets = new ArrayList<>();
        try {
            EngineCodec.decodePayload(reply.body(), packets::add);
        } catch (EngineDecodeException e) {
            fail(notAPayload(reply, e));
            return;
        }
        for (EnginePacket packet : packets) {
            if (state == State.CLOSED) {
                return;
            }
            if (state == State.OPENING && packet instanceof EnginePacket.Open) {
                state = State.OPEN;
                writable = true;
                listener.onTransportOpen(this);
            }
            if (packet instanceof EnginePacket.Close) {
                ended(CloseDetails.of("transport closed by the server"));
                return;
            }
            listener.onTransportPacket(this, packet);
        }
        if (onPaused != null) {
            pausedWhenQuiet();
        } else if (state == State.OPEN && reading && !polling) {
            poll();
        }
    }

    private static TransportException notAPayload(HttpLane.Reply reply, EngineDecodeException cause) {
        String body = text(reply.body());
        if (EIO3.matcher(body).matches()) {
            return new TransportException(
                    "server error",
                    "the server speaks Engine.IO protocol 3 (Socket.IO 2.x), which this client does not; it needs a"
                            + " Socket.IO server 3 or later",
                    0,
                    body,
                    cause);
        }
        String type = reply.headers().get(HttpHeaderNames.CONTENT_TYPE, "no content type");
        String start = body.length() > SHOWN ? body.substring(0, SHOWN) + "…" : body;
        return new TransportException(
                "xhr poll error",
                "the answer is no Engine.IO payload (" + type + "): " + start,
                reply.status(),
                body,
                cause);
    }

    @Override
    void send(List<Outgoing> packets) {
        writable = false;
        List<EnginePacket> plain = new ArrayList<>(packets.size());
        for (Outgoing outgoing : packets) {
            plain.add(outgoing.packet());
        }
        post(posts, EngineCodec.encodePayload(plain), new HttpLane.Callback() {
            @Override
            public void reply(HttpLane.Reply reply) {
                posted(reply);
            }

            @Override
            public void failed(Throwable cause) {
                fail(new TransportException("xhr post error", cause));
            }
        });
    }

    private void post(HttpLane lane, byte[] body, HttpLane.Callback callback) {
        lane.request(HttpMethod.POST, facts.uri(name), this::addPostHeaders, body, callback);
    }

    private void addPostHeaders(HttpHeaders headers) {
        headers.set(HttpHeaderNames.CONTENT_TYPE, "text/plain;charset=UTF-8");
        facts.addHeaders(headers);
    }

    private void posted(HttpLane.Reply reply) {
        if (state == State.CLOSED) {
            return;
        }
        facts.storeCookies(reply.headers().getAll(HttpHeaderNames.SET_COOKIE));
        if (reply.status() != 200) {
            fail(TransportException.http("xhr post error", reply.status(), text(reply.body())));
            return;
        }
        writable = true;
        if (onPaused != null) {
            pausedWhenQuiet();
        } else {
            listener.onTransportDrain(this);
        }
    }

    /** Lets the requests under way end and begins no more; then calls back. */
    void pause(Runnable callback) {
        onPaused = callback;
        pausedWhenQuiet();
    }

    private void pausedWhenQuiet() {
        Runnable callback = onPaused;
        if (callback != null && !polling && writable) {
            onPaused = null;
            state = State.PAUSED;
            callback.run();
        }
    }

    /** Goes on after a pause, also one that was not reached yet. */
    void resume() {
        onPaused = null;
        if (state == State.PAUSED) {
            state = State.OPEN;
        }
        if (state == State.OPEN && !polling && reading) {
            poll();
        }
    }

    @Override
    void reading(boolean on) {
        reading = on;
        if (on && state == State.OPEN && !polling && onPaused == null) {
            poll();
        }
    }

    @Override
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        boolean farewell = state == State.OPEN;
        state = State.CLOSED;
        posts.close();
        if (!farewell) {
            polls.close();
            return;
        }
        // the answer to the open poll and to the farewell end the lanes; a deadline does if they do not come
        HttpLane last = new HttpLane(dialer, 1 << 16, FAREWELL_MILLIS);
        Runnable end = () -> {
            last.close();
            polls.close();
        };
        try {
            post(last, EngineCodec.encode(new EnginePacket.Close()), new HttpLane.Callback() {
                @Override
                public void reply(HttpLane.Reply reply) {
                    end.run();
                }

                @Override
                public void failed(Throwable cause) {
                    end.run();
                }
            });
        } catch (RuntimeException e) {
            end.run();
        }
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
