package dev.sockeye.socketio.client.engine;

import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.transport.ClientNetwork;
import dev.sockeye.socketio.client.transport.HttpConnection;
import dev.sockeye.socketio.client.transport.TransportName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** HTTP long-polling: one connection waits for data, the other sends. */
final class PollingTransport extends EngineTransport {
    private static final Pattern EIO3 = Pattern.compile("\\d+:0\\{.*", Pattern.DOTALL);
    private static final int SHOWN = 60;
    private static final long CLOSE_MILLIS = 2000;

    private final RequestTemplate template;
    private final ClientNetwork network;
    private final HttpConnection polls;
    private final HttpConnection posts;
    private boolean polling;
    private @Nullable Runnable onPaused;

    PollingTransport(ClientNetwork network, RequestTemplate template, EngineOptions options, Listener listener) {
        super(TransportName.POLLING, listener);
        this.network = network;
        this.template = template;
        long timeout = options.requestTimeout(TransportName.POLLING).toMillis();
        this.polls = network.http(options.maxInboundBytes(), timeout);
        this.posts = network.http(options.maxInboundBytes(), timeout);
    }

    @Override
    void open() {
        poll();
    }

    private void poll() {
        polling = true;
        HttpConnection.Request request =
                new HttpConnection.Request("GET", template.uri(name), template.headers(name), null);
        polls.request(request, new HttpConnection.Callback() {
            @Override
            public void answered(HttpConnection.Response response) {
                polled(response);
            }

            @Override
            public void failed(Throwable cause) {
                polling = false;
                fail(TransportFailures.of("xhr poll error", cause));
            }
        });
    }

    private void polled(HttpConnection.Response response) {
        polling = false;
        if (state == State.CLOSED) {
            return;
        }
        template.storeCookies(response.cookies());
        if (response.status() != 200) {
            fail(TransportFailures.http("xhr poll error", response.status(), text(response.body())));
            return;
        }
        try {
            // one packet after the other: a list of them would be many times as large as the response
            EngineCodec.decodePayload(response.body(), this::received);
        } catch (EngineDecodeException e) {
            fail(notAPayload(response, e));
            return;
        }
        if (state == State.CLOSED) {
            return;
        }
        if (onPaused != null) {
            pausedWhenQuiet();
        } else if (state == State.OPEN && reading && !polling) {
            poll();
        }
    }

    /** Returns whether to continue with the rest of the response. */
    private boolean received(EnginePacket packet) {
        if (state == State.OPENING && packet instanceof EnginePacket.Open) {
            state = State.OPEN;
            writable = true;
            listener.onTransportOpen(this);
        }
        if (packet instanceof EnginePacket.Close) {
            ended(DisconnectDetails.of("transport closed by the server"));
            return false;
        }
        if (state != State.CLOSED) {
            listener.onTransportPacket(this, packet);
        }
        return state != State.CLOSED;
    }

    private static TransportException notAPayload(HttpConnection.Response response, EngineDecodeException cause) {
        String body = text(response.body());
        if (EIO3.matcher(body).matches()) {
            return new TransportException(
                    "server error",
                    "the server uses Engine.IO protocol 3 (Socket.IO 2.x), which this client does not support; it"
                            + " needs a Socket.IO server 3 or later",
                    0,
                    body,
                    cause);
        }
        String type = response.contentType() == null ? "no content type" : response.contentType();
        String start = body.length() > SHOWN ? body.substring(0, SHOWN) + "…" : body;
        return new TransportException(
                "xhr poll error",
                "the response is not an Engine.IO payload (" + type + "): " + start,
                response.status(),
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
        post(posts, EngineCodec.encodePayload(plain), new HttpConnection.Callback() {
            @Override
            public void answered(HttpConnection.Response response) {
                posted(response);
            }

            @Override
            public void failed(Throwable cause) {
                fail(TransportFailures.of("xhr post error", cause));
            }
        });
    }

    private void post(HttpConnection connection, byte[] body, HttpConnection.Callback callback) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "text/plain;charset=UTF-8");
        headers.putAll(template.headers(name));
        connection.request(new HttpConnection.Request("POST", template.uri(name), headers, body), callback);
    }

    private void posted(HttpConnection.Response response) {
        if (state == State.CLOSED) {
            return;
        }
        template.storeCookies(response.cookies());
        if (response.status() != 200) {
            fail(TransportFailures.http("xhr post error", response.status(), text(response.body())));
            return;
        }
        writable = true;
        if (onPaused != null) {
            pausedWhenQuiet();
        } else {
            listener.onTransportDrain(this);
        }
    }

    /** Starts no more requests and calls back when those in progress have ended. */
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

    /** Continues after a pause, even if the pause is not complete yet. */
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
        boolean graceful = state == State.OPEN;
        state = State.CLOSED;
        posts.close();
        if (!graceful) {
            polls.close();
            return;
        }
        // the responses to the open poll and to the close packet end the connections; a deadline does if there are none
        HttpConnection last = network.http(1 << 16, CLOSE_MILLIS);
        Runnable end = () -> {
            last.close();
            polls.close();
        };
        try {
            post(last, EngineCodec.encode(new EnginePacket.Close()), new HttpConnection.Callback() {
                @Override
                public void answered(HttpConnection.Response response) {
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
