package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

/** Compression without context takeover, in each container: one that has seen nothing else, for Undertow remembers. */
abstract class NoContextTakeoverContract extends InDeflatingContainer {

    NoContextTakeoverContract(Container.Kind kind) {
        super(kind);
    }

    @Test
    void eachMessageIsCompressedIndependentlyWithoutContextTakeover() throws Exception {
        try (Socket raw = new Socket("localhost", container.port())) {
            raw.setSoTimeout(10_000);
            String answer = handshake(raw, "?deflate-forget");
            assertThat(answer).contains("server_no_context_takeover", "client_no_context_takeover");
            FakeEngine.Peer peer = engine.peer();
            for (Frame frame : twoOfTheSame(peer, raw)) {
                assertThat(frame.compressed()).isTrue();
                assertThat(inflated(new Inflater(true), frame.payload())).isEqualTo(noise);
            }
            for (int i = 0; i < 2; i++) {
                sendCompressed(raw, new Deflater(9, true), noise);
                assertThat(inflated(new Inflater(true), read(raw).payload())).isEqualTo(noise);
            }
        }
    }
}
