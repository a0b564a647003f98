package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.NodeForward.Outcome;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Forwards messages between a client's WebSocket and a WebSocket to the server of its session. Each side is read no
 * faster than the other one writes. If nothing was read from the server for as long as a heartbeat may take, at most for
 * twice that time, the bridge is closed: the server does not respond, or the client does not read. Fields are confined
 * to the client's loop, except the incomplete message, which is confined to the thread of the JDK's client.
 */
final class WebSocketBridge implements MessageListener, WebSocket.Listener {
    private static final long MUCH = 256 * 1024;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final int TRY_AGAIN_LATER = 1013;

    private record Message(boolean binary, byte[] data) {}

    private final WebSocketUpgrade upgrade;
    private final Forward forward;
    private final EngineLoop loop;
    private @Nullable WebSocket node;
    private @Nullable MessageConnection client;
    private final ArrayDeque<Message> waiting = new ArrayDeque<>(0);
    private long waitingBytes;
    private boolean sending;
    private boolean paused;
    private boolean nodeWaits;
    private boolean clientGone;
    private int closeCode;
    private boolean alive = true; // something was read from the server since the last check
    private EngineLoop.@Nullable Timer next; // the next check, or the end of closing
    private boolean over;

    // the thread of the JDK's client
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream(0);

    WebSocketBridge(WebSocketUpgrade upgrade, Forward forward) {
        this.upgrade = upgrade;
        this.forward = forward;
        this.loop = upgrade.loop();
    }

    boolean over() {
        return over;
    }

    /** The client has disconnected before it received a response. */
    void clientLost() {
        end();
    }

    /** The connection to the other server was opened. */
    void join(WebSocket opened) {
        node = opened;
        if (over) {
            opened.abort();
            return;
        }
        check();
        EngineOptions options = forward.options();
        try {
            upgrade.accept(List.of(), options.maxHttpBufferSize(), options.perMessageDeflate(), this);
        } catch (RuntimeException | Error e) {
            end();
            upgrade.abort();
            throw e;
        }
    }

    private void check() {
        if (alive) {
            alive = false;
            next = loop.schedule(this::check, forward.answerTimeout());
        } else {
            lostNode();
        }
    }

    /** Runs once, on the first of several events. */
    private void end() {
        if (!over) {
            over = true;
            waiting.clear();
            forward.hold(-waitingBytes);
            waitingBytes = 0;
            if (next != null) {
                next.cancel();
            }
            forward.answered(Outcome.DONE);
            WebSocket open = node;
            if (open != null) {
                open.abort();
            }
        }
    }

    // ---- from the client to the server

    @Override
    public void onOpen(MessageConnection connection) {
        client = connection;
        WebSocket open = node;
        if (over || open == null) {
            connection.abort();
        } else {
            open.request(1);
        }
    }

    @Override
    public void onText(byte[] utf8) {
        enqueue(new Message(false, utf8));
    }

    @Override
    public void onBinary(byte[] data) {
        enqueue(new Message(true, data));
    }

    private void enqueue(Message message) {
        if (over) {
            return;
        }
        waiting.add(message);
        waitingBytes += message.data.length;
        MessageConnection from = client;
        if (!forward.hold(message.data.length)) {
            client = null;
            end();
            if (from != null) {
                from.close(TRY_AGAIN_LATER, "");
            }
            return;
        }
        if (waitingBytes > MUCH && !paused && from != null) {
            paused = true;
            from.autoRead(false);
        }
        sendNext();
    }

    private void sendNext() {
        WebSocket to = node;
        if (sending || over || to == null) {
            return;
        }
        Message next = waiting.poll();
        if (next == null) {
            if (clientGone) {
                closeNode(to);
            }
            return;
        }
        sending = true;
        var unused = (next.binary
                        ? to.sendBinary(ByteBuffer.wrap(next.data), true)
                        : to.sendText(new String(next.data, StandardCharsets.UTF_8), true))
                .whenComplete((sent, error) -> loop.execute(() -> {
                    sending = false;
                    if (error != null) {
                        lostNode();
                    } else if (!over) {
                        waitingBytes -= next.data.length;
                        forward.hold(-next.data.length);
                        MessageConnection from = client;
                        if (paused && waitingBytes < MUCH / 4 && from != null) {
                            paused = false;
                            from.autoRead(true);
                        }
                        sendNext();
                    }
                }));
    }

    private void closeNode(WebSocket to) {
        int code = closeCode == 1000 || closeCode >= 3000 ? closeCode : WebSocket.NORMAL_CLOSURE;
        var unused = to.sendClose(code, "").whenComplete((sent, error) -> {
            if (error != null) {
                loop.execute(this::end);
            }
        });
    }

    @Override
    public void onDrained() {
        WebSocket from = node;
        if (nodeWaits && from != null) {
            nodeWaits = false;
            from.request(1);
        }
    }

    @Override
    public void onClose(int code, @Nullable Throwable error) {
        client = null;
        if (over) {
            return;
        }
        WebSocket to = node;
        if (code == 1006 || error != null || to == null) {
            end();
        } else {
            clientGone = true;
            closeCode = code;
            if (next != null) {
                next.cancel();
            }
            next = loop.schedule(this::end, CLOSE_TIMEOUT);
            to.request(Long.MAX_VALUE); // up to its close frame
            sendNext();
        }
    }

    // ---- from the server to the client

    @Override
    public void onOpen(WebSocket opened) {
        // read when the client is connected
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            byte[] message = text.toString().getBytes(StandardCharsets.UTF_8);
            text.setLength(0);
            text.trimToSize();
            pass(from, false, message);
        } else {
            from.request(1);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        if (last && binary.size() == 0) {
            pass(from, true, bytes);
        } else {
            binary.writeBytes(bytes);
            if (last) {
                byte[] message = binary.toByteArray();
                binary.reset();
                pass(from, true, message);
            } else {
                from.request(1);
            }
        }
        return null;
    }

    private void pass(WebSocket from, boolean isBinary, byte[] message) {
        loop.execute(() -> {
            alive = true;
            MessageConnection to = client;
            if (to != null) {
                to.send(isBinary, MessageConnection.NO_PREFIX, message, true);
                if (to.pendingBytes() > MUCH) {
                    nodeWaits = true;
                } else {
                    from.request(1);
                }
            }
        });
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        loop.execute(() -> {
            MessageConnection to = client;
            if (to != null) {
                to.close(code == 1006 ? MessageConnection.NO_STATUS : code, reason);
            }
            end();
        });
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        loop.execute(this::lostNode);
    }

    /** The connection to the other server failed. */
    private void lostNode() {
        MessageConnection to = client;
        client = null;
        end();
        if (to != null) {
            to.abort();
        }
    }
}
