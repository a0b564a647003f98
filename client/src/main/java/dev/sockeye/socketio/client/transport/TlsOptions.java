package dev.sockeye.socketio.client.transport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How the client verifies servers and authenticates itself over TLS. Immutable. By default servers need a certificate that the
 * JVM trusts. The host name is verified as well, unless all certificates are trusted.
 */
public final class TlsOptions {
    private static final TlsOptions DEFAULTS = builder().build();

    private final @Nullable SSLContext sslContext;
    private final @Nullable Path trustedCertificates;
    private final @Nullable Path certificateChain;
    private final @Nullable Path privateKey;
    private final @Nullable String privateKeyPassword;
    private final @Nullable X509ExtendedTrustManager trustManager;
    private final List<String> trustedCertificateHashes;
    private final boolean trustAllCertificates;

    private TlsOptions(Builder builder) {
        this.sslContext = builder.sslContext;
        this.trustedCertificates = builder.trustedCertificates;
        this.certificateChain = builder.certificateChain;
        this.privateKey = builder.privateKey;
        this.privateKeyPassword = builder.privateKeyPassword;
        this.trustedCertificateHashes = builder.trustedCertificateHashes;
        this.trustManager = trustedCertificateHashes.isEmpty()
                ? builder.trustManager
                : new PinnedCertificates(trustedCertificateHashes);
        this.trustAllCertificates = builder.trustAllCertificates;
    }

