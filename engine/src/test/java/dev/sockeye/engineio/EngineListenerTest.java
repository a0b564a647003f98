package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.socketio.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A listener of all sessions of a server. */
class EngineListenerTest {
    private final Bench bench = new Bench();
    private final List<String> seen = new ArrayList<>();
    private final EngineListener listener = new EngineListener() {
        @Override
        public void onOpen(EngineSocket session) {
            seen.add("open " + session.transport());
        }

        @Override
        public void onUpgrade(EngineSocket session, String transport) {
            seen.add("upgrade " + transport);
        }

        @Override
        public void onClose(EngineSocket session, CloseReason reason, @Nullable Object description) {
            seen.add("close " + reason.text());
        }

        @Override
        public void onReceived(EngineSocket session, int bytes) {
            seen.add("received " + bytes);
        }

        @Override
        public void onSent(EngineSocket session, int bytes) {
            seen.add("sent " + bytes);
        }

        @Override
        public void onReadingPaused(EngineSocket session, boolean paused) {
            seen.add("paused " + paused);
        }
    };

    @Test
    void receivesTheLifecycleEventsAndMessageSizesOfASession() {
        bench.server.addListener(listener);
        String sid = bench.open();
        bench.post(sid, "4é\u001ebAQIDBA==");
        bench.send("abc");
        bench.session().pauseReading(true);
        bench.session().pauseReading(false);
        FakeUpgrade socket = bench.webSocket(sid);
        socket.text("2probe");
        socket.text("5");
        bench.loop.execute(() -> bench.session().send(List.of(Message.binary(new byte[7])), true, null));
        bench.loop.execute(() -> bench.session().close());
        assertThat(seen)
                .containsExactly(
                        "open polling",
                        "received 2",
                        "received 4",
                        "sent 3",
                        "paused true",
                        "paused false",
                        "upgrade websocket",
                        "sent 7",
                        "close forced close");
    }

    @Test
    void anErrorOfAListenerAffectsNeitherTheSessionNorTheOtherListeners() {
        bench.server.addListener(new EngineListener() {
            @Override
            public void onReceived(EngineSocket session, int bytes) {
                throw new LinkageError("expected in the log of this test");
            }

            @Override
            public void onSent(EngineSocket session, int bytes) {
                throw new LinkageError("expected in the log of this test");
            }
        });
        bench.server.addListener(listener);
        String sid = bench.open();
        assertThat(bench.post(sid, "4abc").text()).isEqualTo("ok");
        bench.send("abcd");
        assertThat(seen).containsExactly("open polling", "received 3", "sent 4");
    }

    @Test
    void receivesNoEventsOnceRemoved() {
        bench.server.addListener(listener);
        bench.open();
        bench.server.removeListener(listener);
        bench.send("abc");
        assertThat(seen).containsExactly("open polling");
    }

    @Test
    void closingARegistrationRemovesItsHook() {
        List<String> calls = new ArrayList<>();
        EngineServer server = bench.server;
        List<Registration> registrations = List.of(
                server.addListener(listener),
                server.onSession(session -> calls.add("session")),
                server.onConnection(session -> calls.add("connection")),
                server.onConnectionError(error -> calls.add("error")),
                server.onInitialHeaders((headers, request) -> calls.add("initial")),
                server.onHeaders((headers, request) -> calls.add("headers")),
                server.use((request, headers, chain) -> {
                    calls.add("middleware");
                    chain.next();
                }));
        bench.get("?EIO=4&transport=polling&sid=unknown");
        bench.open();
        assertThat(calls).contains("session", "connection", "error", "initial", "headers", "middleware");
        assertThat(seen).isNotEmpty();
        calls.clear();
        seen.clear();
        registrations.forEach(Registration::close);
        bench.get("?EIO=4&transport=polling&sid=unknown");
        bench.open();
        assertThat(calls).isEmpty();
        assertThat(seen).isEmpty();
    }

    @Test
    void closingARegistrationTwiceRemovesOnlyOneListener() {
        List<String> calls = new ArrayList<>();
        Consumer<ConnectionError> same = error -> calls.add("error");
        Registration first = bench.server.onConnectionError(same);
        bench.server.onConnectionError(same);
        first.close();
        first.close();
        bench.get("?EIO=4&transport=polling&sid=unknown");
        assertThat(calls).containsExactly("error");
    }

    @Test
    void anObserverMayRemoveItselfDuringAnEvent() {
        List<String> calls = new ArrayList<>();
        bench.open();
        Registration[] own = new Registration[1];
        own[0] = bench.session().observe(new EngineSocketListener.Observer() {
            @Override
            public void onPacketCreate(EnginePacket packet) {
                calls.add("first");
                own[0].close();
            }
        });
        bench.session().observe(new EngineSocketListener.Observer() {
            @Override
            public void onPacketCreate(EnginePacket packet) {
                calls.add("second");
            }
        });
        bench.send("a");
        bench.send("b");
        assertThat(calls).containsExactly("first", "second", "second");
    }
}
