package dev.sockeye.socketio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.protocol.SocketPacket.Ack;
import dev.sockeye.socketio.protocol.SocketPacket.Connect;
import dev.sockeye.socketio.protocol.SocketPacket.ConnectError;
import dev.sockeye.socketio.protocol.SocketPacket.Disconnect;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The hexadecimal vectors were made with notepack.io 3.0.1, which npm socket.io-msgpack-parser 3.0.2 uses. */
class MsgpackParserTest {
    private final MsgpackParser parser = MsgpackParser.create();

    private String hex(SocketPacket packet) {
        EncodedPacket encoded = parser.encode(packet);
        assertThat(encoded.binaryHead()).isTrue();
        assertThat(encoded.attachments()).isEmpty();
        return HexFormat.of().formatHex(encoded.head());
    }

    private SocketPacket decode(String hex) throws DecodeException {
        return parser.newDecoder().binary(HexFormat.of().parseHex(hex));
    }

    private SocketPacket both(SocketPacket packet, String hex) throws DecodeException {
        assertThat(hex(packet)).isEqualTo(hex);
        return decode(hex);
    }

    private List<Object> args(String hex) throws DecodeException {
        return ((Ack) decode(hex)).args().toList();
    }

    private void refuses(String hex, String message) {
        assertThatThrownBy(() -> decode(hex))
                .as(hex)
                .isInstanceOf(DecodeException.class)
                .hasMessage(message);
    }

    @Test
    void eachPacketEncodesToTheSameBytesAsInTheOfficialParser() throws Exception {
        assertThat(both(new Connect("/", null), "82a47479706500a36e7370a12f")).isEqualTo(new Connect("/", null));
        Connect connect = (Connect) both(
                new Connect("/woot", Payload.of(Map.of("token", "123"))),
                "83a47479706500a36e7370a52f776f6f74a46461746181a5746f6b656ea3313233");
        assertThat(connect.namespace()).isEqualTo("/woot");
        assertThat(connect.data().get()).isEqualTo(Map.of("token", "123"));
        assertThat(both(new Disconnect("/woot"), "82a47479706501a36e7370a52f776f6f74"))
                .isEqualTo(new Disconnect("/woot"));
        SocketPacket.Event event = (SocketPacket.Event) both(
                new SocketPacket.Event("/test", 1, "a", Arguments.of(1, Map.of())),
                "84a47479706502a36e7370a52f74657374a2696401a46461746193a1610180");
        assertThat(event.name()).isEqualTo("a");
        assertThat(event.namespace()).isEqualTo("/test");
        assertThat(event.id()).isEqualTo(1);
        assertThat(event.args().toList()).isEqualTo(List.of(1, Map.of()));
        Ack ack = (Ack) both(
                new Ack("/", 123, Arguments.of("a", 1, Map.of())),
                "84a47479706503a36e7370a12fa269647ba46461746193a1610180");
        assertThat(ack.id()).isEqualTo(123);
        ConnectError error = (ConnectError) both(
                new ConnectError("/", Payload.of(Map.of("message", "Unauthorized"))),
                "83a47479706504a36e7370a12fa46461746181a76d657373616765ac556e617574686f72697a6564");
        assertThat(error.data().get()).isEqualTo(Map.of("message", "Unauthorized"));
        assertThat(((ConnectError) both(
                                new ConnectError("/", Payload.of("Unauthorized")),
                                "83a47479706504a36e7370a12fa464617461ac556e617574686f72697a6564"))
                        .data()
                        .get(String.class))
                .isEqualTo("Unauthorized");
        SocketPacket.Event binary = (SocketPacket.Event) both(
                new SocketPacket.Event("/", -1, "a", Arguments.of(ByteBuffer.wrap("abc".getBytes(UTF_8)))),
                "83a47479706502a36e7370a12fa46461746192a161c403616263");
        assertThat(binary.args().get(0, byte[].class)).isEqualTo("abc".getBytes(UTF_8));
        assertThat(binary.id()).isEqualTo(SocketPacket.NO_ID);
    }