    /** The defaults: the certificates of the JVM, no client certificate. */
    public static TlsOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with these options. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.sslContext = sslContext;
        builder.trustedCertificates = trustedCertificates;
        builder.certificateChain = certificateChain;
        builder.privateKey = privateKey;
        builder.privateKeyPassword = privateKeyPassword;
        builder.trustManager = trustedCertificateHashes.isEmpty() ? trustManager : null;
        builder.trustedCertificateHashes = trustedCertificateHashes;
        builder.trustAllCertificates = trustAllCertificates;
        return builder;
    }

    /** The context to use; {@code null} to use the other options. Default {@code null}. */
    public @Nullable SSLContext sslContext() {
        return sslContext;
    }

    /** A PEM file with the certificates to trust; {@code null} for those of the JVM. Default {@code null}. */
    public @Nullable Path trustedCertificates() {
        return trustedCertificates;
    }

    /** A PEM file with the client's certificate chain; {@code null} for none. Default {@code null}. */
    public @Nullable Path certificateChain() {
        return certificateChain;
    }

    /** A PEM file with the private key of the client's certificate (PKCS#8); {@code null} for none. Default {@code null}. */
    public @Nullable Path privateKey() {
        return privateKey;
    }

    /** The password of the private key; {@code null} if it is not encrypted. Default {@code null}. */
    public @Nullable String privateKeyPassword() {
        return privateKeyPassword;
    }

    /**
     * The trust manager that verifies servers' certificates; {@code null} for {@link #trustedCertificates()}. With {@link #sslContext()} it is used for
     * WebTransport only. Default {@code null}.
     */
    public @Nullable X509ExtendedTrustManager trustManager() {
        return trustManager;
    }

    /** The SHA-256 hashes of the only certificates to trust, in lower case hex; empty for no restriction. Default empty. */
    public List<String> trustedCertificateHashes() {
        return trustedCertificateHashes;
    }

    /** Whether the host name must match the certificate: always, unless all certificates or those with certain hashes are trusted. */
    public boolean verifiesHostNames() {
        return !trustAllCertificates && trustedCertificateHashes.isEmpty();
    }

    /** Whether any certificate of any host is trusted. Default false. */
    public boolean trustAllCertificates() {
        return trustAllCertificates;
    }

    /** Builds {@link TlsOptions}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable SSLContext sslContext;
        private @Nullable Path trustedCertificates;
        private @Nullable Path certificateChain;
        private @Nullable Path privateKey;
        private @Nullable String privateKeyPassword;
        private @Nullable X509ExtendedTrustManager trustManager;
        private List<String> trustedCertificateHashes = List.of();
        private boolean trustAllCertificates;

        private Builder() {}

        /**
         * Sets the context to use; it cannot be combined with PEM files. WebTransport, whose TLS is not that of the JDK, needs
         * its trust manager as well: {@link #trustManager}.
         */
        public Builder sslContext(@Nullable SSLContext value) {
            this.sslContext = value;
            return this;
        }

        /**
         * Sets the trust manager that verifies servers' certificates, for example {@code TrustManagerFactory.getTrustManagers()[0]}. It verifies host names as
         * well, as those of the JDK do.
         */
        public Builder trustManager(@Nullable X509ExtendedTrustManager value) {
            this.trustManager = value;
            return this;
        }

        /**
         * Trusts the certificates with these SHA-256 hashes and no others, for any host name, while they are valid. For servers with
         * self-signed certificates. Official counterpart: {@code serverCertificateHashes} of the browser's WebTransport.
         *
         * @param sha256 hashes of the certificates in DER, in hex; colons are ignored, so the output of {@code openssl x509
         *     -fingerprint -sha256} fits
         * @throws IllegalArgumentException no hash of 32 bytes in hex
         */
        public Builder trustedCertificateHashes(String... sha256) {
            List<String> all = new ArrayList<>();
            for (String hash : sha256) {
                String plain = hash.replace(":", "").toLowerCase(Locale.ROOT);
                if (!plain.matches("[0-9a-f]{64}")) {
                    throw new IllegalArgumentException("a SHA-256 hash has 64 hex digits: " + hash);
                }
                all.add(plain);
            }
            this.trustedCertificateHashes = List.copyOf(all);
            return this;
        }

        /** Sets the PEM file with the certificates to trust. The file is read again when it has changed. */
        public Builder trustedCertificates(@Nullable Path pem) {
            this.trustedCertificates = pem;
            return this;
        }

        /** As {@link #clientCertificate(Path, Path, String)} with a key that is not encrypted. */
        public Builder clientCertificate(Path chainPem, Path keyPem) {
            return clientCertificate(chainPem, keyPem, null);
        }

        /**
         * Sets the client's certificate. The files are read again when they have changed.
         *
         * @param chainPem a PEM file with the certificate, followed by intermediate ones
         * @param keyPem a PEM file with the private key (PKCS#8)
         * @param password the password of the key; {@code null} if it is not encrypted
         */
        public Builder clientCertificate(Path chainPem, Path keyPem, @Nullable String password) {
            this.certificateChain = Objects.requireNonNull(chainPem, "chainPem");
            this.privateKey = Objects.requireNonNull(keyPem, "keyPem");
            this.privateKeyPassword = password;
            return this;
        }

        /**
         * Trusts any certificate of any host: anyone on the path can read and change all data. For tests only; a warning is
         * logged. Overrides all other options. Official counterpart: {@code rejectUnauthorized: false}.
         */
        public Builder dangerouslyTrustAllCertificates() {
            this.trustAllCertificates = true;
            return this;
        }

        /**
         * Creates the options.
         *
         * @throws IllegalArgumentException a context was combined with PEM files, or servers are trusted in more than one way
         */
        public TlsOptions build() {
            if (sslContext != null && (trustedCertificates != null || certificateChain != null)) {
                throw new IllegalArgumentException("sslContext cannot be combined with PEM files");
            }
            boolean hashes = !trustedCertificateHashes.isEmpty();
            if ((trustManager != null && trustedCertificates != null)
                    || (hashes && (trustManager != null || trustedCertificates != null || sslContext != null))) {
                throw new IllegalArgumentException(
                        "trustedCertificateHashes, trustManager and trustedCertificates cannot be combined");
            }
            return new TlsOptions(this);
        }
    }
}
