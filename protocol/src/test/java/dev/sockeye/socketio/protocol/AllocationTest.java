package dev.sockeye.socketio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Allocation per small message: growth of the hot path must be noticed. */
class AllocationTest {
    private static final int ROUNDS = 20_000;
    private static final int BATCH = 1000;
    private final JsonParser parser = JsonParser.create();

    private interface Step {
        Object run() throws Exception;
    }

    private Object sink;

    private long bytesFor(Step step) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            sink = step.run();
        }
        // the least of several: a collection in between counts the rest of an allocation buffer as used
        long least = Long.MAX_VALUE;
        for (int batch = 0; batch < 20; batch++) {
            long before = AllocationMeter.bytes();
            for (int i = 0; i < BATCH; i++) {
                sink = step.run();
            }
            least = Math.min(least, (AllocationMeter.bytes() - before) / BATCH);
        }
        assertThat(sink).isNotNull();
        return least;
    }

    @Test
    void readingAPlaceholderAllocatesNoMap() throws Exception {
        byte[] placeholder = "{\"_placeholder\":true,\"num\":0}".getBytes(UTF_8);
        List<byte[]> attachments = List.of(new byte[8]);
        assertThat(bytesFor(() -> JsonReader.read(placeholder, 0, placeholder.length, attachments)))
                .isLessThanOrEqualTo(48);
    }

    @Test
    void decodingAnEventAllocatesOnlyTheEventAndItsArguments() throws Exception {
        byte[] message = "2123[\"echo\",\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"]".getBytes(UTF_8);
        Parser.Decoder decoder = parser.newDecoder();
        assertThat(bytesFor(() -> decoder.text(message, 0, message.length))).isLessThanOrEqualTo(96);
        byte[] namespaced = "2/chat,[\"chat message\",{\"a\":[1,2.5,true]},\"b\"]".getBytes(UTF_8);
        assertThat(bytesFor(() -> decoder.text(namespaced, 0, namespaced.length)))
                .isLessThanOrEqualTo(96);
    }

    @Test
    void encodingAnAcknowledgementAllocatesOnlyItsBytes() throws Exception {
        byte[] message = "2123[\"echo\",\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"]".getBytes(UTF_8);
        SocketPacket.Event event = (SocketPacket.Event) parser.newDecoder().text(message, 0, message.length);
        SocketPacket received = new SocketPacket.Ack("/", 123, event.args());
        int size = parser.encode(received).head().length;
        assertThat(bytesFor(() -> parser.encode(received))).isLessThanOrEqualTo(size + 64);
        SocketPacket fresh = new SocketPacket.Ack("/", 123, Arguments.of("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
        assertThat(bytesFor(() -> parser.encode(fresh))).isLessThanOrEqualTo(size + 64);
    }

    @Test
    void readingAStringAllocatesOnlyTheString() throws Exception {
        byte[] message = "2[\"echo\",\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"]".getBytes(UTF_8);
        Arguments args = ((SocketPacket.Event) parser.newDecoder().text(message, 0, message.length)).args();
        assertThat(bytesFor(() -> args.get(0, String.class))).isLessThanOrEqualTo(24 + 16 + 32 + 8);
    }
}