    @Test
    void packetOptionsOfTheSenderAreIgnored() throws Exception {
        SocketPacket.Event event = (SocketPacket.Event)
                decode("84a47479706502a36e7370a12fa46461746191a161a76f7074696f6e7381a8636f6d7072657373c3");
        assertThat(event.name()).isEqualTo("a");
        assertThat(event.args().size()).isZero();
    }

    @Test
    void numbersUseTheSmallestEncoding() throws Exception {
        Object[] numbers = {
            0,
            127,
            128,
            255,
            256,
            65535,
            65536,
            4294967295L,
            4294967296L,
            9007199254740991L,
            -1,
            -32,
            -33,
            -128,
            -129,
            -32768,
            -32769,
            -2147483648,
            -2147483649L,
            -9007199254740991L,
            1.5,
            -0.1
        };
        String hex = "84a47479706503a36e7370a12fa2696401a464617461dc0016007fcc80ccffcd0100cdffffce00010000ceffffffff"
                + "cf0000000100000000cf001fffffffffffffffe0d0dfd080d1ff7fd18000d2ffff7fffd280000000d3ffffffff7fffffff"
                + "d3ffe0000000000001cb3ff8000000000000cbbfb999999999999a";
        Ack ack = (Ack) both(new Ack("/", 1, Arguments.of(numbers)), hex);
        assertThat(ack.args().toList()).isEqualTo(Arrays.asList(numbers));
        assertThat(hex(new Ack("/", 1, Arguments.of(2.0, 2f, (short) 2)))).endsWith("93020202");
        assertThat(args("83a47479706503a36e7370a12fa46461746192ca3fc00000cfffffffffffffffff"))
                .isEqualTo(List.of(1.5, new BigInteger("18446744073709551615")));
    }

    @Test
    void stringsAreUtf8WithTheSmallestHeader() throws Exception {
        String hex = "84a47479706503a36e7370a12fa2696401a46461746196a0a6c3a9f09f9880bf" + "78".repeat(31) + "d920"
                + "78".repeat(32) + "d9ff" + "78".repeat(255) + "da0100" + "78".repeat(256);
        Object[] texts = {"", "é😀", "x".repeat(31), "x".repeat(32), "x".repeat(255), "x".repeat(256)};
        Ack ack = (Ack) both(new Ack("/", 1, Arguments.of(texts)), hex);
        assertThat(ack.args().toList()).isEqualTo(List.of(texts));
    }

    @Test
    @SuppressWarnings("JavaUtilDate")
    void datesAreEncodedInTheFormatOfTheOfficialParser() throws Exception {
        String hex = "84a47479706503a36e7370a12fa2696401a46461746196d7000000000000000000d70000000000000005dc"
                + "d7000000019aae7d625bd700ffffffffffffffffd700ffffc77cedd32800d7000000e677d21fdbff";
        long[] millis = {0, 1500, 1763864044123L, -1, -62135596800000L, 253402300799999L};
        Object[] instants =
                Arrays.stream(millis).mapToObj(Instant::ofEpochMilli).toArray();
        Object[] dates = Arrays.stream(millis).mapToObj(Date::new).toArray();
        Ack ack = (Ack) both(new Ack("/", 1, Arguments.of(instants)), hex);
        assertThat(ack.args().toList()).isEqualTo(List.of(instants));
        assertThat(hex(new Ack("/", 1, Arguments.of(dates)))).isEqualTo(hex);
        assertThat(ack.args().get(2, Date.class)).isEqualTo(dates[2]);
        assertThat(ack.args().get(2, String.class)).isEqualTo("2025-11-23T02:14:04.123Z");
        record Timed(Instant at, byte[] data) {}
        Ack timed = (Ack) decode(hex(new Ack("/", 1, Arguments.of(new Timed((Instant) instants[2], new byte[] {1})))));
        assertThat(((Map<?, ?>) timed.args().get(0)).get("at")).isEqualTo(instants[2]);
        assertThat(((Map<?, ?>) timed.args().get(0)).get("data")).isEqualTo(new byte[] {1});
        assertThat(timed.args().get(0, Timed.class).at()).isEqualTo(instants[2]);
        assertThat(timed.args().get(0, Timed.class).data()).containsExactly(1);
    }

