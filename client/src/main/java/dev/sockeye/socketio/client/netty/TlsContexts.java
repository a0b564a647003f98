package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.client.transport.ServerAddress;
import dev.sockeye.socketio.client.transport.TlsOptions;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Converts library-independent TLS options to Netty's. The contexts of the last options are kept, because creating one reads all certificates of
 * the JVM; one is created again when a PEM file has changed. Any thread.
 */
final class TlsContexts {
    private static final System.Logger LOG = System.getLogger(TlsContexts.class.getName());

    /** @param stamp the times of modification of the PEM files */
    private record Kept(TlsOptions options, long stamp, SslContext context) {}

    /** How many different options of one client are usual. */
    private static final int MOST_KEPT = 8;

    /** The newest first. */
    private volatile List<Kept> kept = List.of();

    /**
     * @throws SSLException if a PEM file cannot be used
     */
    SslContext of(TlsOptions options, ServerAddress server) throws SSLException {
        long stamp = modified(options.trustedCertificates())
                + modified(options.certificateChain())
                + modified(options.privateKey());
        for (Kept known : kept) {
            if (known.options() == options && known.stamp() == stamp) {
                return known.context();
            }
        }
        if (options.trustAllCertificates()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    ConnectorLog.TRUSTS_ANY_CERTIFICATE.text(
                            "TLS to {0} trusts ANY certificate: anyone on the path can read and change all data"),
                    server.authority());
        }
        SslContext context = create(options);
        keep(new Kept(options, stamp, context));
        return context;
    }

    private synchronized void keep(Kept newest) {
        List<Kept> all = new ArrayList<>();
        all.add(newest);
        for (Kept known : kept) {
            if (known.options() != newest.options() && all.size() < MOST_KEPT) {
                all.add(known);
            }
        }
        kept = List.copyOf(all);
    }

    private static long modified(@Nullable Path path) {
        return path == null ? 0 : path.toFile().lastModified();
    }

    private static SslContext create(TlsOptions options) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm(null);
        if (options.trustAllCertificates()) {
            return builder.trustManager(InsecureTrustManagerFactory.INSTANCE).build();
        }
        SSLContext jdk = options.sslContext();
        if (jdk != null) {
            return new JdkSslContext(
                    jdk,
                    true,
                    null,
                    IdentityCipherSuiteFilter.INSTANCE,
                    ApplicationProtocolConfig.DISABLED,
                    ClientAuth.NONE,
                    null,
                    false);
        }
        try {
            Path trusted = options.trustedCertificates();
            X509ExtendedTrustManager manager = options.trustManager();
            if (trusted != null) {
                builder.trustManager(trusted.toFile());
            } else if (manager != null) {
                builder.trustManager(manager);
            }
            Path chain = options.certificateChain();
            Path key = options.privateKey();
            if (chain != null && key != null) {
                builder.keyManager(chain.toFile(), key.toFile(), options.privateKeyPassword());
            }
        } catch (IllegalArgumentException e) {
            throw new SSLException(e.getMessage(), e);
        }
        return builder.build();
    }

    /** Makes the engine verify that the certificate belongs to the host. */
    static void verifyHost(SSLEngine engine, TlsOptions options) {
        if (options.verifiesHostNames()) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            engine.setSSLParameters(parameters);
        }
    }
}
