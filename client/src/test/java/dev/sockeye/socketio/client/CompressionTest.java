package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.client.transport.TransportName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Compression, as seen on the wire. */
@Timeout(60)
@ParameterizedClass
@EnumSource(TestServers.class)
class CompressionTest {
    private static final Duration SHORT = Duration.ofSeconds(20);

    @Parameter
    private TestServers server;

    private final SocketIoClient io = SocketIoClient.create();

    @AfterEach
    void close() {
        io.close();
    }

    private interface Talk {
        void with(Socket socket) throws InterruptedException;
    }

    /** Whether each text message of a conversation was compressed; the first is the CONNECT of the namespace. */
    private List<Boolean> compressed(int threshold, Talk talk) throws Exception {
        try (Relay relay = new Relay(server.port("deflate"))) {
            Socket socket = io.socket(
                            relay.url(),
                            ClientOptions.builder()
                                    .forceNew(true)
                                    .transports(TransportName.WEBSOCKET)
                                    .perMessageDeflateThreshold(threshold)
                                    .build())
                    .connectBlocking(SHORT);
            talk.with(socket);
            return messages(relay.upstream());
        }
    }

    /** The RSV1 bits of the text frames after the request head (RFC 6455, 5.2; RFC 7692, 6). */
    private static List<Boolean> messages(byte[] sent) {
        int at = new String(sent, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
        List<Boolean> bits = new ArrayList<>();
        while (at < sent.length) {
            int first = sent[at] & 0xff;
            int length = sent[at + 1] & 0x7f;
            int head = 2;
            if (length == 126) {
                length = ((sent[at + 2] & 0xff) << 8) | (sent[at + 3] & 0xff);
                head = 4;
            }
            if ((first & 0x0f) == 1) {
                bits.add((first & 0x40) != 0);
            }
            at += head + 4 + length;
        }
        return bits;
    }

    @Test
    @Tag("eioc.transport.23")
    @Tag("sioc.socket.10")
    void aMessageAboveTheThresholdIsCompressed() throws Exception {
        assertThat(compressed(0, socket -> socket.call("echo", SHORT, "x".repeat(50))))
                .containsExactly(true, true);
    }

    @Test
    @Tag("eioc.transport.24")
    void aMessageBelowTheThresholdIsNotCompressed() throws Exception {
        assertThat(compressed(40, socket -> {
                    socket.call("echo", SHORT, "x");
                    socket.call("echo", SHORT, "x".repeat(50));
                }))
                .containsExactly(false, false, true);
    }

    @Test
    @Tag("sioc.socket.11")
    void aMessageSentWithCompressFalseIsNotCompressed() throws Exception {
        assertThat(compressed(0, socket -> {
                    socket.compress(false).emit("hi");
                    socket.call("echo", SHORT, "x".repeat(50));
                }))
                .containsExactly(true, false, true);
    }
}
