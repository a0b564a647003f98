package dev.sockeye.engineio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.protocol.EnginePacket.Close;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.engineio.protocol.EnginePacket.Noop;
import dev.sockeye.engineio.protocol.EnginePacket.Open;
import dev.sockeye.engineio.protocol.EnginePacket.Ping;
import dev.sockeye.engineio.protocol.EnginePacket.Pong;
import dev.sockeye.engineio.protocol.EnginePacket.Upgrade;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineCodecTest {

    private static EnginePacket decode(String text) throws EngineDecodeException {
        byte[] bytes = text.getBytes(UTF_8);
        return EngineCodec.decode(bytes, 0, bytes.length);
    }

    private static List<EnginePacket> decodePayload(String body) throws EngineDecodeException {
        List<EnginePacket> packets = new ArrayList<>();
        EngineCodec.decodePayload(body.getBytes(UTF_8), packets::add);
        return packets;
    }

    @Test
    @Tag("eio.engine.io.01")
    void theProtocolRevisionIsFour() {
        assertThat(EngineCodec.PROTOCOL).isEqualTo(4);
    }

    @Test
    @Tag("eiop.index.01")
    void aTextMessageIsEncodedAsFourAndItsText() throws EngineDecodeException {
        assertThat(EngineCodec.encode(Message.text("test"))).asString(UTF_8).isEqualTo("4test");
        assertThat(decode("4test")).isInstanceOfSatisfying(Message.class, message -> {
            assertThat(message.text()).isEqualTo("test");
            assertThat(message.isBinary()).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a123", "7", "9x", "{"})
    @Tag("eiop.index.02")
    void anEmptyPacketAndAnUnknownTypeAreParserErrors(String text) {
        assertThatThrownBy(() -> decode(text))
                .isInstanceOf(EngineDecodeException.class)
                .hasMessageStartingWith("parser error");
    }

    @Test
    @Tag("eiop.index.03")
    void packetsOfAPayloadAreJoinedByTheSeparator() throws EngineDecodeException {
        List<EnginePacket> packets =
                List.of(new Open(""), new Close(), new Ping("probe"), new Pong("probe"), Message.text("test"));
        String body = "0\u001e1\u001e2probe\u001e3probe\u001e4test";
        assertThat(EngineCodec.encodePayload(packets)).asString(UTF_8).isEqualTo(body);
        List<EnginePacket> decoded = decodePayload(body);
        assertThat(decoded.subList(0, 4)).isEqualTo(packets.subList(0, 4));
        assertThat(((Message) decoded.get(4)).text()).isEqualTo("test");
        assertThat(decodePayload("5\u001e6")).containsExactly(new Upgrade(), new Noop());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{}", "[\"a123\", \"a456\"]", "", "\u001e", "4a\u001e"})
    @Tag("eiop.index.04")
    void aMalformedPayloadIsAParserError(String body) {
        assertThatThrownBy(() -> decodePayload(body))
                .isInstanceOf(EngineDecodeException.class)
                .hasMessageStartingWith("parser error");
    }

    @Test
    void packetsBeforeAMalformedOneAreDelivered() {
        List<EnginePacket> packets = new ArrayList<>();
        assertThatThrownBy(() -> EngineCodec.decodePayload("4a\u001ex\u001e4b".getBytes(UTF_8), packets::add))
                .isInstanceOf(EngineDecodeException.class);
        assertThat(packets).hasSize(1);
    }

    @Test
    @Tag("eiop.node.02")
    void aBinaryMessageIsEncodedAsBase64Text() throws EngineDecodeException {
        byte[] data = {1, 2, 3, 4};
        assertThat(EngineCodec.encode(Message.binary(data))).asString(UTF_8).isEqualTo("bAQIDBA==");
        Message decoded = (Message) decode("bAQIDBA==");
        assertThat(decoded.isBinary()).isTrue();
        assertThat(decoded.data()).containsExactly(1, 2, 3, 4);
    }

    @Test
    @Tag("eiop.node.08")
    void aPayloadMayMixTextAndBinary() throws EngineDecodeException {
        List<EnginePacket> packets = List.of(Message.text("test"), Message.binary(new byte[] {1, 2, 3, 4}));
        assertThat(EngineCodec.encodePayload(packets)).asString(UTF_8).isEqualTo("4test\u001ebAQIDBA==");
        List<EnginePacket> decoded = decodePayload("4test\u001ebAQIDBA==");
        assertThat(((Message) decoded.get(0)).text()).isEqualTo("test");
        assertThat(((Message) decoded.get(1)).data()).containsExactly(1, 2, 3, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"b-_-_", "b+/+/", "b+ /\n+!/", "b+/+/===AAAA"})
    void base64IsDecodedAsLenientlyAsByTheReference(String text) throws EngineDecodeException {
        assertThat(((Message) decode(text)).data()).containsExactly(0xfb, 0xff, 0xbf);
    }

    @Test
    void theConsumerCanStopDecodingAPayload() throws EngineDecodeException {
        List<EnginePacket> packets = new ArrayList<>();
        EngineCodec.decodePayload("1\u001e4late".getBytes(UTF_8), packet -> {
            packets.add(packet);
            return false;
        });
        assertThat(packets).containsExactly(new Close());
    }
}
