package dev.sockeye.socketio.client.webtransport;

import static dev.sockeye.socketio.client.transport.TransportName.WEBTRANSPORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers over QUIC that do not follow the protocol: the client notices at once, and its memory is bounded. */
@Timeout(60)
class HostileServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String OPEN =
            "0{\"sid\":\"engine\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}";

    private static X509Bundle certificate;
    private final SocketIoClient io = SocketIoClient.create();

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    @AfterEach
    void close() {
        io.close();
    }

    private static ClientOptions options() {
        return ClientOptions.builder()
                .transports(WEBTRANSPORT)
                .reconnection(false)
                .dangerouslyTrustAllCertificates()
                .build();
    }

    private String failure(ScriptedQuicServer.Script script) throws Exception {
        try (ScriptedQuicServer server = new ScriptedQuicServer(certificate, script)) {
            return catchThrowable(() -> io.socket(server.url(), options()).connectBlocking(PATIENCE))
                    .getMessage();
        }
    }

    @Test
    void aConnectionThatIsClosedBeforeTheSettingsFailsImmediately() throws Exception {
        assertThat(failure(new ScriptedQuicServer.Script() {
                    @Override
                    public boolean connected(QuicChannel connection) {
                        connection.close(true, 0x100, Unpooled.EMPTY_BUFFER);
                        return false;
                    }
                }))
                .contains("closed the connection before its settings arrived");
    }

    @Test
    void headersThatAreTooLargeFailImmediately() throws Exception {
        assertThat(failure(new ScriptedQuicServer.Script() {
                    @Override
                    public void requested(QuicStreamChannel stream) {
                        // a HEADERS frame of 16 MiB, past the encoder of HTTP/3
                        stream.pipeline()
                                .firstContext()
                                .writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1, (byte) 0x81, 0, 0, 0, 0, 0}));
                    }
                }))
                .startsWith("webtransport error")
                .doesNotContain("timeout");
    }

    @Test
    void aStreamThatTheServerStopsEndsTheSession() throws Exception {
        ScriptedQuicServer.Script script = new ScriptedQuicServer.Script() {
            @Override
            public void received(QuicStreamChannel stream, String bytes) {
                if (bytes.endsWith("40")) {
                    ScriptedQuicServer.send(stream, "40{\"sid\":\"socket\"}");
                } else if (bytes.endsWith("0")) {
                    ScriptedQuicServer.send(stream, OPEN);
                } else {
                    stream.shutdownInput(0);
                }
            }
        };
        try (ScriptedQuicServer server = new ScriptedQuicServer(certificate, script)) {
            List<String> ends = new CopyOnWriteArrayList<>();
            Socket socket = io.socket(server.url(), options()).connectBlocking(PATIENCE);
            socket.onDisconnect((reason, details) -> ends.add(reason.text()));
            await().atMost(PATIENCE).until(() -> {
                socket.emit("again");
                return !ends.isEmpty();
            });
            assertThat(ends).containsExactly("transport close");
        }
    }
}
