package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

/** The effects of the engine's compression settings in each container. */
abstract class CompressionContract extends InDeflatingContainer {

    CompressionContract(Container.Kind kind) {
        super(kind);
    }

    @Test
    void theSecondMessageReusesTheCompressionContextOfTheFirst() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            raw.setSoTimeout(10_000);
            String answer = handshake(raw, "?deflate");
            assertThat(answer)
                    .contains("permessage-deflate")
                    .doesNotContain("server_no_context_takeover", "client_no_context_takeover");
            Frame[] frames = twoOfTheSame(engine.peer(), raw);
            Inflater inflater = new Inflater(true);
            assertThat(frames[0].compressed()).isTrue();
            assertThat(inflated(inflater, frames[0].payload())).isEqualTo(noise);
            assertThat(inflated(inflater, frames[1].payload())).isEqualTo(noise);
            assertThat(frames[1].payload()).hasSizeLessThan(200);
        }
    }

    @Test
    void messagesCompressedWithClientContextTakeoverAreRead() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            raw.setSoTimeout(10_000);
            try (Socket other = new Socket("localhost", container.port())) {
                other.setSoTimeout(10_000);
                String offering = upgrade("?deflate", KEY)
                        .replace("permessage-deflate", "permessage-deflate; client_no_context_takeover");
                assertThat(answer(other, offering)).contains("permessage-deflate");
                engine.peer();
            }
            handshake(raw, "?deflate");
            FakeEngine.Peer peer = engine.peer();
            peer.echo = false;
            Deflater deflater = new Deflater(9, true);
            for (int i = 0; i < 3; i++) {
                sendCompressed(raw, deflater, ("message " + i).getBytes(StandardCharsets.UTF_8));
            }
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(peer.receivedBytes.get()).isEqualTo(27));
        }
    }
}
