package dev.sockeye.engineio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random and mutated bodies: only the declared exception may be thrown, and the output is not larger than the input. */
class EngineFuzzTest {
    private static final int CASES = Integer.getInteger("fuzz.cases", 200_000);
    private static final byte[] ALPHABET = {
        '0', '1', '2', '3', '4', '5', '6', '7', 'b', ':', 0x1e, '=', '-', 0, 1, 4, 9, -1
    };

    private interface Decoder {
        void decode(byte[] body, EngineCodec.PacketConsumer consumer) throws EngineDecodeException;
    }

    private static List<EnginePacket> packets(Random random) {
        List<EnginePacket> packets = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            byte[] data = new byte[random.nextInt(12)];
            random.nextBytes(data);
            packets.add(
                    random.nextBoolean()
                            ? Message.binary(data)
                            : Message.text(new String(data, UTF_8).replace('\u001e', '.')));
        }
        return packets;
    }

    private static byte[] mutate(byte[] body, Random random) {
        byte[] result = body;
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = result.length == 0 ? 0 : random.nextInt(result.length);
            switch (random.nextInt(4)) {
                case 0 -> result = Arrays.copyOf(result, at);
                case 1 -> {
                    byte[] longer = Arrays.copyOf(result, result.length + 1);
                    System.arraycopy(result, at, longer, at + 1, result.length - at);
                    longer[at] = ALPHABET[random.nextInt(ALPHABET.length)];
                    result = longer;
                }
                case 2 -> {
                    if (result.length > 0) {
                        result[at] = (byte) random.nextInt(256);
                    }
                }
                default -> {
                    if (result.length > 0) {
                        result[at] = ALPHABET[random.nextInt(ALPHABET.length)];
                    }
                }
            }
        }
        return result;
    }

    private static byte[] rubbish(Random random) {
        byte[] body = new byte[random.nextInt(40)];
        for (int i = 0; i < body.length; i++) {
            body[i] = ALPHABET[random.nextInt(ALPHABET.length)];
        }
        return body;
    }

    private static void fuzz(
            long seed, java.util.function.Function<List<EnginePacket>, byte[]> encoder, Decoder decoder) {
        Random random = new Random(seed);
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] body = random.nextInt(4) == 0 ? rubbish(random) : mutate(encoder.apply(packets(random)), random);
            long[] bytes = {0};
            try {
                decoder.decode(body, packet -> {
                    bytes[0] += EngineCodec.data(packet).length;
                    return true;
                });
                accepted++;
            } catch (EngineDecodeException e) {
                assertThat(e.getMessage()).startsWith("parser error");
                refused++;
            }
            // a byte that is no UTF-8 becomes three
            assertThat(bytes[0]).isLessThanOrEqualTo(3L * body.length);
        }
        assertThat(accepted).isPositive();
        assertThat(refused).isPositive();
    }

    @Test
    void protocol4PayloadsAreDecodedOrFailWithTheDeclaredException() {
        fuzz(4, EngineCodec::encodePayload, EngineCodec::decodePayload);
    }

    @Test
    void protocol3TextPayloadsAreDecodedOrFailWithTheDeclaredException() {
        fuzz(
                3,
                packets -> EngineCodecV3.encodeTextPayload(packets).getBytes(UTF_8),
                (body, consumer) -> EngineCodecV3.decodeTextPayload(new String(body, UTF_8), consumer));
    }

    @Test
    void protocol3BinaryPayloadsAreDecodedOrFailWithTheDeclaredException() {
        fuzz(33, EngineCodecV3::encodeBinaryPayload, EngineCodecV3::decodeBinaryPayload);
    }

    @Test
    void validPayloadsRoundTrip() throws EngineDecodeException {
        Random random = new Random(5);
        for (int i = 0; i < CASES / 10; i++) {
            List<EnginePacket> packets = packets(random);
            List<EnginePacket> back = new ArrayList<>();
            EngineCodec.decodePayload(EngineCodec.encodePayload(packets), back::add);
            assertThat(describe(back)).isEqualTo(describe(packets));
            back.clear();
            EngineCodecV3.decodeTextPayload(EngineCodecV3.encodeTextPayload(packets), back::add);
            assertThat(describe(back)).isEqualTo(describe(packets));
            back.clear();
            EngineCodecV3.decodeBinaryPayload(EngineCodecV3.encodeBinaryPayload(packets), back::add);
            assertThat(describe(back)).isEqualTo(describe(packets));
        }
    }

    private static String describe(List<EnginePacket> packets) {
        StringBuilder text = new StringBuilder();
        for (EnginePacket packet : packets) {
            Message message = (Message) packet;
            text.append(message.isBinary()).append(Arrays.toString(message.data()));
        }
        return text.toString();
    }
}
