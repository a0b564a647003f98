package dev.sockeye.netty;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;

/**
 * The server's certificate and private key, for HTTPS and WebTransport. They can be replaced while the server is
 * running with {@link #reload()}; open connections keep the old ones. Thread-safe; methods that read certificates
 * block.
 */
public final class Certificates {
    private static final System.Logger LOG = System.getLogger(Certificates.class.getName());
    private static final char[] NO_PASSWORD = {};
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** The certificates read last. */
    private record Material(KeyManagerFactory keys, SslContext https, SslContext http1) {}

    /** Reads the key managers again. */
    private interface Source {
        KeyManagerFactory read() throws GeneralSecurityException, IOException;
    }

    private final Source source;
    private final String description;
    private final Consumer<SslContextBuilder> https;
    private volatile Material material;
    private final AtomicLong reloads = new AtomicLong();

    /** The reload that {@link #material} is of: one that takes long does not replace a later one. */
    @GuardedBy("this")
    private long current;

    private Certificates(Source source, String description, Consumer<SslContextBuilder> https) {
        this.source = source;
        this.https = https;
        this.description = description;
        this.material = read();
    }

    /**
     * Creates certificates from PEM files, which {@link #reload()} reads again.
     *
     * @param certificateChain the certificates, the server's own first
     * @param privateKey the key, PKCS#8, without a password
     * @throws IllegalArgumentException if the files cannot be used; the message has the reason
     */
    public static Certificates fromPem(File certificateChain, File privateKey) {
        Objects.requireNonNull(certificateChain);
        Objects.requireNonNull(privateKey);
        return new Certificates(
                () -> keyManagers(certificateChain, privateKey),
                certificateChain + " and " + privateKey,
                builder -> {});
    }

    /**
     * Creates certificates from a key store, for example PKCS#12.
     *
     * @param keys the key store with the server's key and certificates; {@link #reload()} uses its current contents
     * @param password the password of the key
     * @throws IllegalArgumentException if the key store cannot be used
     */
    public static Certificates fromKeyStore(KeyStore keys, char[] password) {
        Objects.requireNonNull(keys);
        return fromKeyStore(() -> keys, password);
    }

    /**
     * Same as {@link #fromKeyStore(KeyStore, char[])}, with a supplier that is called now and at each {@link
     * #reload()}.
     *
     * @throws IllegalArgumentException if the key store cannot be used
     */
    public static Certificates fromKeyStore(Supplier<KeyStore> keys, char[] password) {
        char[] kept = password.clone();
        return new Certificates(() -> keyManagers(keys.get(), kept), "this key store", builder -> {});
    }

    /**
     * Creates certificates from key managers, whose supplier is called now and at each {@link #reload()}.
     *
     * @param https configures other settings of HTTPS, for example protocols and ciphers; WebTransport always uses TLS
     *     1.3
     * @throws IllegalArgumentException if they cannot be used
     */
    public static Certificates fromKeyManagers(Supplier<KeyManagerFactory> keys, Consumer<SslContextBuilder> https) {
        Objects.requireNonNull(https);
        return new Certificates(keys::get, "these key managers", https);
    }

    /**
     * Reads the certificate and the key again. New connections use them from now on.
     *
     * @throws IllegalArgumentException if they cannot be used; the old ones are kept
     */
    public void reload() {
        long number = reloads.incrementAndGet();
        Material fresh = read();
        synchronized (this) {
            if (number > current) {
                current = number;
                material = fresh;
            }
        }
        LOG.log(Level.INFO, NettyLog.CERTIFICATES_RELOADED.text("TLS: reloaded " + description));
    }

    private Material read() {
        try {
            KeyManagerFactory keys = source.read();
            return new Material(keys, context(keys, true), context(keys, false));
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new IllegalArgumentException("cannot configure TLS from " + description + ": " + e.getMessage(), e);
        }
    }

    private SslContext context(KeyManagerFactory keys, boolean http2) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forServer(keys).sslProvider(SslProvider.JDK);
        if (http2) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1));
        }
        https.accept(builder);
        return builder.build();
    }

    /** The key managers read last; a new object after each {@link #reload()}. */
    public KeyManagerFactory keyManagers() {
        return material.keys;
    }

    /** Returns the context for HTTPS, which offers HTTP/2 or not. */
    SslContext https(boolean http2) {
        return http2 ? material.https : material.http1;
    }

    private static KeyManagerFactory keyManagers(File certificateChain, File privateKey)
            throws GeneralSecurityException, IOException {
        Certificate[] chain;
        try (var in = Files.newInputStream(certificateChain.toPath())) {
            chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .toArray(Certificate[]::new);
        }
        if (chain.length == 0) {
            throw new GeneralSecurityException("there is no certificate in " + certificateChain);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "server", privateKey(privateKey, chain[0].getPublicKey().getAlgorithm()), NO_PASSWORD, chain);
        return keyManagers(keys, NO_PASSWORD);
    }

    private static PrivateKey privateKey(File file, String algorithm) throws GeneralSecurityException, IOException {
        Matcher key = KEY.matcher(Files.readString(file.toPath(), StandardCharsets.ISO_8859_1));
        if (!key.find()) {
            throw new GeneralSecurityException("there is no unencrypted PKCS#8 key (BEGIN PRIVATE KEY) in " + file);
        }
        return KeyFactory.getInstance(algorithm)
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(1))));
    }

    private static KeyManagerFactory keyManagers(KeyStore keys, char[] password) throws GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, password);
        return factory;
    }
}
