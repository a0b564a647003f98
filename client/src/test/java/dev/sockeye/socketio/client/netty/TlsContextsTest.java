package dev.sockeye.socketio.client.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.client.transport.ServerAddress;
import dev.sockeye.socketio.client.transport.TlsOptions;
import io.netty.handler.ssl.SslContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class TlsContextsTest {
    private static final ServerAddress SERVER = new ServerAddress(true, "localhost", 443);
    private final TlsContexts contexts = new TlsContexts();

    private SslContext of(TlsOptions options) throws SSLException {
        return contexts.of(options, SERVER);
    }

    @Test
    void contextsOfSeveralOptionsAreKept() throws SSLException {
        TlsOptions one =
                TlsOptions.builder().trustedCertificateHashes("ab".repeat(32)).build();
        TlsOptions two =
                TlsOptions.builder().trustedCertificateHashes("cd".repeat(32)).build();
        SslContext first = of(one);
        SslContext second = of(two);
        assertThat(of(one)).isSameAs(first).isNotSameAs(second);
        assertThat(of(two)).isSameAs(second);
    }

    @Test
    void onlyTheNewestContextsAreKept() throws SSLException {
        TlsOptions oldest =
                TlsOptions.builder().trustedCertificateHashes("ab".repeat(32)).build();
        SslContext first = of(oldest);
        for (int i = 0; i < 8; i++) {
            of(oldest.toBuilder().build());
        }
        assertThat(of(oldest)).isNotSameAs(first);
    }
}
