package dev.sockeye.test;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import dev.sockeye.socketio.client.transport.NetworkException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A WebSocket in memory: this object is the client's end, and contains the server's end. Used on the loop only. */
final class MemoryConnection implements dev.sockeye.socketio.client.transport.MessageConnection, MemoryNetwork.Link {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final int NO_CLOSE_FRAME = 1006;

    private final TestLoop loop;
    private final MemoryNetwork network;
    private final Listener client;
    private final int clientLimit;
    private final MemoryPipe up;
    private final MemoryPipe down;
    private @Nullable ServerEnd server;
    private boolean clientEnded;
    private boolean silent;

    MemoryConnection(TestLoop loop, MemoryNetwork network, Listener client, int clientLimit) {
        this.loop = loop;
        this.network = network;
        this.client = client;
        this.clientLimit = clientLimit;
        this.up = new MemoryPipe(loop);
        this.down = new MemoryPipe(loop);
    }

    @Override
    public void open(String uri, Map<String, String> headers) {
        HostedEngine engine = network.engine();
        if (!network.reachable()) {
            loop.execute(() -> endClient(() -> client.onFailed(new NetworkException("the network is down", null))));
        } else if (!engine.matches(uri)) {
            loop.execute(() -> endClient(() -> client.onRefused(404, "", List.of())));
        } else {
            network.opened(this);
            ServerEnd end = new ServerEnd(new MemoryRequest("GET", uri, headers));
            server = end;
            up.onDrained(() -> {
                if (!clientEnded) {
                    client.onFlushed();
                }
            });
            down.onDrained(end::drained);
            loop.execute(() -> engine.handleUpgrade(end));
        }
    }

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        byte[] data = join(prefix, payload);
        ServerEnd end = server;
        if (!clientEnded && end != null) {
            up.send(data.length, () -> end.receive(binary, data));
        }
    }

    @Override
    public void flush() {
        if (silent && !clientEnded) {
            loop.execute(() -> {
                if (!clientEnded) {
                    client.onFlushed();
                }
            });
        }
    }

    @Override
    public void reading(boolean on) {
        down.reading(on);
    }

    @Override
    public void close(boolean graceful) {
        ServerEnd end = server;
        if (clientEnded) {
            return;
        }
        endClient(() -> {});
        if (end != null && !silent) {
            if (graceful) {
                up.send(2, () -> end.end(MessageConnection.NO_STATUS, null));
            } else {
                loop.execute(() -> end.end(NO_CLOSE_FRAME, new IOException("connection reset")));
            }
        }
    }

    @Override
    public void cut() {
        up.stop();
        down.stop();
        endClient(() -> client.onClosed(NO_CLOSE_FRAME, ""));
        ServerEnd end = server;
        if (end != null) {
            end.end(NO_CLOSE_FRAME, new IOException("connection lost"));
        }
    }

    @Override
    public void silence() {
        silent = true;
        up.stop();
        down.stop();
    }

    private void endClient(Runnable event) {
        if (!clientEnded) {
            clientEnded = true;
            network.ended(this);
            event.run();
        }
    }

    private void receive(boolean binary, byte[] data) {
        if (clientEnded) {
            return;
        }
        if (data.length > clientLimit) {
            endClient(() -> client.onFailed(new NetworkException(
                    "a message of " + data.length + " bytes is larger than " + clientLimit, null)));
            ServerEnd end = server;
            if (end != null) {
                end.end(NO_CLOSE_FRAME, null);
            }
        } else if (binary) {
            client.onBinary(data);
        } else {
            client.onText(data);
        }
    }

    private static byte[] join(int prefix, byte[] payload) {
        if (prefix == NO_PREFIX) {
            return payload.clone();
        }
        byte[] data = new byte[payload.length + 1];
        data[0] = (byte) prefix;
        System.arraycopy(payload, 0, data, 1, payload.length);
        return data;
    }

    /** The server's end, as a host would implement it. */
    private final class ServerEnd implements WebSocketUpgrade, MessageConnection {
        private final HostRequest request;
        private @Nullable MessageListener listener;
        private Runnable lost = () -> {};
        private int limit = Integer.MAX_VALUE;
        private boolean answered;
        private boolean written;
        private boolean closing;
        private boolean ended;
        private EngineLoop.@Nullable Timer closeTimer;

        ServerEnd(HostRequest request) {
            this.request = request;
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
        public void accept(
                List<Header> headers,
                int maxMessageSize,
                @Nullable PerMessageDeflate deflate,
                MessageListener receiver) {
            loop.execute(() -> {
                if (answered || ended) {
                    return;
                }
                answered = true;
                listener = receiver;
                limit = maxMessageSize;
                List<String> cookies = cookies(headers);
                down.send(0, () -> {
                    if (!clientEnded) {
                        client.onOpen(cookies);
                    }
                });
                receiver.onOpen(this);
            });
        }

        @Override
        public void reject(HostResponse response) {
            loop.execute(() -> {
                if (!answered && !ended) {
                    answered = true;
                    ended = true;
                    String body = new String(response.body(), StandardCharsets.UTF_8);
                    down.send(
                            0,
                            () -> endClient(
                                    () -> client.onRefused(response.status(), body, cookies(response.headers()))));
                }
            });
        }

        private List<String> cookies(List<Header> headers) {
            return headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase("set-cookie"))
                    .map(Header::value)
                    .toList();
        }

        @Override
        public void onConnectionLost(Runnable action) {
            loop.execute(() -> {
                lost = action;
                if (ended && !answered) {
                    action.run();
                }
            });
        }

        void receive(boolean binary, byte[] data) {
            MessageListener open = listener;
            if (ended || closing || open == null) {
                return;
            }
            if (data.length > limit) {
                close(1009, "");
            } else if (binary) {
                open.onBinary(data);
            } else {
                open.onText(data);
            }
        }

        @Override
        public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
            if (!ended && !closing) {
                byte[] data = join(prefix, payload);
                written = true;
                if (silent) {
                    loop.execute(this::drained);
                } else {
                    down.send(data.length, () -> MemoryConnection.this.receive(binary, data));
                }
            }
        }

        void drained() {
            MessageListener open = listener;
            if (written && !ended && open != null) {
                written = false;
                open.onDrained();
            }
        }

        @Override
        public long pendingBytes() {
            return down.bytes();
        }

        @Override
        public void autoRead(boolean on) {
            up.reading(on);
        }

        @Override
        public void close(int code, String reason) {
            if (ended || closing) {
                return;
            }
            closing = true;
            closeTimer = loop.schedule(() -> end(NO_CLOSE_FRAME, null), CLOSE_TIMEOUT);
            down.send(2, () -> {
                endClient(() -> client.onClosed(code, reason));
                loop.execute(() -> end(code, null));
            });
        }

        @Override
        public void abort() {
            loop.execute(() -> {
                end(NO_CLOSE_FRAME, new IOException("aborted"));
                if (!silent) {
                    endClient(() -> client.onClosed(NO_CLOSE_FRAME, ""));
                }
            });
        }

        void end(int code, @Nullable Throwable error) {
            if (ended) {
                return;
            }
            ended = true;
            EngineLoop.Timer timer = closeTimer;
            if (timer != null) {
                timer.cancel();
            }
            MessageListener open = listener;
            if (open != null) {
                open.onClose(code, error);
            } else {
                lost.run();
            }
        }
    }
}
