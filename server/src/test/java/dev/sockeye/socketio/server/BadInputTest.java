package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.server.internal.Peek;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BadInputTest {
    private final TestServer server = new TestServer();
    private final List<Object> seen = new ArrayList<>();

    /** What cannot be written as JSON. */
    static final class Unwritable {
        public Object getSelf() {
            throw new IllegalStateException("no");
        }
    }

    @Test
    void aMalformedPacketIsReportedToTheErrorAndDisconnectListeners() {
        server.io.onConnection(socket -> {
            socket.onError(seen::add);
            socket.onDisconnect((reason, details) -> {
                seen.add(reason);
                seen.add(details);
            });
        });
        FakeClient client = server.connect();
        client.text("42[\"a\",}").text("42[\"never seen\"]");
        assertThat(seen).hasSize(3);
        assertThat(seen.get(0)).isInstanceOfSatisfying(DecodeException.class, error -> {
            assertThat(error).hasMessage("invalid payload");
            assertThat(error.description()).contains("EVENT packet", "2[\"a\",}");
        });
        assertThat(seen.get(1)).isEqualTo(DisconnectReason.FORCED_CLOSE);
        assertThat(seen.get(2)).isEqualTo(new DisconnectDetails("invalid payload", 0, (Throwable) seen.get(0)));
        assertThat(client.closed()).isTrue();
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    @Test
    void anUnexpectedPacketClosesWebSocketImmediatelyAndPollingAfterQueuedPackets() {
        server.io.onConnection(socket -> socket.onDisconnect((reason, description) -> seen.add(reason)));
        FakeClient client = server.connect();
        client.text("42/other,[\"x\"]").text("42[\"late\"]");
        assertThat(client.closed()).isTrue();
        assertThat(seen).containsExactly(DisconnectReason.FORCED_CLOSE);
        String url = server.poll();
        server.post(url, "40");
        server.post(url, "42/other,[\"x\"]");
        assertThat(seen).containsExactly(DisconnectReason.FORCED_CLOSE, DisconnectReason.FORCED_SERVER_CLOSE);
    }

    @Test
    void anotherAnswerCanBeSentAfterOneThatCannotBeEncoded() {
        server.io.onConnection(socket -> socket.on("q", (args, ack) -> {
            try {
                ack.send(new Unwritable());
            } catch (BindingException e) {
                ack.error("sorry");
            }
            ack.send("too late");
        }));
        FakeClient client = server.connect();
        client.text("421[\"q\"]");
        assertThat(client.messages()).containsExactly("431[{\"error\":\"sorry\"}]");
    }
}