    @Test
    void constantsAndContainersEncodeToTheSameBytesAsInTheOfficialParser() throws Exception {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("b", Arrays.asList((Object) null));
        Ack ack = (Ack) both(
                new Ack(
                        "/",
                        1,
                        Arguments.of(
                                null, true, false, List.of(), Map.of(), List.of(List.of(1)), Map.of("a", inner), null)),
                "84a47479706503a36e7370a12fa2696401a46461746198c0c3c2908091910181a16181a16291c0c0");
        assertThat(ack.args().size()).isEqualTo(8);
        assertThat(ack.args().get(6)).isEqualTo(Map.of("a", inner));
    }

    @Test
    void extensionsOfTheOfficialDecoderAreDecoded() throws Exception {
        String head = "83a47479706503a36e7370a12fa464617461";
        assertThat(args(head + "91d40000")).containsExactly((Object) null);
        assertThat(args(head + "91d700000000000000000a")).isEqualTo(List.of(Instant.ofEpochMilli(10)));
        assertThat((byte[]) args(head + "91c702000102").get(0)).containsExactly(1, 2);
        assertThat(((List<?>) args(head + "91d5070102").get(0)).get(0)).isEqualTo(7);
        assertThat(args(head + "91c70cff3b8b87c07fffffffffffffff")).isEqualTo(List.of(Instant.MAX));
    }

    @Test
    void anAcknowledgementWithAnIdOutOfRangeIsAccepted() throws Exception {
        String head = "84a47479706503a36e7370a12fa26964";
        for (String id : List.of("ff", "cfffffffffffffffff", "cb7e37e43c8800759c", "cbc000000000000000")) {
            assertThat(((Ack) decode(head + id + "a46461746190")).id()).isEqualTo(Long.MAX_VALUE);
        }
        assertThat(((Ack) decode(head + "d40000a46461746190")).id()).isEqualTo(SocketPacket.NO_ID);
    }

    @Test
    void clusterDatesAreMsgpackTimestamps() throws Exception {
        Instant instant = Instant.ofEpochMilli(1763864044123L);
        assertThat(java.util.HexFormat.of().formatHex(Msgpack.encode(instant))).isEqualTo("d7ff1d53530069226dec");
        assertThat(Msgpack.decode(Msgpack.encode(instant))).isEqualTo(instant);
    }

    @Test
    void aValueOfAnotherTypeCanBeAppendedToAStringArray() {
        assertThat(Arguments.of((Object[]) new String[] {"a"}).plus(1).toList()).isEqualTo(List.of("a", 1));
    }

    @Test
    void keysOfOtherTypesBecomeStrings() throws Exception {
        String head = "83a47479706503a36e7370a12fa464617461";
        assertThat(args(head + "918401a161c0a162c3a16380a164"))
                .isEqualTo(List.of(Map.of("1", "a", "null", "b", "true", "c", "[object Object]", "d")));
    }

