package dev.sockeye.socketio.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.text.Utf8;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Decoders meet bad input: nothing but {@link DecodeException} may come out, memory stays in proportion to the input, and
 * an accepted packet can be read, and is the same after encoding and decoding it again. {@code -Dfuzz.cases=10000000} runs longer, {@code
 * -Dfuzz.seed} elsewhere.
 */
class DecoderFuzzTest {
    private static final int CASES = Integer.getInteger("fuzz.cases", 200_000);
    private static final long SEED = Long.getLong("fuzz.seed", 20261123L);
    private static final Type[] TYPES = {
        String.class, int.class, Double.class, byte[].class, Map.class, new TypeRef<List<String>>() {}.type()
    };

    private long accepted;
    private long refused;

    @Test
    void theJsonDecoderHandlesMalformedInput() {
        run("json", JsonParser.create(), PacketFuzzer.json(SEED), false);
    }

    @Test
    void theMsgpackDecoderHandlesMalformedInput() {
        run("msgpack", MsgpackParser.create(), PacketFuzzer.msgpack(SEED), true);
    }

    private void run(String name, Parser parser, PacketFuzzer fuzzer, boolean binary) {
        Parser.Decoder decoder = parser.newDecoder();
        for (int i = 0; i < CASES; i++) {
            byte[] input = fuzzer.next();
            try {
                one(parser, decoder, fuzzer, input, binary, i);
            } catch (Throwable e) {
                throw new AssertionError(
                        name + " case " + i + " of seed " + SEED + ": "
                                + HexFormat.of().formatHex(input),
                        e);
            }
        }
        System.out.println(
                "fuzz " + name + ": " + CASES + " cases, " + accepted + " accepted, " + refused + " refused");
        assertThat(accepted).isGreaterThan(CASES / 20);
        assertThat(refused).isGreaterThan(CASES / 20);
    }

    private void one(
            Parser parser, Parser.Decoder decoder, PacketFuzzer fuzzer, byte[] input, boolean binary, int number)
            throws DecodeException {
        SocketPacket packet;
        long before = AllocationMeter.bytes();
        try {
            packet = binary ? decoder.binary(input) : decoder.text(input, 0, input.length);
            checkMemory(before, input.length);
            if (packet == null) {
                for (int i = fuzzer.attachments(); packet == null && i > 0; i--) {
                    packet = decoder.binary(fuzzer.attachment());
                }
            }
        } catch (DecodeException e) {
            assertThat(e.getMessage()).isNotEmpty();
            checkMemory(before, input.length);
            refused++;
            return;
        }
        if (packet == null) {
            decoder.reset();
            refused++;
            return;
        }
        accepted++;
        // the first cases and then one of eight: reading costs far more than decoding
        if (number < 50_000 || number % 8 == 0) {
            read(parser, packet, input.length, number);
        }
    }

    /** Growing arrays of bounds are the worst that may happen. */
    private void checkMemory(long before, int length) {
        long used = AllocationMeter.bytes() - before;
        // the first cases load classes
        assertThat(accepted + refused < 1000 || used < 64L * length + 64 * 1024)
                .as("%s bytes for %s", used, length)
                .isTrue();
    }

    private void read(Parser parser, SocketPacket packet, int length, int number) throws DecodeException {
        Arguments args = args(packet);
        long before = AllocationMeter.bytes();
        List<Object> natural = args.toList();
        long used = AllocationMeter.bytes() - before;
        assertThat(accepted < 1000 || used < 400L * length + 64 * 1024)
                .as("%s bytes for %s", used, length)
                .isTrue();
        for (int i = 0; i < Math.min(3, args.size()); i++) {
            try {
                args.get(i, TYPES[number % TYPES.length]);
            } catch (BindingException e) {
                assertThat(e.getMessage()).startsWith("expected ").contains(" but got ", " at $");
            }
        }
        EncodedPacket encoded = parser.encode(packet);
        Parser.Decoder decoder = parser.newDecoder();
        SocketPacket again = encoded.binaryHead()
                ? decoder.binary(encoded.head())
                : decoder.text(encoded.head(), 0, encoded.head().length);
        for (byte[] attachment : encoded.attachments()) {
            again = decoder.binary(attachment);
        }
        assertThat(again.getClass()).isEqualTo(packet.getClass());
        assertThat(again.namespace()).isEqualTo(packet.namespace());
        assertThat(same(args(again).toList(), natural)).isTrue();
        if (packet instanceof SocketPacket.Event event) {
            assertThat(((SocketPacket.Event) again).name()).isEqualTo(event.name());
            assertThat(((SocketPacket.Event) again).id()).isEqualTo(event.id());
        }
    }

    private static Arguments args(SocketPacket packet) {
        if (packet instanceof SocketPacket.Event event) {
            return event.args();
        } else if (packet instanceof SocketPacket.Ack ack) {
            return ack.args();
        } else if (packet instanceof SocketPacket.Connect connect && connect.data() != null) {
            return Arguments.of(connect.data());
        } else if (packet instanceof SocketPacket.ConnectError error) {
            return Arguments.of(error.data());
        }
        return Arguments.none();
    }

    private static boolean same(Object a, Object b) {
        if (a instanceof byte[] x && b instanceof byte[] y) {
            return Arrays.equals(x, y);
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            if (x.size() != y.size()) {
                return false;
            }
            for (int i = 0; i < x.size(); i++) {
                if (!same(x.get(i), y.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.keySet().equals(y.keySet()) && x.keySet().stream().allMatch(key -> same(x.get(key), y.get(key)));
        }
        return a == null ? b == null : a.equals(b);
    }

    /** Our scanner and Jackson must agree on what JSON is. */
    @Test
    void theScannerAcceptsWhatJacksonAccepts() {
        JsonMapper jackson = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
        PacketFuzzer fuzzer = PacketFuzzer.json(SEED + 1);
        JsonScanner scanner = JsonScanner.take();
        int both = 0;
        for (int i = 0; i < CASES / 4; i++) {
            byte[] input = fuzzer.next();
            int from = 0;
            while (from < input.length && input[from] != '[' && input[from] != '{' && input[from] != '"') {
                from++;
            }
            int length = input.length - from;
            // JavaScript accepts a lone surrogate, Jackson does not
            if (length == 0
                    || !Utf8.isValid(input, from, input.length)
                    || new String(input, ISO_8859_1).toLowerCase(Locale.ROOT).contains("\\ud")) {
                continue;
            }
            boolean valid = scanner.scan(input, from, length, 0);
            boolean expected;
            try {
                jackson.readTree(input, from, length);
                expected = true;
            } catch (JacksonException e) {
                expected = false;
            }
            assertThat(valid).as(() -> HexFormat.of().formatHex(input)).isEqualTo(expected);
            both += valid ? 1 : 0;
        }
        assertThat(both).isGreaterThan(CASES / 100);
        scanner.release();
    }
}
