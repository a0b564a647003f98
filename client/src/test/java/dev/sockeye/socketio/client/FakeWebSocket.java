package dev.sockeye.socketio.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sockeye.socketio.client.transport.MessageConnection;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A WebSocket of the client; the test is the server. Messages that arrive while the client does not read are queued, as in a network. */
final class FakeWebSocket implements MessageConnection {
    private final Bench bench;
    private final Listener listener;
    private final ArrayDeque<Runnable> incoming = new ArrayDeque<>();
    /** The messages sent by the client: text unchanged, binary as {@code hex:}. */
    final List<String> frames = new ArrayList<>();
    /** The number of flushes. */
    int flushes;

    /** Whether sent messages wait for {@link #drain()}. */
    boolean slow;

    String uri;
    Map<String, String> headers = Map.of();
    private boolean reading = true;
    private boolean open;
    private boolean closed;

    FakeWebSocket(Bench bench, Listener listener) {
        this.bench = bench;
        this.listener = listener;
    }

    @Override
    public void open(String path, Map<String, String> given) {
        uri = path;
        headers = given;
    }

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        String text = binary ? "hex:" + HexFormat.of().formatHex(payload) : new String(payload, UTF_8);
        frames.add(prefix == NO_PREFIX ? text : (char) prefix + text);
    }

    @Override
    public void flush() {
        flushes++;
        if (!slow) {
            drain();
        }
    }

    /** The network accepts the queued messages. */
    void drain() {
        bench.loop.execute(() -> {
            if (!closed) {
                listener.onFlushed();
            }
        });
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        if (on) {
            bench.loop.execute(this::deliver);
        }
    }

    boolean isReading() {
        return reading;
    }

    /** How many messages the client has not read. */
    int waiting() {
        return incoming.size();
    }

    @Override
    public void close(boolean farewell) {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /** The server answers with 101. */
    FakeWebSocket begin() {
        bench.loop.execute(() -> {
            open = true;
            listener.onOpen(List.of());
        });
        return this;
    }

    /** The server is not there. */
    void refuse() {
        bench.loop.execute(() -> listener.onFailed(new ConnectException("refused")));
    }

    /** The server answers with 101 and the handshake. */
    FakeWebSocket accept() {
        begin();
        return text(
                "0{\"sid\":\"engine\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}");
    }

    FakeWebSocket text(String frame) {
        byte[] data = frame.getBytes(UTF_8);
        return incoming(() -> listener.onText(data));
    }

    /** The server closes the connection after its messages. */
    void end() {
        incoming(() -> {
            closed = true;
            listener.onClosed(1006, "");
        });
    }

    private FakeWebSocket incoming(Runnable message) {
        incoming.add(message);
        bench.loop.execute(this::deliver);
        return this;
    }

    private void deliver() {
        while (open && reading && !closed && !incoming.isEmpty()) {
            incoming.remove().run();
        }
    }
}
