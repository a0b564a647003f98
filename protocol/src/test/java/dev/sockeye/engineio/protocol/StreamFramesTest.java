package dev.sockeye.engineio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.engineio.protocol.EnginePacket.Open;
import dev.sockeye.engineio.protocol.EnginePacket.Pong;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFramesTest {

    /** Records messages: text unchanged, binary as {@code hex:}. */
    private static final class Messages implements StreamFrameDecoder.Receiver {
        final List<String> all = new ArrayList<>();
        long partly;
        long most = Long.MAX_VALUE;

        @Override
        public void onText(byte[] utf8) {
            all.add(new String(utf8, UTF_8));
        }

        @Override
        public void onBinary(byte[] data) {
            all.add("hex:" + HexFormat.of().formatHex(data));
        }

        @Override
        public boolean receiving(long change) {
            partly += change;
            return partly <= most;
        }
    }

    private final Messages messages = new Messages();
    private final StreamFrameDecoder decoder = new StreamFrameDecoder(1_000_000, 1_000_000, messages);

    private void decode(String hex) throws EngineDecodeException {
        decoder.decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    private static String hex(EnginePacket packet) {
        return HexFormat.of().formatHex(StreamFrames.encode(packet));
    }

    @Test
    @Tag("eiop.index.05")
    void aTextMessageHasItsLengthAndItsType() {
        assertThat(hex(Message.text("1€"))).isEqualTo("0534" + "31e282ac");
        assertThat(hex(new Open(""))).isEqualTo("0130");
        assertThat(hex(new Pong("probe"))).isEqualTo("06" + "33" + "70726f6265");
    }

    @Test
    @Tag("eiop.index.06")
    @Tag("eiop.index.07")
    @Tag("eiop.index.08")
    @Tag("eiop.node.09")
    void aBinaryMessageHasTheHighBitOfItsLengthSetAndNoType() {
        assertThat(hex(Message.binary(new byte[] {1, 2, 3, 4}))).isEqualTo("84" + "01020304");
        assertThat(hex(Message.binary(new byte[125]))).startsWith("fd00");
    }

    @ParameterizedTest
    @CsvSource({"126,fe007e", "12345,fe3039", "65535,feffff", "65536,ff0000000000010000", "123456789,ff00000000075bcd15"
    })
    @Tag("eiop.index.09")
    @Tag("eiop.index.10")
    void longerMessagesHaveExtendedLengths(int length, String header) {
        byte[] to = new byte[StreamFrames.MAX_HEADER];
        int end = StreamFrames.writeHeader(true, length, to, 0);
        assertThat(HexFormat.of().formatHex(to, 0, end)).isEqualTo(header);
        assertThat(end).isEqualTo(StreamFrames.headerLength(length));
    }

    @Test
    @Tag("eiop.index.11")
    @Tag("eiop.index.13")
    void messagesAreReadAllAtOnce() throws EngineDecodeException {
        decode("05 34 31 e2 82 ac 01 32 02 34 33 84 01 02 03 04");
        assertThat(messages.all).containsExactly("41€", "2", "43", "hex:01020304");
        assertThat(decoder.atFrameStart()).isTrue();
    }

    @Test
    @Tag("eiop.index.12")
    void messagesAreReadByteByByte() throws EngineDecodeException {
        for (String b : "05 34 31 e2 82 ac 7e 00 01 32 84 01 02 03 04".split(" ", -1)) {
            decode(b);
        }
        assertThat(messages.all).containsExactly("41€", "2", "hex:01020304");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 125, 126, 12345, 65535, 65536, 900_000, 1_000_000})
    @Tag("eiop.index.14")
    @Tag("eiop.index.15")
    @Tag("eiop.index.16")
    @Tag("eiop.node.10")
    void binaryMessagesOfAllSizesRoundTrip(int size) throws EngineDecodeException {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        byte[] frame = StreamFrames.encode(Message.binary(data));
        Random pieces = new Random(1);
        for (int from = 0; from < frame.length; ) {
            int to = Math.min(frame.length, from + 1 + pieces.nextInt(20_000));
            decoder.decode(ByteBuffer.wrap(frame, from, to - from));
            from = to;
        }
        assertThat(messages.all).containsExactly("hex:" + HexFormat.of().formatHex(data));
        assertThat(messages.partly).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fe 00 00",
                "ff 00 00 00 00 00 00 00 00",
                "00",
                "80",
                "ff 00 00 00 00 00 0f 42 41",
                "ff 00 20 00 00 00 00 00 00",
                "7f ff ff ff ff ff ff ff ff",
                "7f 80 00 00 00 00 00 00 00"
            })
    @Tag("eiop.index.17")
    @Tag("eiop.index.18")
    @Tag("eiop.index.19")
    void aLengthOfZeroOrAboveTheLimitIsAParserError(String hex) throws EngineDecodeException {
        decode("01 32");
        assertThatThrownBy(() -> decode(hex + " 02 34 34"))
                .isInstanceOf(EngineDecodeException.class)
                .hasMessageStartingWith("parser error");
        decode("02 34 33"); // everything after it is skipped
        assertThat(messages.all).containsExactly("2");
    }

    @Test
    void theFirstMessageHasItsOwnSizeLimit() throws EngineDecodeException {
        StreamFrameDecoder strict = new StreamFrameDecoder(5, 100, messages);
        strict.decode(ByteBuffer.wrap(new byte[] {5, '0', 'a', 'b', 'c', 'd', 6, '4', 'a', 'b', 'c', 'd', 'e'}));
        assertThat(messages.all).containsExactly("0abcd", "4abcde");
        assertThatThrownBy(() -> new StreamFrameDecoder(5, 100, messages).decode(ByteBuffer.wrap(new byte[] {6})))
                .isInstanceOf(EngineDecodeException.class);
    }

    @Test
    void aLengthAloneReservesNoMemory() throws EngineDecodeException {
        byte[] frame = StreamFrames.encode(Message.binary(new byte[1_000_000]));
        decoder.decode(ByteBuffer.wrap(frame, 0, 10));
        assertThat(messages.partly).isZero();
        decoder.decode(ByteBuffer.wrap(frame, 10, 10_000));
        assertThat(messages.partly).isBetween(8_192L, 20_000L);
        decoder.end();
        assertThat(messages.partly).isZero();
    }

    @Test
    void aStreamFailsWhenIncompleteMessagesExceedTheLimit() throws EngineDecodeException {
        messages.most = 50_000;
        byte[] frame = StreamFrames.encode(Message.binary(new byte[100_000]));
        decoder.decode(ByteBuffer.wrap(frame, 0, 10_000));
        assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(frame, 10_000, 80_000)))
                .isInstanceOf(EngineDecodeException.class)
                .hasMessageContaining("too many bytes");
        assertThat(messages.partly).isZero();
    }

    @Test
    void textMustBeUtf8() throws EngineDecodeException {
        String all = "a\u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff" + Character.toString(0x10000)
                + Character.toString(0x10ffff);
        decoder.decode(ByteBuffer.wrap(StreamFrames.encode(Message.text(all))));
        assertThat(messages.all).containsExactly("4" + all);
        for (String bad : List.of(
                "80", "c3", "c080", "e08080", "eda080", "f0808080", "f4908080", "f5808080", "e282", "ff", "c341")) {
            byte[] text = HexFormat.of().parseHex("34" + bad);
            byte[] frame = new byte[text.length + 1];
            frame[0] = (byte) text.length;
            System.arraycopy(text, 0, frame, 1, text.length);
            assertThatThrownBy(() -> new StreamFrameDecoder(100, 100, messages).decode(ByteBuffer.wrap(frame)))
                    .as(bad)
                    .isInstanceOf(EngineDecodeException.class)
                    .hasMessageContaining("UTF-8");
        }
    }

    @Test
    void randomStreamsRoundTrip() throws EngineDecodeException {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<String> sent = new ArrayList<>();
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (int i = 0; i < 20; i++) {
                byte[] data = new byte[1 + random.nextInt(1 << random.nextInt(10))];
                random.nextBytes(data);
                boolean binary = random.nextBoolean();
                String text = HexFormat.of().formatHex(data);
                stream.writeBytes(StreamFrames.encode(binary ? Message.binary(data) : Message.text(text)));
                sent.add(binary ? "hex:" + text : "4" + text);
            }
            byte[] bytes = stream.toByteArray();
            Messages got = new Messages();
            StreamFrameDecoder fresh = new StreamFrameDecoder(10_000, 10_000, got);
            for (int from = 0; from < bytes.length; ) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(300));
                fresh.decode(ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, to)));
                from = to;
            }
            assertThat(got.all).as("seed %d", seed).isEqualTo(sent);
        }
    }
}
