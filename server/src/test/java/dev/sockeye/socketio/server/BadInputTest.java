package dev.sockeye.socketio.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.server.internal.Peek;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Fails on some packets in a way that is not allowed. */
    private static final class FailingParser implements Parser {
        private final Parser real = JsonParser.create();

        @Override
        public EncodedPacket encode(SocketPacket packet) {
            return real.encode(packet);
        }

        @Override
        public Decoder newDecoder() {
            Decoder decoder = real.newDecoder();
            return new Decoder() {
                @Override
                public SocketPacket text(byte[] buffer, int offset, int length) throws DecodeException {
                    String text = new String(buffer, offset, length, UTF_8);
                    if (text.contains("exception")) {
                        throw new IllegalStateException("thrown by the test");
                    } else if (text.contains("error")) {
                        throw new LinkageError("thrown by the test");
                    }
                    return decoder.text(buffer, offset, length);
                }

                @Override
                public SocketPacket binary(byte[] data) {
                    throw new LinkageError("thrown by the test");
                }

                @Override
                public void reset() {
                    decoder.reset();
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"42[\"exception\"]", "42[\"error\"]", "bAQID"})
    void aFailureOfACustomParserClosesTheConnection(String packet) {
        TestServer failing = new TestServer(options -> options.parser(new FailingParser()));
        failing.io.onConnection(socket -> {
            socket.onError(seen::add);
            socket.onDisconnect((reason, details) -> seen.add(reason));
        });
        String url = failing.poll();
        failing.post(url, "40");
        assertThat(failing.post(url, packet).status()).isEqualTo(200);
        assertThat(seen).hasSize(2);
        assertThat(seen.get(0)).isInstanceOf(DecodeException.class);
        assertThat(seen.get(1)).isEqualTo(DisconnectReason.FORCED_CLOSE);
    }
}
