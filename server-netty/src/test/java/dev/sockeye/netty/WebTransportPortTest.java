package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A host whose port is chosen by the system, and whose port of UDP may be in use. */
class WebTransportPortTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(HERE, 0);

    private final List<Integer> ports = new ArrayList<>();
    private int offers;
    private int refusals;

    private final EchoEngine engine = new EchoEngine() {
        @Override
        public void offerWebTransport() {
            offers++;
        }

        @Override
        public void withdrawWebTransport() {
            offers--;
        }
    };

    /** UDP, of which the first ports are in use. */
    private final WebTransportProvider provider = new WebTransportProvider() {
        @Override
        public void ensureAvailable() {}

        @Override
        public Endpoint listen(Setup setup) throws IOException {
            ports.add(setup.address().getPort());
            if (refusals-- > 0) {
                throw new IOException("UDP port " + setup.address().getPort() + " is in use");
            }
            return () -> CompletableFuture.completedFuture(null);
        }
    };

    private NettyHost listen(InetSocketAddress address) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        NettyHostOptions options = NettyHostOptions.builder()
                .loops(1)
                .tls(Certificates.fromKeyStore(keys, new char[0]))
                .webTransport(true)
                .build();
        return NettyHost.listen(address, engine, options, provider);
    }

    @Test
    void otherPortsAreTried() throws Exception {
        refusals = 9;
        NettyHost host = listen(ANY_PORT);
        assertThat(ports).hasSize(10);
        assertThat(host.address().getPort()).isEqualTo(ports.get(9));
        assertThat(ports.get(9)).isNotEqualTo(ports.get(8));
        for (int port : ports.subList(0, 9)) {
            if (port != ports.get(9)) {
                new ServerSocket(port, 1, HERE).close(); // was given back
            }
        }
        assertThat(offers).isEqualTo(1);
        host.close();
        assertThat(offers).isZero();
    }

    @Test
    void theAttemptsAreBounded() {
        refusals = 100;
        assertThatThrownBy(() -> listen(ANY_PORT))
                .isInstanceOf(IOException.class)
                .hasMessage("UDP port " + ports.get(9) + " is in use");
        assertThat(ports).hasSize(10);
        assertThat(offers).isZero();
    }

    @Test
    void aGivenPortIsNotReplaced() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, HERE)) {
            port = free.getLocalPort();
        }
        refusals = 1;
        assertThatThrownBy(() -> listen(new InetSocketAddress(HERE, port))).isInstanceOf(IOException.class);
        assertThat(ports).containsExactly(port);
        assertThat(offers).isZero();
    }
}
