package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {

    private static final int MAX = 100_000;
    /** Used for all inputs, and without leak detection, which takes longer than decoding. */
    private static final ByteBuf RECEIVED = new UnpooledByteBufAllocator(true, true).directBuffer(256);

    private static final Set<String> EXPECTED_FAILURES = Set.of("fail 1002", "fail 1007", "fail 1009");

    /** Records all callbacks. */
    private static final class RecordingDecoder extends FrameDecoder {
        final List<String> seen = new ArrayList<>();
        long receiving;
        long most;
        long mayReceive = Long.MAX_VALUE;

        RecordingDecoder() {
            this(MAX);
        }

        RecordingDecoder(int maxMessageSize) {
            super(maxMessageSize);
        }

        @Override
        void onMessage(boolean binary, byte[] data) {
            seen.add((binary ? "binary " : "text ") + HexFormat.of().formatHex(data));
        }

        @Override
        byte @Nullable [] inflate(byte[] data, int length, int maxMessageSize) {
            throw new AssertionError("not negotiated");
        }

        @Override
        boolean receiving(long change) {
            receiving += change;
            most = Math.max(most, receiving);
            return receiving <= mayReceive;
        }

        @Override
        boolean compressionNegotiated() {
            return false;
        }

        @Override
        void onControl(int opcode, byte[] payload) {
            seen.add("control " + opcode + " " + HexFormat.of().formatHex(payload));
        }

        @Override
        void fail(int code, String why) {
            seen.add("fail " + code);
            stop();
        }

        void feed(byte[] bytes, int from, int to) {
            RECEIVED.clear().writeBytes(bytes, from, to - from);
            decode(RECEIVED);
            if (RECEIVED.refCnt() != 1) {
                throw new AssertionError("the decoder kept or released the buffer: " + RECEIVED.refCnt());
            }
        }
    }

    private static List<String> decode(byte[]... frames) {
        RecordingDecoder decoder = new RecordingDecoder();
        byte[] all = join(frames);
        decoder.feed(all, 0, all.length);
        return decoder.seen;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] frame(int first, String payload) {
        return Frames.masked(first, payload.getBytes(StandardCharsets.UTF_8), 0x12345678);
    }

    private static byte[] frame(int first, byte[] payload) {
        return Frames.masked(first, payload, 0xcafebabe);
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @Test
    void readsTheExampleOfTheSpecification() {
        assertThat(decode(hex("818537fa213d7f9f4d5158"))).containsExactly("text 48656c6c6f");
    }

    @Test
    void decodesIdenticallyAtEverySplitPoint() {
        byte[] all = join(
                frame(0x81, "hällo €"),
                frame(0x01, "fräg"),
                frame(0x89, "ping"),
                frame(0x00, ""),
                frame(0x80, "mentö"),
                frame(0x82, "b".repeat(300)),
                frame(0x82, ""),
                frame(0x88, ""));
        RecordingDecoder whole = new RecordingDecoder();
        whole.feed(all, 0, all.length);
        assertThat(whole.seen).hasSize(6).noneMatch(s -> s.startsWith("fail"));
        for (int i = 0; i <= all.length; i++) {
            RecordingDecoder split = new RecordingDecoder();
            split.feed(all, 0, i);
            split.feed(all, i, all.length);
            assertThat(split.seen).as("split at " + i).isEqualTo(whole.seen);
        }
        RecordingDecoder bytes = new RecordingDecoder();
        for (int i = 0; i < all.length; i++) {
            bytes.feed(all, i, i + 1);
        }
        assertThat(bytes.seen).isEqualTo(whole.seen);
    }

    @Test
    void decodesIdenticallyAtSeededRandomSplits() {
        Random random = new Random(42);
        for (int round = 0; round < 300; round++) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (int i = 0; i < 5; i++) {
                byte[] payload = new byte[random.nextInt(random.nextBoolean() ? 20 : 70_000)];
                random.nextBytes(payload);
                int cut = random.nextInt(payload.length + 1);
                stream.writeBytes(Frames.masked(0x02, Arrays.copyOf(payload, cut), random.nextInt()));
                stream.writeBytes(
                        Frames.masked(0x80, Arrays.copyOfRange(payload, cut, payload.length), random.nextInt()));
            }
            byte[] all = stream.toByteArray();
            RecordingDecoder whole = new RecordingDecoder();
            whole.feed(all, 0, all.length);
            RecordingDecoder split = new RecordingDecoder();
            for (int at = 0; at < all.length; ) {
                int to = Math.min(all.length, at + 1 + random.nextInt(20_000));
                split.feed(all, at, to);
                at = to;
            }
            assertThat(split.seen).hasSize(5).isEqualTo(whole.seen);
        }
    }

    @Test
    void refusesFramesThatViolateTheSpecification() {
        assertThat(decode(hex("810161"))).as("no mask").containsExactly("fail 1002");
        assertThat(decode(frame(0x91, "a"))).as("RSV3").containsExactly("fail 1002");
        assertThat(decode(frame(0xa1, "a"))).as("RSV2").containsExactly("fail 1002");
        assertThat(decode(frame(0xc1, "a"))).as("RSV1 without compression").containsExactly("fail 1002");
        for (int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
            assertThat(decode(frame(0x80 | opcode, ""))).as("opcode " + opcode).containsExactly("fail 1002");
        }
        assertThat(decode(frame(0x80, "a"))).as("continuation of nothing").containsExactly("fail 1002");
        assertThat(decode(frame(0x01, "a"), frame(0x81, "b")))
                .as("message in a message")
                .containsExactly("fail 1002");
        assertThat(decode(frame(0x09, "a"))).as("fragmented ping").containsExactly("fail 1002");
        assertThat(decode(frame(0x89, "a".repeat(126)))).as("long ping").containsExactly("fail 1002");
        assertThat(decode(hex("82ff8000000000000000"), new byte[4]))
                .as("negative length")
                .containsExactly("fail 1002");
    }

    @Test
    void refusesMessagesAboveTheLimitFromTheirHeaderAlone() {
        assertThat(decode(hex("82ff00000000000186a100000000"))).containsExactly("fail 1009");
        assertThat(decode(hex("82ff7fffffffffffffff00000000"))).containsExactly("fail 1009");
        assertThat(decode(frame(0x02, new byte[MAX]), hex("800000000000")))
                .as("not masked")
                .containsExactly("fail 1002");
        assertThat(decode(frame(0x02, new byte[MAX]), hex("808100000000"))).containsExactly("fail 1009");
        assertThat(decode(frame(0x82, new byte[MAX])))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("binary");
    }

    @Test
    void refusesInvalidUtf8InWholeMessagesAndAcrossFragments() {
        for (String bad : new String[] {
            "80", "c0af", "c1bf", "e08080", "eda080", "f08080af", "f4908080", "f5808080", "ff", "c3", "e282", "f09f98"
        }) {
            byte[] payload = hex(bad);
            assertThat(decode(frame(0x81, payload))).as(bad).containsExactly("fail 1007");
            byte[] first = Arrays.copyOf(payload, 1);
            byte[] rest = Arrays.copyOfRange(payload, 1, payload.length);
            assertThat(decode(frame(0x01, first), frame(0x80, rest))).as(bad).containsExactly("fail 1007");
        }
        assertThat(decode(frame(0x82, hex("ff")))).containsExactly("binary ff");
    }

    @Test
    void aFalseLengthInTheHeaderDoesNotCauseALargeAllocation() throws Exception {
        RecordingDecoder decoder = new RecordingDecoder();
        byte[] header = hex("82ff00000000000186a000000000");
        decoder.feed(header, 0, header.length);
        decoder.feed(new byte[10], 0, 10);
        java.lang.reflect.Field field = FrameDecoder.class.getDeclaredField("message");
        field.setAccessible(true);
        assertThat((byte[]) field.get(decoder)).hasSizeLessThanOrEqualTo(512);
    }

    @Test
    void refusesAControlFrameWithAnExtendedLengthAtAnySplit() {
        for (String frame :
                new String[] {"89ff80000000ac7f9f4d00000000", "89fe000500000000", "88ff000000000000000100000000"}) {
            RecordingDecoder decoder = new RecordingDecoder();
            byte[] bytes = hex(frame);
            for (int i = 0; i < bytes.length; i++) {
                decoder.feed(bytes, i, i + 1);
            }
            assertThat(decoder.seen).isEqualTo(decode(bytes)).containsExactly("fail 1002");
        }
    }

    @Test
    void refusesALengthThatOverflowsWhenAddedToEarlierFragments() {
        assertThat(decode(frame(0x01, "hello"), hex("80ff7fffffffffffffff00000000")))
                .containsExactly("fail 1009");
    }

    @Test
    void survivesSeededRandomAndMutatedInput() {
        int cases = Integer.getInteger("fuzz.cases", 200_000);
        Random random = new Random(11);
        for (int i = 0; i < cases; i++) {
            byte[] input;
            if (random.nextInt(3) == 0) {
                input = new byte[random.nextInt(64)];
                random.nextBytes(input);
            } else {
                byte[] payload = new byte[random.nextInt(random.nextInt(20) == 0 ? 2000 : 40)];
                random.nextBytes(payload);
                byte[] one = Frames.masked(random.nextInt(256), payload, random.nextInt());
                input = join(one, frame(0x80 | random.nextInt(16), "x"), frame(random.nextInt(16), "ü"));
                for (int flips = random.nextInt(4); flips > 0; flips--) {
                    input[random.nextInt(Math.min(input.length, 20))] ^= (byte) (1 << random.nextInt(8));
                }
            }
            RecordingDecoder decoder = new RecordingDecoder();
            int cut = random.nextInt(input.length + 1);
            decoder.feed(input, 0, cut);
            decoder.feed(input, cut, input.length);
            List<String> whole = decode(input);
            if (!decoder.seen.equals(whole)) { // an assertion for each case would take most of the time
                assertThat(decoder.seen).as("case %d, cut at %d", i, cut).isEqualTo(whole);
            }
            for (int j = 0; j < whole.size(); j++) {
                String seen = whole.get(j);
                if (seen.startsWith("fail") && !(j == whole.size() - 1 && EXPECTED_FAILURES.contains(seen))) {
                    fail("case %d: %s", i, whole);
                }
            }
        }
    }

    @Test
    void partialMessagesAboveEightKibibytesAreCountedUntilTheMessageEnds() {
        RecordingDecoder decoder = new RecordingDecoder();
        byte[] small = Frames.masked(0x82, new byte[5_000], 1);
        decoder.feed(small, 0, small.length - 1);
        assertThat(decoder.receiving).isZero();
        decoder.feed(small, small.length - 1, small.length);
        byte[] large = Frames.masked(0x82, new byte[50_000], 1);
        decoder.feed(large, 0, 30_000);
        assertThat(decoder.receiving).isBetween(29_000L, 50_000L);
        decoder.feed(large, 30_000, large.length);
        assertThat(decoder.receiving).isZero();
        assertThat(decoder.seen).hasSize(2);
        decoder.feed(large, 0, 20_000);
        decoder.stop();
        assertThat(decoder.receiving).isZero();
    }

    @Test
    void aPartialMessageIsRefusedAboveTheServerReceiveLimit() {
        RecordingDecoder decoder = new RecordingDecoder();
        decoder.mayReceive = 20_000;
        byte[] large = Frames.masked(0x82, new byte[50_000], 1);
        decoder.feed(large, 0, 30_000);
        assertThat(decoder.seen).containsExactly("fail 1013");
        assertThat(decoder.receiving).isZero();
    }

    @Test
    void aMessageForWhichThereIsNoMemoryIsNotCountedForEver() {
        RecordingDecoder decoder = new RecordingDecoder(Integer.MAX_VALUE);
        decoder.decode(Unpooled.wrappedBuffer(HexFormat.of().parseHex("82ff000000007fffffff00000000")));
        CompositeByteBuf most = HugeBuffers.largest();
        try {
            assertThatThrownBy(() -> decoder.decode(most)).isInstanceOf(OutOfMemoryError.class);
        } finally {
            most.release();
        }
        decoder.stop();
        assertThat(decoder.receiving).isZero();
    }
}
