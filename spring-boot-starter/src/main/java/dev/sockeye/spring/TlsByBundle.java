package dev.sockeye.spring;

import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import javax.net.ssl.SSLException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/** The server's own port with the keys, protocols and ciphers of an SSL bundle. */
final class TlsByBundle {
    private TlsByBundle() {}

    static EngineHostProvider host(String name, BeanFactory beans) {
        try {
            SslBundle bundle = beans.getBean(SslBundles.class).getBundle(name);
            if (bundle.getStores().getKeyStore() == null) {
                throw new IllegalArgumentException("it has no key store");
            }
            SslOptions options = bundle.getOptions();
            SslContextBuilder context = SslContextBuilder.forServer(
                            bundle.getManagers().getKeyManagerFactory())
                    .sslProvider(SslProvider.JDK);
            if (options.getCiphers() != null) {
                context.ciphers(List.of(options.getCiphers()));
            }
            if (options.getEnabledProtocols() != null) {
                context.protocols(options.getEnabledProtocols());
            }
            return new NettyHostProvider(
                    NettyHostOptions.builder().sslContext(context.build()).build());
        } catch (NoSuchSslBundleException e) {
            throw new InvalidSockeyePropertyException(
                    "sockeye.ssl.bundle: there is no SSL bundle \"" + name + "\"; declare it below spring.ssl.bundle",
                    e);
        } catch (SSLException | RuntimeException e) {
            throw new InvalidSockeyePropertyException(
                    "sockeye.ssl.bundle: no TLS from the SSL bundle \"" + name + "\": " + e.getMessage(), e);
        }
    }
}
