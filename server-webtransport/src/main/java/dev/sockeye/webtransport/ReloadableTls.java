package dev.sockeye.webtransport;

import dev.sockeye.netty.Certificates;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;

/** Creates the TLS engine of each connection with the current certificate. Thread-safe. */
final class ReloadableTls implements Function<QuicChannel, QuicSslEngine> {
    private final Certificates certificates;
    private volatile Current current;

    private record Current(KeyManagerFactory keys, QuicSslContext context) {}

    ReloadableTls(Certificates certificates) {
        this.certificates = certificates;
        this.current = of(certificates.keyManagers());
    }

    private static Current of(KeyManagerFactory keys) {
        return new Current(
                keys,
                QuicSslContextBuilder.forServer(keys, null)
                        .applicationProtocols(Http3.supportedApplicationProtocols())
                        .build());
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public QuicSslEngine apply(QuicChannel channel) {
        Current known = current;
        KeyManagerFactory keys = certificates.keyManagers();
        if (known.keys != keys) {
            known = of(keys);
            current = known;
        }
        return known.context.newEngine(channel.alloc());
    }
}
