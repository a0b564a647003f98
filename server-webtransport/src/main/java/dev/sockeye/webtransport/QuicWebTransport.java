package dev.sockeye.webtransport;

import dev.sockeye.netty.WebTransportProvider;
import io.netty.handler.codec.quic.Quic;
import java.io.IOException;

/**
 * WebTransport over HTTP/3 with Netty's QUIC codec. Found by {@link java.util.ServiceLoader}; enabled by {@code
 * NettyHostOptions.builder().tls(...).webTransport(true)}.
 */
public final class QuicWebTransport implements WebTransportProvider {

    /** Used by {@link java.util.ServiceLoader}. */
    public QuicWebTransport() {}

    @Override
    public void ensureAvailable() {
        Throwable cause = Quic.unavailabilityCause();
        if (cause != null) {
            throw new IllegalStateException(
                    "webTransport needs Netty's native QUIC library, and there is none for this machine ("
                            + System.getProperty("os.name") + ", " + System.getProperty("os.arch")
                            + ") on the class path: add io.netty:netty-codec-native-quic with the classifier of this machine"
                            + " (linux-x86_64, linux-aarch_64, osx-x86_64, osx-aarch_64 or windows-x86_64): "
                            + cause.getMessage(),
                    cause);
        }
    }

    @Override
    public Endpoint listen(Setup setup) throws IOException {
        return QuicEndpoint.listen(setup);
    }
}
