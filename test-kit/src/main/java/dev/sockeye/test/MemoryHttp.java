package dev.sockeye.test;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.client.transport.HttpConnection;
import dev.sockeye.socketio.client.transport.NetworkException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP connection in memory, for polling: one request at a time. Used on the loop only, except for the methods that the engine calls.
 */
final class MemoryHttp implements HttpConnection, MemoryNetwork.Link {
    private static final byte[] NO_BODY = {};

    private final TestLoop loop;
    private final MemoryNetwork network;
    private final int maxBytes;
    private final long timeoutMillis;
    private @Nullable Exchange current;
    private boolean silent;
    private boolean closed;

    MemoryHttp(TestLoop loop, MemoryNetwork network, int maxBytes, long timeoutMillis) {
        this.loop = loop;
        this.network = network;
        this.maxBytes = maxBytes;
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public void request(Request request, Callback callback) {
        if (closed) {
            throw new IllegalStateException("the connection is closed");
        }
        if (current != null) {
            throw new IllegalStateException("another request is in progress");
        }
        byte[] body = request.body() == null ? NO_BODY : request.body();
        Exchange exchange =
                new Exchange(new MemoryRequest(request.method(), request.uri(), request.headers()), body, callback);
        current = exchange;
        network.opened(this);
        exchange.start();
    }

    @Override
    public void close() {
        closed = true;
        network.closed(this);
        Exchange exchange = current;
        if (exchange != null) {
            exchange.clientEnds();
            exchange.lose();
        }
    }

    @Override
    public void cut() {
        Exchange exchange = current;
        if (exchange != null) {
            exchange.fail(new NetworkException("the connection was lost", null));
            exchange.lose();
        }
    }

    @Override
    public void silence() {
        silent = true;
    }

    /** A request and its response, as a host would implement it. */
    private final class Exchange implements HttpExchange {
        private final HostRequest request;
        private final byte[] body;
        private @Nullable Callback callback;
        private ClientLoop.@Nullable Timer timeout;
        private Runnable onLost = () -> {};
        private boolean answered;
        private boolean lost;

        Exchange(HostRequest request, byte[] body, Callback callback) {
            this.request = request;
            this.body = body;
            this.callback = callback;
        }

        void start() {
            if (timeoutMillis > 0) {
                timeout = loop.schedule(
                        () -> {
                            fail(new NetworkException("no answer within " + timeoutMillis + " ms", null));
                            lose();
                        },
                        timeoutMillis,
                        TimeUnit.MILLISECONDS);
            }
            loop.execute(() -> {
                if (callback == null || silent) {
                    return;
                }
                if (!network.reachable()) {
                    fail(new NetworkException("the network is down", null));
                } else if (!network.engine().matches(request.uri())) {
                    answer(new HostResponse(404, List.of(), NO_BODY));
                } else {
                    network.engine().handle(this);
                }
            });
        }

        @Override
        public HostRequest request() {
            return request;
        }

        @Override
        public EngineLoop loop() {
            return loop;
        }

        @Override
        public void readBody(int limit, BodyListener listener) {
            loop.execute(() -> {
                if (lost) {
                    listener.onAborted();
                } else if (body.length > limit) {
                    listener.onTooLarge();
                } else {
                    listener.onBody(body);
                }
            });
        }

        @Override
        public void respond(HostResponse response) {
            loop.execute(() -> {
                if (!answered && !lost) {
                    answered = true;
                    if (!silent) {
                        answer(response);
                    }
                }
            });
        }

        @Override
        public void abort() {
            loop.execute(() -> {
                if (!answered && !lost) {
                    answered = true;
                    if (!silent) {
                        fail(new NetworkException("the server closed the connection", null));
                    }
                }
            });
        }

        @Override
        public void onConnectionLost(Runnable action) {
            loop.execute(() -> {
                onLost = action;
                if (lost && !answered) {
                    action.run();
                }
            });
        }

        /** The server detects that the connection is lost; on a silent network it does not. */
        void lose() {
            if (!lost && !silent) {
                lost = true;
                if (!answered) {
                    onLost.run();
                }
            }
        }

        private void answer(HostResponse response) {
            Callback receiver = clientEnds();
            if (receiver == null) {
                return;
            }
            if (response.body().length > maxBytes) {
                receiver.failed(new NetworkException(
                        "a response of " + response.body().length + " bytes is larger than " + maxBytes, null));
                return;
            }
            String type = null;
            List<String> cookies = new ArrayList<>();
            for (HostResponse.Header header : response.headers()) {
                String name = header.name().toLowerCase(Locale.ROOT);
                if (name.equals("content-type")) {
                    type = header.value();
                } else if (name.equals("set-cookie")) {
                    cookies.add(header.value());
                }
            }
            receiver.answered(new Response(response.status(), type, cookies, response.body()));
        }

        void fail(Throwable cause) {
            Callback receiver = clientEnds();
            if (receiver != null) {
                receiver.failed(cause);
            }
        }

        /** Returns the callback once. The connection can then be used for the next request. */
        @Nullable
        Callback clientEnds() {
            Callback receiver = callback;
            if (receiver != null) {
                callback = null;
                current = null;
                network.ended(MemoryHttp.this);
                if (timeout != null) {
                    timeout.cancel();
                }
            }
            return receiver;
        }
    }
}
