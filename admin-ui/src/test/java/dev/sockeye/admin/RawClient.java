package dev.sockeye.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.SocketIoServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A client that sends raw packets over a WebSocket and records all received packets, in order. */
final class RawClient implements AutoCloseable, WebSocket.Listener {
    static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<String> received = new ArrayList<>();
    private final StringBuilder part = new StringBuilder();
    private final WebSocket socket;
    private boolean closed;
    private int binaries;

    private RawClient(SocketIoServer io, String query, String... headers) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        socket = builder.buildAsync(
                        URI.create("ws://localhost:" + io.port() + io.path() + "/?EIO=4&transport=websocket" + query),
                        this)
                .join();
    }

    static RawClient open(SocketIoServer io, String... headers) {
        return new RawClient(io, "", headers);
    }

    static RawClient upgrading(SocketIoServer io, String sid) {
        return new RawClient(io, "&sid=" + sid);
    }

    /** A client in the namespace {@code /}. */
    static RawClient connect(SocketIoServer io, String... headers) {
        RawClient client = open(io, headers);
        client.join("/", "");
        return client;
    }

    /** An admin, where no login is needed. */
    static RawClient admin(SocketIoServer io) {
        RawClient client = open(io);
        assertThat(client.join("/admin", "")).startsWith("40/admin,");
        return client;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            String text = part.toString();
            part.setLength(0);
            if (text.equals("2")) {
                socket.sendText("3", true);
            } else {
                keep(text);
            }
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
        synchronized (this) {
            binaries++;
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        return null;
    }

    private synchronized void keep(String text) {
        received.add(text);
        notifyAll();
    }

    void send(String packet) {
        socket.sendText(packet, true).join();
    }

    /** Joins a namespace; the answer of the server. */
    String join(String namespace, String auth) {
        String infix = namespace.equals("/") ? "" : namespace + ",";
        send("40" + infix + auth);
        return take(text -> text.startsWith("40" + infix) || text.startsWith("44" + infix), "an answer to CONNECT");
    }

    /** The id of the socket in an answer to CONNECT. */
    static String sid(String answer) {
        return JSON.readTree(answer.substring(answer.indexOf('{'))).get("sid").asString();
    }

    String take(Predicate<String> wanted, String what) {
        long end = System.nanoTime() + LIMIT.toNanos();
        synchronized (this) {
            while (true) {
                for (int i = 0; i < received.size(); i++) {
                    if (wanted.test(received.get(i))) {
                        return received.remove(i);
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                assertThat(left).as("waiting for %s, had %s", what, received).isPositive();
                try {
                    wait(left);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** The arguments of the next event with this name in {@code /admin} that fits. */
    JsonNode event(String name, Predicate<JsonNode> wanted) {
        String text = take(packet -> eventIn(packet, name, wanted), "the event " + name);
        return arguments(text);
    }

    JsonNode event(String name) {
        return event(name, args -> true);
    }

    private static boolean eventIn(String packet, String name, Predicate<JsonNode> wanted) {
        return packet.matches("(?s)4(2|5\\d+-)/admin,\\[\"" + name + "\".*") && wanted.test(arguments(packet));
    }

    private static JsonNode arguments(String packet) {
        var all = (tools.jackson.databind.node.ArrayNode) JSON.readTree(packet.substring(packet.indexOf('[')));
        all.remove(0);
        return all;
    }

    synchronized List<String> received() {
        return List.copyOf(received);
    }

    synchronized int binaries() {
        return binaries;
    }

    synchronized boolean closed() {
        return closed;
    }

    @Override
    public void close() {
        socket.abort();
    }
}
