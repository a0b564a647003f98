package dev.sockeye.socketio.client.transport;

import java.nio.file.Path;
import java.util.Objects;
import javax.net.ssl.SSLContext;
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
    private final boolean trustAllCertificates;

    private TlsOptions(Builder builder) {
        this.sslContext = builder.sslContext;
        this.trustedCertificates = builder.trustedCertificates;
        this.certificateChain = builder.certificateChain;
        this.privateKey = builder.privateKey;
        this.privateKeyPassword = builder.privateKeyPassword;
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

    /** The password of the private key; {@code null} when it is not encrypted. Default {@code null}. */
    public @Nullable String privateKeyPassword() {
        return privateKeyPassword;
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
        private boolean trustAllCertificates;

        private Builder() {}

        /** Sets the context to use; it cannot be combined with PEM files. */
        public Builder sslContext(@Nullable SSLContext value) {
            this.sslContext = value;
            return this;
        }

        /** Sets the PEM file with the certificates to trust. The file is read again when it has
         * changed. */
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
         * @param password the password of the key; {@code null} when it is not encrypted
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
         * @throws IllegalArgumentException a context was combined with PEM files
         */
        public TlsOptions build() {
            if (sslContext != null && (trustedCertificates != null || certificateChain != null)) {
                throw new IllegalArgumentException("sslContext cannot be combined with PEM files");
            }
            return new TlsOptions(this);
        }
    }
}
