package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A WebSocket, as seen by the server's host, starting with its request. */
final class ServerWebSocket implements WebSocketUpgrade, MessageConnection, Connection.End {

    /** The opening handshake is complete. */
    static final Object ACCEPTED = new Object();

    /** A close frame. */
    static final Object CLOSE = new Object();

    private static final int WINDOW = 4 * 1024;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Simulation simulation;
    private final SimulatedLoop loop;
    private final Connection connection;
    private final HostRequest request;
    private final ArrayDeque<Object> queue = new ArrayDeque<>();
    private @Nullable MessageListener listener;
    private Runnable lost = () -> {};
    private int maxMessageSize = Integer.MAX_VALUE;
    private long pending;
    /** Frames that had arrived at the loop when reading was paused: a host does not read them. */
    private final ArrayDeque<Object> unread = new ArrayDeque<>();

    private boolean paused;
    private boolean written;
    private boolean flushing;
    private boolean answered;
    private boolean opened;
    private boolean closing;
    private boolean gone;
    private EngineLoop.@Nullable Timer closeTimer;

    ServerWebSocket(Simulation simulation, SimulatedLoop loop, Connection connection, HostRequest request) {
        this.simulation = simulation;
        this.loop = loop;
        this.connection = connection;
        this.request = request;
        connection.server(this);
        connection.up.receiver(frame -> loop.arrive(() -> {
            unread.add(frame);
            readOn();
        }));
        connection.down.consumed(this::writable);
    }

    private void writable() {
        if (!queue.isEmpty()) {
            loop.arrive(this::flush);
        }
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
            List<Header> headers, int limit, @Nullable PerMessageDeflate compression, MessageListener receiver) {
        run(() -> {
            if (answered || gone) {
                return;
            }
            answered = true;
            listener = receiver;
            maxMessageSize = limit;
            if (simulation.dice.permille(500)) {
                open();
            } else {
                loop.execute(this::open);
            }
        });
    }

    private void open() {
        if (gone) {
            return;
        }
        opened = true;
        connection.down.send(ACCEPTED, 200);
        MessageListener open = listener;
        if (open != null) {
            open.onOpen(this);
        }
    }

    @Override
    public void reject(HostResponse response) {
        run(() -> {
            if (!answered && !gone) {
                answered = true;
                gone = true;
                connection.down.send(response, 200 + response.body().length);
            }
        });
    }

    private void run(Runnable action) {
        if (loop.inLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }

    @Override
    public void onConnectionLost(Runnable action) {
        run(() -> {
            lost = action;
            if (gone && !opened) {
                action.run();
            }
        });
    }

    private void readOn() {
        while (!paused && !unread.isEmpty()) {
            onFrame(unread.remove());
        }
    }

    private void onFrame(Object frame) {
        MessageListener open = listener;
        if (gone || open == null) {
            return;
        }
        if (frame == CLOSE) {
            if (!closing) {
                queue.add(CLOSE);
                flush();
            }
            end(1000, null);
        } else if (closing) {
            return; // the host has sent its close frame
        } else if (frame instanceof byte[] data) {
            if (data.length > maxMessageSize) {
                close(1009, "");
            } else {
                open.onBinary(data.clone());
            }
        } else if (frame instanceof String text) {
            byte[] data = text.getBytes(StandardCharsets.UTF_8);
            if (data.length > maxMessageSize) {
                close(1009, "");
            } else {
                open.onText(data);
            }
        }
    }

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        simulation.check(loop.inLoop(), "a WebSocket is written to outside its loop");
        if (gone || closing) {
            return;
        }
        Object frame = payload;
        if (!binary) {
            String text = new String(payload, StandardCharsets.UTF_8);
            frame = prefix == NO_PREFIX ? text : (char) prefix + text;
        }
        queue.add(frame);
        pending += size(frame);
        flushLater();
    }

    private static int size(Object frame) {
        return frame instanceof byte[] data ? data.length : frame instanceof String text ? text.length() : 2;
    }

    private void flushLater() {
        if (!flushing) {
            flushing = true;
            loop.atEndOfTurn(this::flush);
        }
    }

    private void flush() {
        flushing = false;
        while (!queue.isEmpty() && connection.down.bytes() < WINDOW) {
            Object frame = queue.remove();
            connection.down.send(frame, size(frame));
            if (frame != CLOSE) {
                pending -= size(frame);
                written = true;
            }
        }
        if (written && pending == 0 && !gone) {
            written = false;
            MessageListener open = listener;
            if (open != null) {
                open.onDrained();
            }
        }
    }

    @Override
    public long pendingBytes() {
        return pending;
    }

    @Override
    public void autoRead(boolean on) {
        simulation.check(loop.inLoop(), "reading is changed off the loop");
        paused = !on;
        connection.up.pause(!on);
        if (on && !unread.isEmpty()) {
            loop.execute(this::readOn);
        }
    }

    @Override
    public void close(int code, String reason) {
        simulation.check(loop.inLoop(), "a WebSocket is closed outside its loop");
        if (gone || closing) {
            return;
        }
        closing = true;
        autoRead(true);
        queue.add(CLOSE);
        flushLater();
        closeTimer = loop.schedule(() -> end(1006, null), CLOSE_TIMEOUT);
    }

    @Override
    public void abort() {
        run(() -> {
            if (!gone && !opened) {
                gone = true;
                answered = true;
                connection.closeBy(this);
            } else {
                end(1006, new IOException("aborted"));
            }
        });
    }

    @Override
    public void onLost() {
        loop.arrive(() -> end(1006, simulation.dice.permille(500) ? new IOException("connection reset") : null));
    }

    private void end(int code, @Nullable Throwable error) {
        if (gone) {
            return;
        }
        gone = true;
        if (closeTimer != null) {
            closeTimer.cancel();
        }
        if (code == 1000) {
            // the close frame is sent before the connection is closed
            simulation.after(Duration.ofMillis(50).toNanos(), "linger", () -> connection.closeBy(this));
        } else {
            connection.closeBy(this);
        }
        MessageListener open = listener;
        if (opened && open != null) {
            open.onClose(code, error);
        } else {
            lost.run();
        }
    }
}
