package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A client on an in-memory WebSocket. Records each message: text unchanged, binary in hex after {@code #}. */
public final class FakeClient implements WebSocketUpgrade, MessageConnection {
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");
    private static final Pattern PID = Pattern.compile("\"pid\":\"([^\"]+)\"");

    private final FakeLoop loop;
    private final HostRequest request;
    private final List<String> received = new ArrayList<>();
    private final List<Boolean> compressFlags = new ArrayList<>();
    private final List<byte[]> payloads = new ArrayList<>();
    private @Nullable MessageListener listener;
    private boolean closed;
    private boolean reading = true;
    private long pending;
    private boolean stuck;
    private boolean rejected;
    private String engineSid = "";

    public FakeClient(FakeLoop loop, HostRequest request) {
        this.loop = loop;
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
            List<HostResponse.Header> headers,
            int maxMessageSize,
            @Nullable PerMessageDeflate compression,
            MessageListener given) {
        listener = given;
        given.onOpen(this);
        loop.run();
        String open = received.remove(0);
        assertThat(open).startsWith("0{");
        Matcher matcher = SID.matcher(open);
        assertThat(matcher.find()).isTrue();
        engineSid = matcher.group(1);
        compressFlags.clear();
        payloads.clear();
    }

    @Override
    public void reject(HostResponse response) {
        rejected = true;
    }

    @Override
    public synchronized void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        String head = prefix == NO_PREFIX ? "" : String.valueOf((char) prefix);
        received.add(
                binary ? "#" + HexFormat.of().formatHex(payload) : head + new String(payload, StandardCharsets.UTF_8));
        compressFlags.add(compress);
        payloads.add(payload);
        if (pending == 0) {
            loop.execute(this::flush);
        }
        pending += payload.length;
    }

    /** At the end of a turn the loop writes. */
    private void flush() {
        if (!stuck && pending > 0) {
            pending = 0;
            if (!closed) {
                listener().onDrained();
            }
        }
    }

    @Override
    public long pendingBytes() {
        return pending;
    }

    @Override
    public void autoRead(boolean on) {
        reading = on;
    }

    @Override
    public void close(int code, String reason) {
        gone(code);
    }

    @Override
    public void abort() {
        if (listener != null) {
            gone(1006);
        } else {
            rejected = true;
        }
    }

    @Override
    public void onConnectionLost(Runnable action) {}

    /** The connection ends. */
    public void gone(int code) {
        if (!closed) {
            closed = true;
            loop.execute(() -> listener().onClose(code, null));
        }
    }

    /** The client goes. */
    public void drop() {
        gone(1006);
        loop.run();
    }

    /** From now on the peer reads nothing. */
    public void stick() {
        stuck = true;
    }

    public void unstick() {
        stuck = false;
        flush();
        loop.run();
    }

    public FakeClient text(String message) {
        listener().onText(message.getBytes(StandardCharsets.UTF_8));
        loop.run();
        return this;
    }

    public FakeClient binary(String hex) {
        listener().onBinary(HexFormat.of().parseHex(hex));
        loop.run();
        return this;
    }

    /** Joins a namespace and returns the id of the socket. */
    public String join(String namespace) {
        String nsp = namespace.equals("/") ? "" : namespace + ",";
        text("40" + nsp);
        String answer = next();
        assertThat(answer).startsWith("40" + nsp + "{");
        return sid(answer);
    }

    public static String sid(String answer) {
        Matcher matcher = SID.matcher(answer);
        assertThat(matcher.find()).as("sid in " + answer).isTrue();
        return matcher.group(1);
    }

    public static String pid(String answer) {
        Matcher matcher = PID.matcher(answer);
        assertThat(matcher.find()).as("pid in " + answer).isTrue();
        return matcher.group(1);
    }

    /** The next message received. */
    public synchronized String next() {
        loop.run();
        assertThat(received).as("messages").isNotEmpty();
        return received.remove(0);
    }

    /** All messages received and not taken yet. */
    public synchronized List<String> messages() {
        loop.run();
        List<String> all = List.copyOf(received);
        received.clear();
        return all;
    }

    public List<Boolean> compressFlags() {
        return compressFlags;
    }

    public List<byte[]> payloads() {
        return payloads;
    }

    public String engineSid() {
        return engineSid;
    }

    public boolean closed() {
        loop.run();
        return closed;
    }

    public boolean reading() {
        return reading;
    }

    public boolean rejected() {
        return rejected;
    }

    private MessageListener listener() {
        assertThat(listener).as("an open WebSocket").isNotNull();
        return listener;
    }
}
