package dev.sockeye.socketio.client.webtransport;

import dev.sockeye.socketio.client.transport.NetworkException;
import dev.sockeye.socketio.client.transport.ServerAddress;
import dev.sockeye.socketio.client.transport.TlsOptions;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Converts the library-independent TLS options to a QUIC context, since QUIC does not use the JDK's TLS. The contexts of the
 * last options are cached; one is created again if a PEM file has changed. Thread-safe.
 */
final class QuicTls {
    private static final System.Logger LOG = System.getLogger(QuicTls.class.getName());

    /** @param stamp the modification times of the PEM files */
    private record Kept(TlsOptions options, long stamp, QuicSslContext context) {}

    /** How many different options of one client are usual. */
    private static final int MOST_KEPT = 8;

    private final Map<SSLEngine, CertificateException> failures = Collections.synchronizedMap(new WeakHashMap<>());
    /** The newest first. */
    private volatile List<Kept> kept = List.of();

    /** @throws NetworkException if a PEM file cannot be used, or only a context of the JDK is configured */
    QuicSslContext of(TlsOptions options, ServerAddress server) throws NetworkException {
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
                    QuicLog.TRUSTS_ANY_CERTIFICATE.text(
                            "WebTransport to {0} trusts ANY certificate: anyone on the path can read and change all data"),
                    server.authority());
        }
        QuicSslContext context = create(options);
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

    private QuicSslContext create(TlsOptions options) throws NetworkException {
        QuicSslContextBuilder builder = QuicSslContextBuilder.forClient()
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .endpointIdentificationAlgorithm(options.verifiesHostNames() ? "HTTPS" : null);
        if (options.trustAllCertificates()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else {
            builder.trustManager(new RememberingTrust(trust(options)));
        }
        Path chain = options.certificateChain();
        Path key = options.privateKey();
        try {
            if (chain != null && key != null) {
                builder.keyManager(key.toFile(), options.privateKeyPassword(), chain.toFile());
            }
        } catch (IllegalArgumentException e) {
            throw new NetworkException(String.valueOf(e.getMessage()), e);
        }
        return builder.build();
    }

    private static X509ExtendedTrustManager trust(TlsOptions options) throws NetworkException {
        X509ExtendedTrustManager given = options.trustManager();
        if (given != null) {
            return given;
        }
        if (options.sslContext() != null) {
            throw new NetworkException(
                    "WebTransport cannot use an SSLContext: set tls(t -> t.sslContext(...).trustManager(...)) as well",
                    null);
        }
        Path pem = options.trustedCertificates();
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(pem == null ? null : certificates(pem));
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new NetworkException("the JVM has no X509ExtendedTrustManager", null);
        } catch (GeneralSecurityException | IOException e) {
            String file = pem == null ? "" : pem + ": ";
            throw new NetworkException("the certificates to trust cannot be used: " + file + e.getMessage(), e);
        }
    }

    private static KeyStore certificates(Path pem) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            int n = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(String.valueOf(n++), each);
            }
        }
        return store;
    }

    /** Why the certificate of a connection was not trusted; {@code null} if it was. BoringSSL does not store the reason. */
    @Nullable
    CertificateException failure(@Nullable SSLEngine engine) {
        return engine == null ? null : failures.get(engine);
    }

    /** Stores the reasons why certificates were not trusted. */
    private final class RememberingTrust extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager all;

        RememberingTrust(X509ExtendedTrustManager all) {
            this.all = all;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            try {
                all.checkServerTrusted(chain, authType, engine);
            } catch (CertificateException e) {
                failures.put(engine, e);
                throw e;
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            all.checkServerTrusted(chain, authType, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            all.checkServerTrusted(chain, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            all.checkClientTrusted(chain, authType, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            all.checkClientTrusted(chain, authType, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            all.checkClientTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return all.getAcceptedIssuers();
        }
    }
}
