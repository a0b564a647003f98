package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.ArrayList;
import java.util.List;
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
    void seesTheLifeOfASessionWithTheBytesOfItsMessages() {
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
    void isNotToldAnythingOnceItIsRemoved() {
        bench.server.addListener(listener);
        bench.open();
        bench.server.removeListener(listener);
        bench.send("abc");
        assertThat(seen).containsExactly("open polling");
    }
}
