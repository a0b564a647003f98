package dev.sockeye.spring;

import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.netty.Certificates;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/** Configures the separate port with the keys, protocols and ciphers of an SSL bundle. */
final class TlsByBundle {
    private TlsByBundle() {}

    /** Creates the host, which uses the new certificate when the bundle is updated. */
    static EngineHostProvider host(String name, boolean webTransport, BeanFactory beans) {
        try {
            SslBundles bundles = beans.getBean(SslBundles.class);
            AtomicReference<SslBundle> current = new AtomicReference<>(bundles.getBundle(name));
            Certificates certificates = Certificates.fromKeyManagers(
                    () -> keyManagers(Objects.requireNonNull(current.get())),
                    context -> configure(
                            context, Objects.requireNonNull(current.get()).getOptions()));
            bundles.addBundleUpdateHandler(name, updated -> {
                current.set(updated);
                certificates.reload();
            });
            return new NettyHostProvider(NettyHostOptions.builder()
                    .tls(certificates)
                    .webTransport(webTransport)
                    .build());
        } catch (NoSuchSslBundleException e) {
            throw new InvalidSockeyePropertyException(
                    "sockeye.ssl.bundle: there is no SSL bundle \"" + name + "\"; declare it below spring.ssl.bundle",
                    e);
        } catch (RuntimeException e) {
            throw new InvalidSockeyePropertyException(
                    "sockeye.ssl.bundle: cannot configure TLS from the SSL bundle \"" + name + "\": " + e.getMessage(),
                    e);
        }
    }

    private static KeyManagerFactory keyManagers(SslBundle bundle) {
        if (bundle.getStores().getKeyStore() == null) {
            throw new IllegalArgumentException("it has no key store");
        }
        return bundle.getManagers().getKeyManagerFactory();
    }

    private static void configure(SslContextBuilder context, SslOptions options) {
        if (options.getCiphers() != null) {
            context.ciphers(List.of(options.getCiphers()));
        }
        if (options.getEnabledProtocols() != null) {
            context.protocols(options.getEnabledProtocols());
        }
    }
}
