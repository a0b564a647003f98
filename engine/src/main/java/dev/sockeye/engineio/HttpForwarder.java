package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.NodeForward;
import dev.sockeye.engineio.host.NodeForward.Outcome;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Forwards requests to other servers with the HTTP client of the JDK, for hosts that do not forward requests
 * themselves.
 */
final class HttpForwarder {
    /** Headers that the HTTP client sets itself and does not allow to be set. */
    private static final Set<String> RESTRICTED = Set.of("connection", "content-length", "expect", "host", "upgrade");

    private static final byte[] NOTHING = {};

    private final BooleanSupplier closing;
    /** The requests that wait for a response. */
    private final Map<HeldBody, CompletableFuture<?>> waiting = new ConcurrentHashMap<>();

    private volatile @Nullable HttpClient client;

    /** @param closing whether this server is closing, so that nothing is sent to other servers */
    HttpForwarder(BooleanSupplier closing) {
        this.closing = closing;
    }

    /**
     * Cancels the requests that wait for a response. Their clients get an error: if only the connection were closed, a proxy might
     * repeat a poll, and hide that the response of this one is lost. Any thread.
     */
    void abandon() {
        waiting.values().forEach(sent -> sent.cancel(true));
    }

    /** On the exchange's loop. */
    void forward(HttpExchange exchange, NodeForward forward) {
        if (!exchange.request().method().equals("POST")) {
            send(exchange, forward, NOTHING);
            return;
        }
        exchange.readBody(forward.maxBodySize(), new HttpExchange.BodyListener() {
            @Override
            public void onBody(byte[] body) {
                if (forward.hold(body.length)) {
                    send(exchange, forward, body);
                } else {
                    forward.hold(-body.length);
                    onBusy();
                }
            }

            @Override
            public void onTooLarge() {
                end(exchange, forward, 413, Outcome.NO_ROOM);
            }

            @Override
            public void onBusy() {
                end(exchange, forward, 503, Outcome.NO_ROOM);
            }

            @Override
            public void onAborted() {
                forward.answered(Outcome.DONE);
            }
        });
    }

    private static void end(HttpExchange exchange, NodeForward forward, int status, Outcome outcome) {
        forward.answered(outcome);
        exchange.respond(refusal(status));
    }

    /** A response without headers and body. */
    static HostResponse refusal(int status) {
        return new HostResponse(status, List.of(), NOTHING);
    }

    /** Sends the data that is already in memory. */
    private void send(HttpExchange exchange, NodeForward forward, byte[] body) {
        HttpRequest request;
        try {
            HttpRequest.Builder builder =
                    HttpRequest.newBuilder(uri(forward, forward.node().getScheme()));
            headers(forward, builder::header);
            request = builder.method(
                            exchange.request().method(),
                            body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                    .build();
        } catch (IllegalArgumentException e) {
            forward.hold(-body.length);
            forward.unreachable(false); // a target that java.net.URI does not accept
            return;
        }
        EngineLoop loop = exchange.loop();
        HeldBody answer = new HeldBody(forward);
        if (closing.getAsBoolean()) {
            forward.hold(-body.length);
            end(exchange, forward, 503, Outcome.NO_ROOM);
            return;
        }
        CompletableFuture<HttpResponse<byte[]>> sent = client(forward).sendAsync(request, info -> answer);
        waiting.put(answer, sent);
        if (closing.getAsBoolean()) {
            sent.cancel(true); // the others were cancelled before this one was added
        }
        Progress progress = new Progress();
        EngineLoop.Timer limit = loop.schedule(
                () -> {
                    progress.late = true;
                    sent.cancel(true);
                },
                forward.answerTimeout());
        exchange.onConnectionLost(() -> {
            progress.lost = true;
            sent.cancel(true);
        });
        var unused = sent.whenComplete((response, error) -> loop.execute(() -> {
            limit.cancel();
            waiting.remove(answer);
            if (progress.lost) {
                forward.answered(Outcome.DONE);
            } else if (progress.late) {
                end(exchange, forward, 504, Outcome.TOO_SLOW);
            } else if (answer.refused()) {
                end(exchange, forward, 503, Outcome.NO_ROOM);
            } else if (response == null) {
                forward.unreachable(connectTimedOut(error));
            } else {
                forward.answered(Outcome.DONE);
                exchange.respond(passedBack(response, forward));
            }
            forward.hold(-body.length);
            answer.release();
        }));
    }

    /** Handles the result of a request, on its loop. */
    private static final class Progress {
        boolean lost;
        boolean late;
    }

    private static boolean connectTimedOut(@Nullable Throwable error) {
        return error instanceof HttpConnectTimeoutException
                || (error != null && error.getCause() instanceof HttpConnectTimeoutException);
    }

    private static HostResponse passedBack(HttpResponse<byte[]> response, NodeForward forward) {
        List<Header> headers = new ArrayList<>();
        response.headers().map().forEach((name, values) -> {
            if (forward.forwardsResponseHeader(name)) {
                values.forEach(value -> headers.add(new Header(name, value)));
            }
        });
        return new HostResponse(response.statusCode(), headers, response.body());
    }

    /** On the request's loop. */
    void forward(WebSocketUpgrade upgrade, Forward forward) {
        java.net.http.WebSocket.Builder builder =
                client(forward).newWebSocketBuilder().connectTimeout(forward.connectTimeout());
        headers(forward, (name, value) -> {
            if (!name.startsWith("sec-websocket-")) {
                builder.header(name, value);
            }
        });
        URI uri;
        try {
            uri = uri(forward, forward.node().getScheme().equals("https") ? "wss" : "ws");
        } catch (IllegalArgumentException e) {
            forward.unreachable(false);
            return;
        }
        WebSocketBridge bridge = new WebSocketBridge(upgrade, forward);
        upgrade.onConnectionLost(bridge::clientLost);
        var unused = builder.buildAsync(uri, bridge)
                .whenComplete((node, error) -> upgrade.loop().execute(() -> {
                    if (node != null && closing.getAsBoolean() && !bridge.over()) {
                        node.abort();
                        forward.unreachable(false); // the WebSocket would end with this server
                    } else if (node != null) {
                        bridge.join(node);
                    } else if (!bridge.over()) {
                        Throwable cause = error == null || error.getCause() == null ? error : error.getCause();
                        if (cause instanceof WebSocketHandshakeException refused) {
                            forward.answered(Outcome.DONE);
                            upgrade.reject(
                                    new HostResponse(refused.getResponse().statusCode(), List.of(), NOTHING));
                        } else {
                            forward.unreachable(connectTimedOut(cause));
                        }
                    }
                }));
    }

    private static URI uri(NodeForward forward, String scheme) {
        return URI.create(scheme + "://" + forward.node().getRawAuthority() + forward.target());
    }

    private static void headers(NodeForward forward, BiConsumer<String, String> to) {
        for (Header header : forward.headers()) {
            if (!RESTRICTED.contains(header.name().toLowerCase(Locale.ROOT))) {
                to.accept(header.name(), header.value());
            }
        }
    }

    private HttpClient client(NodeForward forward) {
        HttpClient made = client;
        if (made == null) {
            synchronized (this) {
                made = client;
                if (made == null) {
                    made = HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .connectTimeout(forward.connectTimeout())
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .sslContext(forward.sslContext())
                            .build();
                    client = made;
                }
            }
        }
        return made;
    }
}