    @Test
    void invalidPacketsAreRefusedWithTheOfficialMessage() {
        refuses("", "invalid msgpack");
        refuses("c0", "invalid packet type");
        refuses("90", "invalid packet type");
        refuses("80", "invalid packet type");
        refuses("82a47479706505a36e7370a12f", "invalid packet type");
        refuses("82a474797065ffa36e7370a12f", "invalid packet type");
        refuses("82a474797065a130a36e7370a12f", "invalid packet type");
        refuses("81a47479706500", "invalid namespace");
        refuses("82a47479706500a36e737001", "invalid namespace");
        refuses("82a47479706500a36e7370a161", "invalid namespace");
        refuses("83a47479706500a36e7370a12fa46461746190", "invalid payload");
        refuses("83a47479706500a36e7370a12fa464617461a161", "invalid payload");
        refuses("83a47479706501a36e7370a12fa46461746180", "invalid payload");
        refuses("82a47479706502a36e7370a12f", "invalid payload");
        refuses("83a47479706502a36e7370a12fa46461746190", "invalid payload");
        refuses("83a47479706502a36e7370a12fa46461746191c3", "invalid payload");
        refuses("83a47479706502a36e7370a12fa46461746191a7636f6e6e656374", "invalid payload");
        refuses("83a47479706503a36e7370a12fa46461746180", "invalid payload");
        refuses("83a47479706504a36e7370a12fa46461746190", "invalid payload");
        refuses("84a47479706503a36e7370a12fa26964a131a46461746190", "invalid packet id");
        refuses("84a47479706502a36e7370a12fa26964ffa46461746191a161", "invalid packet id");
        refuses("83a47479706500a36e7370a12fa464617461c0", "invalid payload");
        refuses("84a47479706503a36e7370a12fa26964c0a46461746190", "invalid packet id");
        refuses("82a47479706501a36e7370a12f00", "invalid msgpack");
        assertThatThrownBy(() -> parser.newDecoder().text("2[\"a\"]".getBytes(UTF_8), 0, 6))
                .isInstanceOf(DecodeException.class);
    }

    @Test
    void wrongLengthsAndDeepNestingAreRefused() throws Exception {
        String head = "83a47479706503a36e7370a12fa464617461";
        for (String lie : List.of(
                "ddffffffff",
                "dfffffffff",
                "dbffffffff",
                "c6ffffffff",
                "c9ffffffff00",
                "dd7fffffff00",
                "df7fffffff0000",
                "dc0002c0",
                "91d9ff00",
                "91c4",
                "91cb00",
                "91c1")) {
            refuses(head + lie, "invalid msgpack");
        }
        assertThat(decode(head + "91".repeat(498) + "c0")).isNotNull();
        refuses(head + "91".repeat(600) + "c0", "invalid msgpack");
        refuses("91".repeat(100_000), "invalid packet type");
        refuses("81" + "91".repeat(100_000), "invalid msgpack");
    }

    @Test
    void aNumberIsALegalEventName() throws Exception {
        assertThat(((SocketPacket.Event) decode("83a47479706502a36e7370a12fa4646174619101")).name())
                .isEqualTo("1");
    }

    @Test
    void receivedValuesAreResentUnchanged() throws Exception {
        String hex = "84a47479706503a36e7370a12fa2696401a46461746193d90178dc000101ca3fc00000";
        Ack ack = (Ack) decode(hex);
        assertThat(hex(new Ack("/", 1, ack.args()))).isEqualTo(hex);
        assertThat(hex(new Ack(
                        "/",
                        1,
                        Arguments.of(ack.args().payload(1), List.of(ack.args().payload(0))))))
                .endsWith("92dc00010191d90178");
        assertThat(hex(new Ack("/", 1, ack.args().plus(5)))).endsWith("94d90178dc000101ca3fc0000005");
        assertThat(new String(JsonParser.create().encode(ack).head(), UTF_8)).isEqualTo("31[\"x\",[1],1.5]");
    }

    @Test
    void cyclicValuesAreBindingErrors() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        JsonParserTest.Node node = new JsonParserTest.Node();
        node.next = node;
        JsonParserTest.Node two = new JsonParserTest.Node();
        two.next = new JsonParserTest.Node();
        two.next.next = two;
        for (Object cyclic : List.of(list, node, two, Map.of("a", List.of(two)))) {
            assertThatThrownBy(() -> parser.encode(new Ack("/", 1, Arguments.of(cyclic))))
                    .isInstanceOf(BindingException.class);
        }
    }

    @Test
    void randomValuesRoundTrip() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            Object value = JacksonBindingTest.randomValue(random, 0);
            Ack ack = (Ack) parser.newDecoder()
                    .binary(parser.encode(new Ack("/n", i, Arguments.of(value, "x")))
                            .head());
            assertThat(ack.id()).isEqualTo(i);
            assertThat(ack.args().get(0)).usingRecursiveComparison().isEqualTo(value);
        }
    }
}
