package dev.sockeye.socketio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinaryPacketTest {
    private static final String ONE = "{\"_placeholder\":true,\"num\":0}";
    private final JsonParser parser = JsonParser.create();
    private final byte[] abc = "abc".getBytes(UTF_8);
    private final byte[] xyz = "xyz".getBytes(UTF_8);

    private EncodedPacket encode(String namespace, long id, Object... args) {
        return parser.encode(new SocketPacket.Event(namespace, id, "a", Arguments.of(args)));
    }

    private static String head(EncodedPacket packet) {
        return new String(packet.head(), UTF_8);
    }

    private SocketPacket decode(String head, byte[]... attachments) throws DecodeException {
        Parser.Decoder decoder =
                parser.maxAttachments(Math.max(10, attachments.length)).newDecoder();
        byte[] bytes = head.getBytes(UTF_8);
        SocketPacket packet = decoder.text(bytes, 0, bytes.length);
        for (byte[] attachment : attachments) {
            assertThat(packet).isNull();
            packet = decoder.binary(attachment);
        }
        return packet;
    }

    private Arguments event(String head, byte[]... attachments) throws DecodeException {
        return ((SocketPacket.Event) decode(head, attachments)).args();
    }

    private Arguments event(EncodedPacket packet) throws DecodeException {
        return event(head(packet), packet.attachments().toArray(new byte[0][]));
    }

    @Test
    @Tag("siop.arraybuffer.01")
    void aBinaryArgumentBecomesAnAttachment() throws Exception {
        EncodedPacket packet = encode("/", -1, new Object[] {abc});
        assertThat(head(packet)).isEqualTo("51-[\"a\"," + ONE + "]");
        assertThat(packet.attachments()).containsExactly(abc);
        assertThat(packet.size()).isEqualTo(packet.head().length + 3);
        assertThat((byte[]) event(packet).get(0)).isEqualTo(abc);
        assertThat(event(packet).get(0, byte[].class)).isEqualTo(abc);
        assertThat(event(packet).get(0, ByteBuffer.class)).isEqualTo(ByteBuffer.wrap(abc));
    }

    @Test
    @Tag("siop.arraybuffer.02")
    void aBinaryInAMapBecomesAnAttachment() throws Exception {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("array", abc);
        EncodedPacket packet = encode("/", -1, map);
        assertThat(head(packet)).isEqualTo("51-[\"a\",{\"array\":" + ONE + "}]");
        assertThat(((Map<?, ?>) event(packet).get(0)).get("array")).isEqualTo(abc);
    }

    @Test
    @Tag("siop.arraybuffer.03")
    void aByteBufferIsEncodedAsBinary() throws Exception {
        ByteBuffer part = ByteBuffer.wrap("xabcx".getBytes(UTF_8), 1, 3);
        EncodedPacket packet = encode("/", -1, part, part.asReadOnlyBuffer(), ByteBuffer.allocateDirect(2));
        assertThat(packet.attachments()).containsExactly(abc, abc, new byte[2]);
        assertThat(part.remaining()).isEqualTo(3);
        assertThat((byte[]) event(packet).get(0)).isEqualTo(abc);
    }

    record File(String name, byte[] content, List<ByteBuffer> parts) {}

    @Test
    @Tag("siop.arraybuffer.04")
    void nestedBinariesAreNumberedInEncodingOrder() throws Exception {
        EncodedPacket packet =
                encode("/deep", 999, Map.of("b", List.of("c", abc)), new File("f", xyz, List.of(ByteBuffer.wrap(abc))));
        assertThat(head(packet))
                .isEqualTo("53-/deep,999[\"a\",{\"b\":[\"c\"," + ONE
                        + "]},{\"name\":\"f\",\"content\":{\"_placeholder\":true,\"num\":1},"
                        + "\"parts\":[{\"_placeholder\":true,\"num\":2}]}]");
        assertThat(packet.attachments()).containsExactly(abc, xyz, abc);
        File file = event(packet).get(1, File.class);
        assertThat(file.name()).isEqualTo("f");
        assertThat(file.content()).isEqualTo(xyz);
        assertThat(file.parts()).containsExactly(ByteBuffer.wrap(abc));
        assertThat(((List<?>) ((Map<?, ?>) event(packet).get(0)).get("b")).get(1))
                .isEqualTo(abc);
    }

    @Test
    @Tag("siop.arraybuffer.05")
    void nullsAreAllowedNextToBinaries() throws Exception {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", "b");
        map.put("c", null);
        map.put("e", abc);
        EncodedPacket packet = encode("/", -1, map, null, xyz);
        Arguments args = event(packet);
        assertThat(args.get(1)).isNull();
        assertThat(((Map<?, ?>) args.get(0)).get("c")).isNull();
        assertThat(((Map<?, ?>) args.get(0)).containsKey("c")).isTrue();
        assertThat((byte[]) args.get(2)).isEqualTo(xyz);
    }

    @Test
    @Tag("siop.arraybuffer.06")
    void encodingDoesNotChangeThePacket() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", abc);
        Object[] values = {map, List.of(xyz)};
        Arguments args = Arguments.of(values);
        SocketPacket.Event event = new SocketPacket.Event("/", -1, "a", args);
        EncodedPacket first = parser.encode(event);
        assertThat(map).containsExactly(Map.entry("a", abc));
        assertThat(event.args()).isSameAs(args);
        assertThat(args.get(0)).isSameAs(map);
        assertThat(parser.encode(event).head()).isEqualTo(first.head());
        assertThat(abc).isEqualTo("abc".getBytes(UTF_8));
    }

    @Test
    @Tag("siop.buffer.01")
    void aBinaryEventKeepsItsIdAndNamespace() throws Exception {
        EncodedPacket packet = encode("/cool", 23, new Object[] {abc});
        assertThat(head(packet)).isEqualTo("51-/cool,23[\"a\"," + ONE + "]");
        SocketPacket.Event event = (SocketPacket.Event) decode(head(packet), abc);
        assertThat(event.namespace()).isEqualTo("/cool");
        assertThat(event.id()).isEqualTo(23);
        assertThat((byte[]) event.args().get(0)).isEqualTo(abc);
    }

    @Test
    @Tag("siop.buffer.02")
    void aNestedBinaryRoundTrips() throws Exception {
        EncodedPacket packet = encode("/cool", 23, Map.of("b", List.of("c", abc)));
        assertThat(head(packet)).isEqualTo("51-/cool,23[\"a\",{\"b\":[\"c\"," + ONE + "]}]");
        assertThat(((List<?>) ((Map<?, ?>) event(packet).get(0)).get("b")).get(1))
                .isEqualTo(abc);
    }

    @Test
    @Tag("siop.buffer.03")
    void aBinaryAcknowledgementKeepsItsIdAndNamespace() throws Exception {
        EncodedPacket packet = parser.encode(new SocketPacket.Ack("/back", 127, Arguments.of("a", abc, Map.of())));
        assertThat(head(packet)).isEqualTo("61-/back,127[\"a\"," + ONE + ",{}]");
        SocketPacket.Ack ack = (SocketPacket.Ack) decode(head(packet), abc);
        assertThat(ack.namespace()).isEqualTo("/back");
        assertThat(ack.id()).isEqualTo(127);
        assertThat((byte[]) ack.args().get(1)).isEqualTo(abc);
    }

    @ParameterizedTest
    @Tag("siop.buffer.04")
    @ValueSource(strings = {"\"splice\"", "null", "true", "[0]", "{}", "\"0\""})
    void aPlaceholderWithANonNumericNumIsRefused(String num) {
        assertThatThrownBy(() -> decode("51-[\"hello\",{\"_placeholder\":true,\"num\":" + num + "}]", abc))
                .isInstanceOf(DecodeException.class)
                .hasMessage("illegal attachments");
        assertThatThrownBy(() -> decode("51-[\"hello\",{\"_placeholder\":true}]", abc))
                .hasMessage("illegal attachments");
    }

    @ParameterizedTest
    @Tag("siop.buffer.05")
    @ValueSource(strings = {"1", "-1", "0.5", "1e9", "99999999999999999999", "10"})
    void aPlaceholderWithANumOutOfRangeIsRefused(String num) {
        assertThatThrownBy(() -> decode("51-[\"hello\",[{\"x\":{\"_placeholder\":true,\"num\":" + num + "}}]]", abc))
                .isInstanceOf(DecodeException.class)
                .hasMessage("illegal attachments");
    }

    @Test
    @Tag("siop.buffer.06")
    void anAttachmentWithoutHeaderIsRefused() {
        assertThatThrownBy(() -> parser.newDecoder().binary(abc))
                .isInstanceOf(DecodeException.class)
                .hasMessage("got binary data when not reconstructing a packet");
    }

    @Test
    @Tag("siop.buffer.07")
    void textInsteadOfAnAttachmentIsRefused() throws Exception {
        Parser.Decoder decoder = parser.newDecoder();
        byte[] head = ("51-[\"hello\"," + ONE + "]").getBytes(UTF_8);
        byte[] text = "2[\"hello\"]".getBytes(UTF_8);
        assertThat(decoder.text(head, 0, head.length)).isNull();
        assertThatThrownBy(() -> decoder.text(text, 0, text.length))
                .isInstanceOf(DecodeException.class)
                .hasMessage("got plaintext data when reconstructing a packet");
        assertThat(decoder.text(text, 0, text.length)).isNotNull();
    }

    @Test
    void placeholdersAreRecognizedWithAnyKeyOrderWhitespaceAndEscapes() throws Exception {
        Arguments args = event(
                "52-[\"a\", { \"num\" : 1.0 ,\n"
                        + "\t\"_placeholder\" : true, \"more\":{\"_placeholder\":true,\"num\":77} },"
                        + "{\"x\":[[{\"\\u005fplaceholder\":true,\"n\\u0075m\":0}]],\"_placeholder\":false,\"num\":\"q\"},"
                        + "{\"_placeholder\":true,\"num\":9,\"num\":0},{\"_placeholder\":1,\"num\":9}]",
                abc,
                xyz);
        assertThat((byte[]) args.get(0)).isEqualTo(xyz);
        assertThat(args.get(0, byte[].class)).isEqualTo(xyz);
        assertThat(((List<?>) ((List<?>) ((Map<?, ?>) args.get(1)).get("x")).get(0)).get(0))
                .isEqualTo(abc);
        assertThat((byte[]) args.get(2)).isEqualTo(abc);
        assertThat(args.get(3)).isEqualTo(Map.of("_placeholder", 1, "num", 9));
        Map<String, List<List<byte[]>>> typed = event(
                        "52-[\"a\",{\"x\":[[{\"\\u005fplaceholder\":true,\"num\":1}]]}]", abc, xyz)
                .get(0, new TypeRef<Map<String, List<List<byte[]>>>>() {});
        assertThat(typed.get("x").get(0)).containsExactly(xyz);
    }

    @Test
    void placeholdersInTheUsualFormReferToTheirAttachments() throws Exception {
        byte[][] attachments = new byte[12][];
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < attachments.length; i++) {
            attachments[i] = new byte[] {(byte) i};
            list.append(i == 0 ? "" : ",")
                    .append("{\"_placeholder\":true,\"num\":")
                    .append(i)
                    .append('}');
        }
        Arguments args = event("512-[\"a\",[" + list + "]," + list + "]", attachments);
        assertThat((List<?>) args.get(0)).isEqualTo(List.of(attachments));
        for (int i = 0; i < attachments.length; i++) {
            assertThat(args.get(1 + i)).isSameAs(attachments[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"_placeholder\":true,\"num\":00}",
                "{\"_placeholder\":true,\"num\":01}",
                "{\"_placeholder\":true,\"num\":0",
                "{\"_placeholder\":true,\"num\":",
                "{\"_placeholder\":true,\"num\":}",
                "{\"_placeholder\":true,\"num\":0}}"
            })
    void anInvalidPlaceholderIsRefused(String json) {
        assertThatThrownBy(() -> event("51-[\"a\"," + json + "]", abc))
                .isInstanceOf(DecodeException.class)
                .hasMessage("invalid payload");
    }

    @Test
    void aPlaceholderInATextPacketIsAPlainObject() throws Exception {
        assertThat(event("2[\"a\"," + ONE + "]").get(0)).isEqualTo(Map.of("_placeholder", true, "num", 0));
    }

    @Test
    void anAttachmentMayBeReferencedTwiceOrNotAtAll() throws Exception {
        Arguments args = event("52-[\"a\"," + ONE + "," + ONE + "]", abc, xyz);
        assertThat(args.get(0)).isSameAs(args.get(1));
    }

    @Test
    void receivedBinariesAreRenumberedWhenResent() throws Exception {
        Arguments args =
                event("52-[\"a\",{\"v\": [ {\"num\":1, \"_placeholder\":true} ], \"w\":\"{}\"}," + ONE + "]", abc, xyz);
        EncodedPacket packet = encode("/", -1, "first".getBytes(UTF_8), args.payload(0), args.payload(1));
        assertThat(head(packet))
                .isEqualTo("53-[\"a\"," + ONE
                        + ",{\"v\": [ {\"_placeholder\":true,\"num\":1} ],"
                        + " \"w\":\"{}\"},{\"_placeholder\":true,\"num\":2}]");
        assertThat(packet.attachments()).containsExactly("first".getBytes(UTF_8), xyz, abc);
        EncodedPacket ack = parser.encode(new SocketPacket.Ack("/", 1, args));
        assertThat(ack.attachments()).containsExactly(xyz, abc);
    }

    @Test
    void typedObjectsInArraysAreDecodedWithTheirOwnBinaries() throws Exception {
        EncodedPacket packet = encode(
                "/",
                -1,
                Arrays.asList(
                        new File("1", abc, List.of()), new File("2", null, List.of()), new File("3", xyz, List.of())));
        List<File> files = event(packet).get(0, new TypeRef<List<File>>() {});
        assertThat(files).extracting(File::content).containsExactly(abc, null, xyz);
    }
}
