package dev.sockeye.socketio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.protocol.SocketPacket.Ack;
import dev.sockeye.socketio.protocol.SocketPacket.Connect;
import dev.sockeye.socketio.protocol.SocketPacket.ConnectError;
import dev.sockeye.socketio.protocol.SocketPacket.Disconnect;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonParserTest {
    private final JsonParser parser = JsonParser.create();

    private static SocketPacket.Event event(String namespace, long id, String name, Object... args) {
        return new SocketPacket.Event(namespace, id, name, Arguments.of(args));
    }

    private String head(SocketPacket packet) {
        return new String(parser.encode(packet).head(), UTF_8);
    }

    private static SocketPacket text(Parser.Decoder decoder, String text) throws DecodeException {
        byte[] bytes = text.getBytes(UTF_8);
        return decoder.text(bytes, 0, bytes.length);
    }

    private SocketPacket decode(String text) throws DecodeException {
        return text(parser.newDecoder(), text);
    }

    private SocketPacket roundTrip(SocketPacket packet) throws DecodeException {
        EncodedPacket encoded = parser.encode(packet);
        Parser.Decoder decoder = parser.newDecoder();
        SocketPacket decoded = decoder.text(encoded.head(), 0, encoded.head().length);
        for (byte[] attachment : encoded.attachments()) {
            assertThat(decoded).isNull();
            decoded = decoder.binary(attachment);
        }
        return decoded;
    }

    private void refuses(String text, String message) {
        assertThatThrownBy(() -> decode(text))
                .as(text)
                .isInstanceOf(DecodeException.class)
                .hasMessage(message);
    }

    @Test
    @Tag("siop.parser.01")
    void eachPacketTypeIsEncodedAsItsDigit() {
        assertThat(head(new Connect("/", null))).isEqualTo("0");
        assertThat(head(new Disconnect("/"))).isEqualTo("1");
        assertThat(head(event("/", -1, "a"))).isEqualTo("2[\"a\"]");
        assertThat(head(new Ack("/", 1, Arguments.none()))).isEqualTo("31[]");
        assertThat(head(new ConnectError("/", Payload.of("no")))).isEqualTo("4\"no\"");
        assertThat(head(event("/", -1, "a", new byte[1]))).startsWith("51-[");
        assertThat(head(new Ack("/", 1, Arguments.of(new byte[1])))).startsWith("61-1[");
    }

    @Test
    @Tag("siop.parser.02")
    void connectCarriesNamespaceAndAuth() throws Exception {
        Connect connect = new Connect("/woot", Payload.of(Map.of("token", "123")));
        assertThat(head(connect)).isEqualTo("0/woot,{\"token\":\"123\"}");
        Connect decoded = (Connect) roundTrip(connect);
        assertThat(decoded.namespace()).isEqualTo("/woot");
        assertThat(decoded.data().get()).isEqualTo(Map.of("token", "123"));
        assertThat(decode("0")).isEqualTo(new Connect("/", null));
        assertThat(decode("0/admin,")).isEqualTo(new Connect("/admin", null));
        assertThat(decode("0/admin")).isEqualTo(new Connect("/admin", null));
        assertThat(decode("0/admin?token=1&b=2,")).isEqualTo(new Connect("/admin?token=1&b=2", null));
    }

    @Test
    @Tag("siop.parser.03")
    void disconnectCarriesOnlyTheNamespace() throws Exception {
        assertThat(head(new Disconnect("/woot"))).isEqualTo("1/woot,");
        assertThat(roundTrip(new Disconnect("/woot"))).isEqualTo(new Disconnect("/woot"));
        assertThat(decode("1")).isEqualTo(new Disconnect("/"));
    }

    @Test
    @Tag("siop.parser.04")
    void anEventHasANameAndArguments() throws Exception {
        SocketPacket.Event event = event("/", -1, "a", 1, Map.of());
        assertThat(head(event)).isEqualTo("2[\"a\",1,{}]");
        SocketPacket.Event decoded = (SocketPacket.Event) roundTrip(event);
        assertThat(decoded.name()).isEqualTo("a");
        assertThat(decoded.id()).isEqualTo(SocketPacket.NO_ID);
        assertThat(decoded.args().toList()).isEqualTo(List.of(1, Map.of()));
    }

    @Test
    @Tag("siop.parser.05")
    void aNumberIsALegalEventName() throws Exception {
        SocketPacket.Event event = (SocketPacket.Event) decode("2[1,\"a\",{}]");
        assertThat(event.name()).isEqualTo("1");
        assertThat(event.args().toList()).isEqualTo(List.of("a", Map.of()));
        assertThat(((SocketPacket.Event) decode("2[1.0]")).name()).isEqualTo("1");
        assertThat(((SocketPacket.Event) decode("2[-2e1]")).name()).isEqualTo("-20");
        assertThat(((SocketPacket.Event) decode("2[1.5]")).name()).isEqualTo("1.5");
    }

    @Test
    @Tag("siop.parser.06")
    void anEventWithAcknowledgementHasAnId() throws Exception {
        SocketPacket.Event event = event("/test", 1, "a", 1, Map.of());
        assertThat(head(event)).isEqualTo("2/test,1[\"a\",1,{}]");
        SocketPacket.Event decoded = (SocketPacket.Event) roundTrip(event);
        assertThat(decoded.namespace()).isEqualTo("/test");
        assertThat(decoded.id()).isEqualTo(1);
        assertThat(((SocketPacket.Event) decode("29223372036854775807[\"a\"]")).id())
                .isEqualTo(Long.MAX_VALUE);
        refuses("29223372036854775808[\"a\"]", "invalid packet id");
        refuses("2" + "9".repeat(10_000) + "[\"a\"]", "invalid packet id");
    }

    @Test
    void anAcknowledgementWithAnIdOutOfRangeIsAccepted() throws Exception {
        for (String id : List.of("9223372036854775808", "9".repeat(30), "9".repeat(10_000))) {
            assertThat(((Ack) decode("3" + id + "[1]")).id()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void aBinaryPacketHasAtLeastOneAttachment() {
        refuses("50-[\"a\"]", "Illegal attachments");
        refuses("60-1[]", "Illegal attachments");
    }

    @Test
    @Tag("siop.parser.07")
    void anAcknowledgementHasArgumentsAndNoName() throws Exception {
        Ack ack = new Ack("/", 123, Arguments.of("a", 1, Map.of()));
        assertThat(head(ack)).isEqualTo("3123[\"a\",1,{}]");
        Ack decoded = (Ack) roundTrip(ack);
        assertThat(decoded.id()).isEqualTo(123);
        assertThat(decoded.args().toList()).isEqualTo(List.of("a", 1, Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "2 [\"a\"]|0",
                "2\t[\"a\"]|0",
                "2 7[\"a\"]|7",
                "27 [\"a\"]|7",
                "2 07 [\"a\"]|7",
                "2/n, [\"a\"]|0",
                "2/n,\f \t5[\"a\"]|5",
                "2[ \"a\"]|-1"
            })
    void whiteSpaceBeforeThePayloadBelongsToTheId(String text, long id) throws Exception {
        assertThat(((SocketPacket.Event) decode(text)).id()).isEqualTo(id);
    }

    @Test
    void whiteSpaceAloneIsNoPayload() throws Exception {
        assertThat(decode("1 ")).isInstanceOf(SocketPacket.Disconnect.class);
        assertThat(decode("0 ")).isEqualTo(new Connect("/", null));
        assertThat(((SocketPacket.Ack) decode("3 [\"x\"]")).id()).isZero();
        refuses("2 ", "invalid payload");
        refuses("27 8[\"a\"]", "invalid payload");
    }

    @Test
    @Tag("siop.parser.08")
    void aConnectErrorMayBeAString() throws Exception {
        ConnectError error = new ConnectError("/", Payload.of("Unauthorized"));
        assertThat(head(error)).isEqualTo("4\"Unauthorized\"");
        assertThat(((ConnectError) roundTrip(error)).data().get()).isEqualTo("Unauthorized");
    }

    @Test
    @Tag("siop.parser.09")
    void aConnectErrorMayBeAnObject() throws Exception {
        ConnectError error = new ConnectError("/", Payload.of(Map.of("message", "Unauthorized")));
        assertThat(head(error)).isEqualTo("4{\"message\":\"Unauthorized\"}");
        assertThat(((ConnectError) roundTrip(error)).data().get()).isEqualTo(Map.of("message", "Unauthorized"));
    }

    static final class Node {
        public Node next;
    }

    @Test
    @Tag("siop.parser.10")
    void cyclicDataIsRefused() throws Exception {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("b", map);
        List<Object> list = new ArrayList<>();
        list.add(List.of(list));
        Node first = new Node();
        first.next = new Node();
        first.next.next = first;
        Node self = new Node();
        self.next = self;
        Object[] array = new Object[1];
        array[0] = array;
        for (Object cyclic : List.of(map, list, first, self, array, Map.of("x", first))) {
            assertThatThrownBy(() -> parser.encode(event("/", 1, "a", cyclic))).isInstanceOf(BindingException.class);
        }
        assertThat(head(event("/", -1, "still", "works"))).isEqualTo("2[\"still\",\"works\"]");
    }

    @Test
    @Tag("siop.parser.11")
    void aBinaryPacketWithoutCountIsRefused() {
        refuses("5", "Illegal attachments");
    }

    @Test
    @Tag("siop.parser.12")
    void tooManyAttachmentsAreRefused() throws Exception {
        refuses("511-[\"a\"]", "too many attachments");
        refuses("5" + "9".repeat(400) + "-[\"a\"]", "too many attachments");
        assertThat(decode("510-[\"a\"]")).isNull();
        Parser.Decoder two = parser.maxAttachments(2).newDecoder();
        assertThatThrownBy(
                        () -> text(
                                two,
                                "53-[\"hello\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":2}]"))
                .hasMessage("too many attachments");
        assertThatThrownBy(() -> parser.maxAttachments(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A binding that changes the values it reads, like a reviver. */
    private static final class UpperCaseBinding implements PayloadBinding {
        @Override
        public byte[] write(Object value, List<byte[]> attachments) {
            return JacksonBinding.shared().write(value, attachments);
        }

        @Override
        public Object read(byte[] json, int offset, int length, List<byte[]> attachments, Type type) {
            Object value = JacksonBinding.shared().read(json, offset, length, attachments, type);
            return value instanceof Map<?, ?> map
                    ? Map.of("a", map.get("a").toString().toUpperCase(java.util.Locale.ROOT))
                    : value;
        }

        @Override
        public Object toNatural(Object value) {
            return JacksonBinding.shared().toNatural(value);
        }

        @Override
        public Object convert(Object value, Type type) {
            return JacksonBinding.shared().convert(value, type);
        }
    }

    @Test
    @Tag("siop.parser.13")
    @Tag("siop.parser.14")
    void aCustomBindingIsUsed() throws Exception {
        JsonParser own = JsonParser.with(new UpperCaseBinding());
        SocketPacket.Event event = (SocketPacket.Event) text(own.newDecoder(), "2[\"b\",{\"a\":\"val\"}]");
        assertThat(event.args().get(0)).isEqualTo(Map.of("a", "VAL"));
        assertThat(new String(
                        own.encode(event("/", 1, "b", List.of(1), new byte[1])).head(), UTF_8))
                .isEqualTo("51-1[\"b\",[1],{\"_placeholder\":true,\"num\":0}]");
    }

    @ParameterizedTest
    @Tag("siop.parser.15")
    @ValueSource(
            strings = {
                "442[\"some\",\"data\"",
                "0/admin,\"invalid\"",
                "0[]",
                "0null",
                "1/admin,{}",
                "1[]",
                "2/admin,\"invalid",
                "2/admin,{}",
                "2[{\"toString\":\"foo\"}]",
                "2[true,\"foo\"]",
                "2[null,\"bar\"]",
                "2[\"connect\"]",
                "2[\"disconnect\",\"123\"]",
                "2[\"connect_error\"]",
                "2[\"disconnecting\"]",
                "2[\"newListener\"]",
                "2[\"removeListener\"]",
                "2[\"c\\u006fnnect\"]",
                "2",
                "2[]",
                "2[\"a\"",
                "2[\"a\",]",
                "2[\"a\"]x",
                "2[\"a\"]]",
                "2[,\"a\"]",
                "2[\"a\" 1]",
                "2[\"a\",01]",
                "2[\"a\",1.]",
                "2[\"a\",.5]",
                "2[\"a\",1e]",
                "2[\"a\",+1]",
                "2[\"a\",-]",
                "2[\"a\",NaN]",
                "2[\"a\",tru]",
                "2[\"a\",nulL]",
                "2[\"a\",{a:1}]",
                "2[\"a\",{\"a\"}]",
                "2[\"a\",{\"a\":}]",
                "2[\"a\",{\"a\":1,}]",
                "2[\"a\",'b']",
                "2[\"a\n\"]",
                "2[\"a\\x\"]",
                "2[\"a\\u12g4\"]",
                "2[\"a\\u12\"]",
                "2[\"a\\",
                "2[\"a\",",
                "31{}",
                "31\"a\"",
                "3",
                "4[]",
                "41",
                "4",
                "4true",
                "2[\"a\",[[[]]]",
                "20\"a\"",
                "2[\"a\"]\u0000",
                "2-1[\"a\"]"
            })
    void anInvalidPayloadIsRefused(String text) {
        refuses(text, "invalid payload");
    }

    @Test
    @Tag("siop.parser.15")
    void invalidAttachmentCountsAndPacketTypesAreRefused() {
        for (String text : List.of("5", "51", "5a-", "51.23-", "5-[\"a\"]", "5-1-[\"a\"]", "6", "61[]", "5 1-[]")) {
            refuses(text, "Illegal attachments");
        }
        refuses("999", "unknown packet type 9");
        refuses("7", "unknown packet type 7");
        refuses("x", "unknown packet type NaN");
        refuses("", "unknown packet type NaN");
    }

    @Test
    void nestingDepthIsLimited() throws Exception {
        assertThat(decode("2[\"a\"," + "[".repeat(499) + "]".repeat(499) + "]")).isNotNull();
        refuses("2[\"a\"," + "[".repeat(500) + "]".repeat(500) + "]", "invalid payload");
        refuses("2[\"a\"," + "{\"a\":".repeat(100_000), "invalid payload");
        refuses("51-[\"a\"," + "{\"a\":".repeat(100_000), "invalid payload");
        refuses("2" + "[".repeat(1_000_000), "invalid payload");
    }

    @Test
    @Tag("siop.parser.16")
    void resetDiscardsAnIncompletePacket() throws Exception {
        Parser.Decoder decoder = parser.newDecoder();
        assertThat(text(decoder, "51-[\"hello\"]")).isNull();
        decoder.reset();
        SocketPacket.Event event = (SocketPacket.Event) text(decoder, "2[\"hello\"]");
        assertThat(event.name()).isEqualTo("hello");
        assertThatThrownBy(() -> decoder.binary(new byte[1])).isInstanceOf(DecodeException.class);
    }

    @Test
    @Tag("siop.parser.17")
    void payloadsAreValidatedByPacketType() throws Exception {
        assertThat(decode("0")).isInstanceOf(Connect.class);
        assertThat(decode("0{}")).isInstanceOf(Connect.class);
        assertThat(decode("1/admin,")).isInstanceOf(Disconnect.class);
        assertThat(decode("2 [ \"a\" , 1 ] ")).isInstanceOf(SocketPacket.Event.class);
        assertThat(decode("30[]")).isInstanceOf(Ack.class);
        assertThat(decode("4{\"message\":\"a\"}")).isInstanceOf(ConnectError.class);
        for (String text : List.of(
                "0/admin,\"invalid\"",
                "0[]",
                "1/admin,{}",
                "2/admin,\"invalid\"",
                "2/admin,{}",
                "30{}",
                "4[]",
                "2[true]",
                "2[null]",
                "2[[]]")) {
            refuses(text, "invalid payload");
        }
    }

    @Test
    void malformedUtf8BecomesTheReplacementCharacter() throws Exception {
        byte[] bytes = "2[\"a\",\"x?y\"]".getBytes(UTF_8);
        bytes[8] = (byte) 0xff;
        SocketPacket.Event event = (SocketPacket.Event) parser.newDecoder().text(bytes, 0, bytes.length);
        assertThat(event.args().get(0)).isEqualTo("x\ufffdy");
        assertThat(head(new Ack("/", 1, event.args()))).isEqualTo("31[\"x\ufffdy\"]");
    }

    @Test
    void aRangeOfALargerArrayIsDecoded() throws Exception {
        byte[] bytes = "xx2[\"a\",5]yy".getBytes(UTF_8);
        SocketPacket.Event event = (SocketPacket.Event) parser.newDecoder().text(bytes, 2, bytes.length - 4);
        assertThat(event.args().toList()).isEqualTo(List.of(5));
    }

    @Test
    void repeatedEventNamesAreTheSameString() throws Exception {
        String first = ((SocketPacket.Event) decode("2/chat,[\"chat message\",1]")).name();
        SocketPacket.Event second = (SocketPacket.Event) decode("2/chat,[\"chat message\",2]");
        assertThat(second.name()).isSameAs(first);
        for (int i = 0; i < 10_000; i++) {
            assertThat(((SocketPacket.Event) decode("2[\"event" + i + "\"]")).name())
                    .isEqualTo("event" + i);
        }
    }

    @Test
    void receivedValuesAreResentUnchanged() throws Exception {
        SocketPacket.Event event =
                (SocketPacket.Event) decode("2[\"echo\",{\"z\": 1.50,\"a\":\"\\u0041\"}, \"two\",3,null]");
        assertThat(event.args().size()).isEqualTo(4);
        assertThat(head(new Ack("/", 7, event.args()))).isEqualTo("37[{\"z\": 1.50,\"a\":\"\\u0041\"},\"two\",3,null]");
        assertThat(head(event(
                        "/",
                        -1,
                        "b",
                        event.args().payload(0),
                        List.of(event.args().payload(1)))))
                .isEqualTo("2[\"b\",{\"z\": 1.50,\"a\":\"\\u0041\"},[\"two\"]]");
        assertThat(head(new SocketPacket.Event("/", -1, "b", event.args().plus("offset"))))
                .isEqualTo("2[\"b\",{\"z\": 1.50,\"a\":\"\\u0041\"},\"two\",3,null,\"offset\"]");
        assertThat(event.args().payload(9).get()).isNull();
        assertThat(event.args().get(-1)).isNull();
    }

    @Test
    void aConnectWithBinaryIsRefused() {
        assertThatThrownBy(() -> parser.encode(new Connect("/", Payload.of(Map.of("a", new byte[1])))))
                .isInstanceOf(BindingException.class);
    }

    @Test
    void namespacesAndNamesMayContainNonAsciiCharacters() throws Exception {
        SocketPacket.Event event = event("/zażółć", 5, "é", "ß😀");
        assertThat(head(event)).isEqualTo("2/zażółć,5[\"é\",\"ß😀\"]");
        SocketPacket.Event decoded = (SocketPacket.Event) roundTrip(event);
        assertThat(decoded.namespace()).isEqualTo("/zażółć");
        assertThat(decoded.name()).isEqualTo("é");
        assertThat(decoded.args().get(0)).isEqualTo("ß😀");
    }

    @Test
    void attachmentsOfATextPacketAreTheSharedEmptyList() {
        assertThat(parser.encode(event("/", -1, "a")).attachments()).isSameAs(List.of());
        assertThat(Arrays.asList(parser.encode(event("/", -1, "a")).binaryHead()))
                .containsExactly(false);
    }
}
