package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.netty.Certificates;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.server.SocketIoServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

    @Test
    void tlsFromPemFiles(@TempDir Path files) throws Exception {
        run(files, (io, folder) -> {
            int port = 0;
            // tag::tls
            NettyHostOptions tls = NettyHostOptions.builder()
                    .tls(new File(folder, "fullchain.pem"), new File(folder, "privkey.pem"))
                    .build();
            io.listen(new InetSocketAddress(port), new NettyHostProvider(tls));
            // end::tls
        });
    }

    @Test
    void tlsWithACertificateThatIsReloaded(@TempDir Path files) throws Exception {
        run(files, (io, folder) -> {
            int port = 0;
            // tag::reload
            Certificates certificates =
                    Certificates.fromPem(new File(folder, "fullchain.pem"), new File(folder, "privkey.pem"));
            NettyHostOptions tls = NettyHostOptions.builder().tls(certificates).build();
            io.listen(new InetSocketAddress(port), new NettyHostProvider(tls));
            // after each renewal
            certificates.reload();
            // end::reload
        });
    }

    @Test
    void tlsWithWebTransportEnabled(@TempDir Path files) throws Exception {
        run(files, (io, folder) -> {
            int port = 0;
            // tag::webtransport
            NettyHostOptions host = NettyHostOptions.builder()
                    .tls(new File(folder, "fullchain.pem"), new File(folder, "privkey.pem"))
                    .webTransport(true)
                    .build();
            io.listen(new InetSocketAddress(port), new NettyHostProvider(host));
            // end::webtransport
        });
    }

    private interface Listening {
        void listen(SocketIoServer io, File folder) throws Exception;
    }

    private static void run(Path files, Listening listening) throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Files.writeString(files.resolve("fullchain.pem"), bundle.getCertificatePathPEM());
        Files.writeString(files.resolve("privkey.pem"), bundle.getPrivateKeyPEM());
        File folder = files.toFile();
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> socket.on("hello", String.class, (name, ack) -> ack.send("Hello, " + name)));
        listening.listen(io, folder);
        ClientOptions trusting = ClientOptions.builder()
                .tls(client -> client.trustedCertificates(files.resolve("fullchain.pem")))
                .build();
        try (SocketIoClient client = SocketIoClient.create()) {
            assertThat(client.socket("https://localhost:" + io.port(), trusting)
                            .emitWithAck("hello", String.class, "Ann")
                            .get(20, TimeUnit.SECONDS))
                    .isEqualTo("Hello, Ann");
        } finally {
            io.closeAsync().get(10, TimeUnit.SECONDS);
        }
    }
}
