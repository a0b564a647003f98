package dev.sockeye.engineio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.engineio.protocol.EnginePacket.Ping;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineCodecV3Test {

    private static List<String> decodeText(String body) throws EngineDecodeException {
        List<String> packets = new ArrayList<>();
        EngineCodecV3.decodeTextPayload(body, packet -> packets.add(show(packet)));
        return packets;
    }

    private static List<String> decodeBinary(byte[] body) throws EngineDecodeException {
        List<String> packets = new ArrayList<>();
        EngineCodecV3.decodeBinaryPayload(body, packet -> packets.add(show(packet)));
        return packets;
    }

    private static String show(EnginePacket packet) {
        return packet instanceof Message message && message.isBinary()
                ? HexFormat.of().formatHex(message.data())
                : (char) EngineCodec.type(packet) + new String(EngineCodec.data(packet), UTF_8);
    }

    @Test
    void lengthsInTextPayloadsCountUtf16Units() throws EngineDecodeException {
        String body = EngineCodecV3.encodeTextPayload(List.of(Message.text("€😀"), new Ping("probe")));
        assertThat(body).isEqualTo("4:4€😀6:2probe");
        assertThat(decodeText(body)).containsExactly("4€😀", "2probe");
    }

    @Test
    void binaryInATextPayloadIsBase64WithItsType() throws EngineDecodeException {
        String body = EngineCodecV3.encodeTextPayload(
                List.of(Message.text("hello"), Message.binary(new byte[] {1, 2, 3, 4})));
        assertThat(body).isEqualTo("6:4hello10:b4AQIDBA==");
        assertThat(decodeText(body)).containsExactly("4hello", "01020304");
    }

    @Test
    @Tag("eio.parser.01")
    void lengthsInBinaryPayloadsCountUtf8Bytes() throws EngineDecodeException {
        List<EnginePacket> packets =
                List.of(Message.binary(new byte[] {1, 2, 3, 4}), Message.text("utf8 — string"), Message.text("€"));
        byte[] body = EngineCodecV3.encodeBinaryPayload(packets);
        assertThat(HexFormat.of().formatHex(body))
                .startsWith("0105ff0401020304" + "000106ff34")
                .endsWith("0004ff34e282ac");
        assertThat(decodeBinary(body)).containsExactly("01020304", "4utf8 — string", "4€");
    }

    @Test
    void binaryPayloadsAreFramedAsInTheOfficialTestSuite() {
        byte[] body = EngineCodecV3.encodeBinaryPayload(
                List.of(Message.text("hello"), Message.binary(new byte[] {1, 2, 3, 4})));
        assertThat(HexFormat.of().formatHex(body)).isEqualTo("0006ff3468656c6c6f0105ff0401020304");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "1",
                ":",
                "-1:4",
                "2:4",
                "99999999999999999999:4",
                "1:x",
                "3:4hi5",
                "1.5:4",
                "1 1:4",
                "0x:4",
                "1e:4",
                "1e9:4",
                "Infinity:4",
                "NaN:4"
            })
    void malformedTextPayloadsAreParserErrors(String body) {
        assertThatThrownBy(() -> decodeText(body))
                .isInstanceOf(EngineDecodeException.class)
                .hasMessageStartingWith("parser error");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1:4", "01:4", " 1:4", "1\t:4", "1.0:4", "1.:4", "+1:4", "1e0:4", "10e-1:4", "0x1:4", "0B1:4", "0o1:4"
            })
    void lengthsOfTextPayloadsAreReadLikeNumbersOfJavaScript(String body) throws EngineDecodeException {
        assertThat(decodeText(body)).containsExactly("4");
        assertThat(decodeText("-0: :" + body)).containsExactly("4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "0001", "0009ff34", "00ff", "0180ff", "01010101010101010101010101ff", "0001ff78"})
    void malformedBinaryPayloadsAreParserErrors(String hex) {
        assertThatThrownBy(() -> decodeBinary(HexFormat.of().parseHex(hex)))
                .isInstanceOf(EngineDecodeException.class)
                .hasMessageStartingWith("parser error");
    }

    @Test
    void anEmptyPacketInATextPayloadIsSkipped() throws EngineDecodeException {
        assertThat(decodeText("0:")).isEmpty();
    }

    @Test
    void aBinaryFrameStartsWithItsType() throws EngineDecodeException {
        assertThat(show(EngineCodecV3.decodeBinary(new byte[] {4, 9, 8}, 0, 3))).isEqualTo("0908");
    }

    @Test
    void binaryPacketsOfAnUnknownTypeAreIgnored() throws EngineDecodeException {
        byte[] base64 = "b9AA".getBytes(UTF_8);
        assertThat(EngineCodecV3.decode(base64, 0, base64.length)).isInstanceOf(EnginePacket.Noop.class);
        assertThat(EngineCodecV3.decodeBinary(new byte[] {7, 1}, 0, 2)).isInstanceOf(EnginePacket.Noop.class);
        assertThat(EngineCodecV3.decode(base64, 0, 1)).as("b alone").isInstanceOf(EnginePacket.Noop.class);
        assertThat(EngineCodecV3.decodeBinary(new byte[0], 0, 0)).isInstanceOf(EnginePacket.Noop.class);
    }
}
