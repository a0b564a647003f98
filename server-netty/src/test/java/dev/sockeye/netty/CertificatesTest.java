package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {

    @Test
    void unusableCertificateFilesAreNamedInTheError(@TempDir Path folder) throws Exception {
        Path chain = Files.writeString(folder.resolve("chain.pem"), "nothing");
        Path key = Files.writeString(folder.resolve("key.pem"), "nothing");
        assertThatThrownBy(() -> Certificates.fromPem(chain.toFile(), key.toFile()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chain.pem")
                .hasMessageContaining("key.pem");
        assertThatThrownBy(() ->
                        NettyHostOptions.builder().tls(folder.resolve("none").toFile(), key.toFile()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void webTransportNeedsACertificate() {
        assertThatThrownBy(() -> NettyHostOptions.builder().webTransport(true).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("webTransport needs a certificate: set tls(...)");
    }

    @Test
    void webTransportNeedsItsModule() {
        assertThatThrownBy(() -> NettyHost.webTransportProvider(ClassLoader.getPlatformClassLoader()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sockeye-server-webtransport");
    }

    @Test
    void toBuilderKeepsTheCertificateAndTheWebTransportFlag() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        NettyHostOptions options = NettyHostOptions.builder()
                .tls(Certificates.fromKeyStore(keys, new char[0]))
                .webTransport(true)
                .build();
        assertThat(options.toBuilder().build().webTransport()).isTrue();
        assertThatThrownBy(() -> options.toBuilder().sslContext(null).build()).hasMessageContaining("certificate");
    }
}
