package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.socketio.client.transport.MessageConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A WebSocket of a Sockeye client. */
final class JavaWebSocket implements MessageConnection, JavaTransport.Use, Connection.End {
    private static final int WINDOW = 16 * 1024;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final JavaTransport transport;
    private final @Nullable Node node;
    private final Listener listener;
    private final ArrayDeque<Object> written = new ArrayDeque<>();
    private final ArrayDeque<Object> unread = new ArrayDeque<>();
    private @Nullable Connection connection;
    private boolean accepted;
    private boolean reading = true;
    private boolean flushing;
    /** Stops all callbacks. */
    private boolean over;

    private boolean ended;
    private EngineLoop.@Nullable Timer limit;

    JavaWebSocket(JavaTransport transport, @Nullable Node node, Listener listener) {
        this.transport = transport;
        this.node = node;
        this.listener = listener;
    }

    @Override
    public void open(String uri, Map<String, String> headers) {
        if (node == null) {
            transport.loop.execute(() -> {
                if (!over) {
                    over = true;
                    listener.onFailed(JavaTransport.noServer());
                }
            });
            return;
        }
        Connection made = transport.connect(this, " ws");
        connection = made;
        made.client(this);
        made.down.receiver(frame -> transport.loop.arrive(() -> receive(frame)));
        made.up.consumed(() -> transport.loop.arrive(this::write));
        node.webSocket(made, new SimulatedRequest("GET", uri, transport.address));
    }

    private void receive(Object frame) {
        if (reading || over) {
            onFrame(frame);
        } else {
            unread.add(frame);
        }
    }

    private void onFrame(Object frame) {
        if (ended) {
            return;
        }
        if (frame == ServerWebSocket.CLOSE) {
            Connection current = connection;
            if (current != null) {
                current.up.send(ServerWebSocket.CLOSE, 2);
            }
            boolean tell = !over;
            over = true;
            end();
            if (tell) {
                listener.onClosed(1005, "");
            }
        } else if (over) {
            return;
        } else if (frame == ServerWebSocket.ACCEPTED) {
            accepted = true;
            listener.onOpen(List.of());
        } else if (frame instanceof String text) {
            listener.onText(text.getBytes(StandardCharsets.UTF_8));
        } else if (frame instanceof byte[] data) {
            listener.onBinary(data.clone());
        } else if (frame instanceof HostResponse response) {
            over = true;
            end();
            listener.onRefused(response.status(), new String(response.body(), StandardCharsets.UTF_8), List.of());
        }
    }

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        transport.simulation.check(transport.loop.inLoop(), "a client's WebSocket is written to outside its loop");
        if (binary) {
            written.add(payload.clone());
        } else {
            String text = new String(payload, StandardCharsets.UTF_8);
            written.add(prefix == NO_PREFIX ? text : (char) prefix + text);
        }
    }

    @Override
    public void flush() {
        flushing = true;
        transport.loop.atEndOfTurn(this::write);
    }

    private void write() {
        Connection current = connection;
        if (!flushing || current == null || over) {
            return;
        }
        while (!written.isEmpty() && current.up.bytes() < WINDOW) {
            Object frame = written.remove();
            int size = frame instanceof byte[] data ? data.length : ((String) frame).length();
            transport.world.network.sends(size);
            current.up.send(frame, size);
        }
        if (written.isEmpty()) {
            flushing = false;
            listener.onFlushed();
        }
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        Connection current = connection;
        if (current != null) {
            current.down.pause(!on);
        }
        if (on) {
            transport.loop.execute(() -> {
                while (reading && !unread.isEmpty()) {
                    onFrame(unread.remove());
                }
            });
        }
    }

    @Override
    public void close(boolean graceful) {
        if (over) {
            return;
        }
        over = true;
        Connection current = connection;
        if (graceful && accepted && current != null && !ended) {
            current.down.pause(false);
            written.forEach(frame ->
                    current.up.send(frame, frame instanceof byte[] data ? data.length : ((String) frame).length()));
            current.up.send(ServerWebSocket.CLOSE, 2);
            limit = transport.loop.schedule(this::end, CLOSE_TIMEOUT);
        } else {
            end();
        }
    }

    private void end() {
        Connection current = connection;
        if (!ended && current != null) {
            ended = true;
            EngineLoop.Timer timer = limit;
            if (timer != null) {
                timer.cancel();
            }
            // the close frame is sent before the connection is closed
            transport.simulation.after(50_000_000, "linger", () -> current.closeBy(this));
            transport.closed(this);
        }
    }

    @Override
    public void cut() {
        over = true;
        end();
    }

    @Override
    public void onLost() {
        transport.loop.arrive(() -> {
            boolean tell = !over;
            over = true;
            end();
            if (tell && accepted) {
                listener.onClosed(1006, "");
            } else if (tell) {
                listener.onFailed(new IOException("connection lost"));
            }
        });
    }
}
