package dev.sockeye.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An engine between a fake host and recording listeners. Interval 300 ms, timeout 200 ms. */
final class Bench {
    final FakeLoop loop = new FakeLoop();
    final EngineServer server;
    final List<EngineSocket> sessions = new ArrayList<>();
    final List<RecordingListener> listeners = new ArrayList<>();
    final List<ConnectionError> errors = new ArrayList<>();
    final RecordingListener observer = new RecordingListener();
    /** The tasks passed to other threads. */
    final List<Runnable> helped = new ArrayList<>();

    boolean observing;

    Bench() {
        this(options -> {});
    }

    Bench(Consumer<EngineOptions.Builder> configuration) {
        EngineOptions.Builder builder =
                EngineOptions.builder().pingInterval(Duration.ofMillis(300)).pingTimeout(Duration.ofMillis(200));
        configuration.accept(builder);
        server = new EngineServer(builder.build(), helped::add);
        server.onConnectionError(errors::add);
        server.onConnection(session -> {
            RecordingListener listener = new RecordingListener();
            session.listen(listener);
            if (observing) {
                session.observe(observer);
            }
            sessions.add(session);
            listeners.add(listener);
        });
    }

    RecordingExchange request(String method, String query, String body, String... headers) {
        return request(loop, method, query, body.getBytes(UTF_8), false, headers);
    }

    RecordingExchange request(FakeLoop on, String method, String query, byte[] body, boolean slow, String... headers) {
        FakeRequest request = FakeRequest.of(method, "/engine.io/" + query, headers);
        RecordingExchange exchange = new RecordingExchange(request, on, body, slow);
        on.execute(() -> server.handle(exchange));
        return exchange;
    }

    RecordingExchange get(String query, String... headers) {
        return request("GET", query, "", headers);
    }

    /** A polling handshake of protocol 4. */
    RecordingExchange handshake(String... headers) {
        return get("?EIO=4&transport=polling", headers);
    }

    /** Opens a polling session and returns its id. */
    String open() {
        int before = sessions.size();
        RecordingExchange exchange = handshake();
        assertThat(exchange.status()).isEqualTo(200);
        return sessions.get(before).id();
    }

    RecordingExchange poll(String sid) {
        return get("?EIO=4&transport=polling&sid=" + sid);
    }

    RecordingExchange post(String sid, String body, String... headers) {
        return request("POST", "?EIO=4&transport=polling&sid=" + sid, body, headers);
    }

    FakeUpgrade upgrade(String query, String... headers) {
        return upgrade(loop, query, headers);
    }

    FakeUpgrade upgrade(FakeLoop on, String query, String... headers) {
        return upgrade(on, query, upgrade -> {}, headers);
    }

    FakeUpgrade upgrade(FakeLoop on, String query, Consumer<FakeUpgrade> host, String... headers) {
        FakeUpgrade upgrade = new FakeUpgrade(FakeRequest.of("GET", "/engine.io/" + query, headers), on);
        host.accept(upgrade);
        on.execute(() -> server.handleUpgrade(upgrade));
        return upgrade;
    }

    /** A request for a WebTransport session. */
    FakeUpgrade webTransport(FakeLoop on, String... headers) {
        FakeUpgrade session = new FakeUpgrade(FakeRequest.of("CONNECT", "/engine.io/", headers), on);
        on.execute(() -> server.handleWebTransport(session));
        return session;
    }

    /** A WebSocket of protocol 4; a new session, or a candidate for one. */
    FakeUpgrade webSocket(@Nullable String sid) {
        return upgrade("?EIO=4&transport=websocket" + (sid == null ? "" : "&sid=" + sid));
    }

    /** Opens a session and upgrades it. */
    FakeUpgrade openUpgraded() {
        String sid = open();
        FakeUpgrade socket = webSocket(sid);
        socket.text("2probe");
        socket.text("5");
        assertThat(session().transport()).isEqualTo("websocket");
        return socket;
    }

    EngineSocket session() {
        return sessions.get(sessions.size() - 1);
    }

    RecordingListener listener() {
        return listeners.get(listeners.size() - 1);
    }

    ConnectionError error() {
        return errors.get(errors.size() - 1);
    }

    void send(String... texts) {
        loop.execute(() -> session().send(messages(texts), true, null));
    }

    static List<Message> messages(String... texts) {
        return Arrays.stream(texts).map(Message::text).toList();
    }

    /** Nothing may be left of ended sessions. */
    void assertNothingLeft() {
        assertThat(server.clientsCount()).isZero();
        assertThat(loop.timers()).as("timers").isZero();
    }
}
