package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.server.internal.Peek;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A parser of the application that throws an error, or a stack that is too deep for the standard one. */
class FailingParserTest implements Parser {
    private final Parser json = JsonParser.create();
    private final List<String> seen = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private String failing = "";
    private final TestServer server = new TestServer(options -> options.parser(this));

    FailingParserTest() {
        server.io.onConnection(socket -> {
            sockets.add(socket);
            socket.onDisconnect((reason, details) -> seen.add("disconnect " + reason));
        });
    }

    private void check(String call) {
        if (failing.equals(call)) {
            throw new LinkageError("expected in the log of this test");
        }
    }

    @Override
    public EncodedPacket encode(SocketPacket packet) {
        check(packet.getClass().getSimpleName());
        return json.encode(packet);
    }

    @Override
    public Decoder newDecoder() {
        check("newDecoder");
        Decoder decoder = json.newDecoder();
        return new Decoder() {
            @Override
            public @Nullable SocketPacket text(byte[] buffer, int offset, int length) throws DecodeException {
                return decoder.text(buffer, offset, length);
            }

            @Override
            public @Nullable SocketPacket binary(byte[] data) throws DecodeException {
                return decoder.binary(data);
            }

            @Override
            public void reset() {
                check("reset");
                decoder.reset();
            }
        };
    }

    @Test
    void aConnectionWithoutADecoderIsClosed() {
        failing = "newDecoder";
        assertThat(server.open().closed()).isTrue();
        assertThat(server.io.engine().clientsCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSocketLeavesEvenIfItsDisconnectPacketCannotBeEncoded(boolean close) {
        server.io.of("/other");
        FakeClient client = server.connect();
        client.join("/other");
        failing = "Disconnect";
        assertThatThrownBy(() -> sockets.get(0).disconnect(close)).isInstanceOf(LinkageError.class);
        assertThat(client.closed()).isEqualTo(close);
        assertThat(seen).hasSize(1);
        assertThat(Peek.members(server.io.sockets())).isZero();
        assertThat(Peek.members(server.io.of("/other"))).isEqualTo(close ? 0 : 1);
    }

    @Test
    void aSocketLeavesEvenIfTheDecoderOfItsConnectionCannotBeReset() {
        FakeClient client = server.connect();
        failing = "reset";
        client.drop();
        assertThat(seen).containsExactly("disconnect transport close");
        assertThat(Peek.members(server.io.sockets())).isZero();
    }

    @Test
    void aMalformedPacketEndsTheConnectionEvenIfTheDecoderCannotBeReset() {
        FakeClient client = server.connect();
        failing = "reset";
        client.text("4abc");
        assertThat(client.closed()).isTrue();
        assertThat(seen).containsExactly("disconnect forced close");
        assertThat(Peek.members(server.io.sockets())).isZero();
    }
}
