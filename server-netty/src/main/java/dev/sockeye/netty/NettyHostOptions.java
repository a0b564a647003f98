package dev.sockeye.netty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.io.File;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Options of a {@link NettyHost}. Immutable; created with {@link #builder()}. */
public final class NettyHostOptions {

    private final NettyIo io;
    private final int loops;
    private final @Nullable EventLoopGroup eventLoopGroup;
    private final @Nullable SslContext sslContext;
    private final @Nullable Certificates certificates;
    private final boolean http2;
    private final boolean webTransport;
    private final boolean proxyProtocol;
    private final int backlog;
    private final boolean reuseAddress;
    private final boolean tcpNoDelay;
    private final Duration requestTimeout;
    private final Duration keepAliveTimeout;
    private final Duration closeTimeout;
    private final int maxHeaderSize;
    private final HttpFallback fallback;
    private final boolean destroyUpgrade;
    private final Duration destroyUpgradeTimeout;

    private NettyHostOptions(Builder b) {
        io = b.io;
        loops = b.loops;
        eventLoopGroup = b.eventLoopGroup;
        sslContext = b.sslContext;
        certificates = b.certificates;
        http2 = b.http2;
        webTransport = b.webTransport;
        proxyProtocol = b.proxyProtocol;
        backlog = b.backlog;
        reuseAddress = b.reuseAddress;
        tcpNoDelay = b.tcpNoDelay;
        requestTimeout = b.requestTimeout;
        keepAliveTimeout = b.keepAliveTimeout;
        closeTimeout = b.closeTimeout;
        maxHeaderSize = b.maxHeaderSize;
        fallback = b.fallback;
        destroyUpgrade = b.destroyUpgrade;
        destroyUpgradeTimeout = b.destroyUpgradeTimeout;
    }

    /** All defaults. */
    public static NettyHostOptions defaults() {
        return builder().build();
    }

    /** How often the deadlines of connections are looked at. */
    Duration sweepInterval() {
        long shortest = Math.min(requestTimeout().toMillis(), keepAliveTimeout().toMillis());
        return Duration.ofMillis(Math.max(20, Math.min(1000, shortest / 4)));
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.io = io;
        b.loops = loops;
        b.eventLoopGroup = eventLoopGroup;
        b.sslContext = sslContext;
        b.certificates = certificates;
        b.http2 = http2;
        b.webTransport = webTransport;
        b.proxyProtocol = proxyProtocol;
        b.backlog = backlog;
        b.reuseAddress = reuseAddress;
        b.tcpNoDelay = tcpNoDelay;
        b.requestTimeout = requestTimeout;
        b.keepAliveTimeout = keepAliveTimeout;
        b.closeTimeout = closeTimeout;
        b.maxHeaderSize = maxHeaderSize;
        b.fallback = fallback;
        b.destroyUpgrade = destroyUpgrade;
        b.destroyUpgradeTimeout = destroyUpgradeTimeout;
        return b;
    }

    /** The I/O implementation. Default {@link NettyIo#AUTO}. */
    public NettyIo io() {
        return io;
    }

    /** The number of event loops (threads) that the host creates. Default the number of processors. */
    public int loops() {
        return loops;
    }

    /** The event loops of the application; {@code null} if the host creates its own. Default {@code null}. */
    public @Nullable EventLoopGroup eventLoopGroup() {
        return eventLoopGroup;
    }

    /** Netty's TLS context; {@code null} for plain HTTP or {@link #certificates}. Default {@code null}. */
    public @Nullable SslContext sslContext() {
        return sslContext;
    }

    /** The certificate and key of TLS; {@code null} for plain HTTP or {@link #sslContext}. Default {@code null}. */
    public @Nullable Certificates certificates() {
        return certificates;
    }

    /** Whether clients may use HTTP/2 over TLS. Default true. */
    public boolean http2() {
        return http2;
    }

    /** Whether clients may use WebTransport. Default false. */
    public boolean webTransport() {
        return webTransport;
    }

    /** Whether each TCP connection starts with a header of the PROXY protocol. Default false. */
    public boolean proxyProtocol() {
        return proxyProtocol;
    }

    /** The maximum number of connections waiting to be accepted. Default 4096. */
    public int backlog() {
        return backlog;
    }

    /** SO_REUSEADDR of the listening socket. Default true. */
    public boolean reuseAddress() {
        return reuseAddress;
    }

    /** TCP_NODELAY of the connections. Default true. */
    public boolean tcpNoDelay() {
        return tcpNoDelay;
    }

    /** How long a connection may take to send a complete request. Default 30 seconds. */
    public Duration requestTimeout() {
        return requestTimeout;
    }

    /** How long a connection may be idle between two requests. Default 30 seconds. */
    public Duration keepAliveTimeout() {
        return keepAliveTimeout;
    }

    /** How long the peer of a closing WebSocket may take to answer. Default 10 seconds. */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /** The maximum size in bytes of the request line and of the headers, each. Default 16384. */
    public int maxHeaderSize() {
        return maxHeaderSize;
    }

    /** The handler of requests outside the engine's path. Default {@link HttpFallback#notFound()}. */
    public HttpFallback fallback() {
        return fallback;
    }

    /** Whether upgrade requests outside the engine's path are closed if they are not answered. Default true. */
    public boolean destroyUpgrade() {
        return destroyUpgrade;
    }

    /** The time after which such requests are closed. Default 1 second. */
    public Duration destroyUpgradeTimeout() {
        return destroyUpgradeTimeout;
    }

    /** Builds {@link NettyHostOptions}. Not thread-safe. */
    public static final class Builder {
        /** In nanoseconds, it must not overflow. */
        private static final Duration LONGEST = Duration.ofDays(26_000);

        private NettyIo io = NettyIo.AUTO;
        private int loops = Runtime.getRuntime().availableProcessors();
        private @Nullable EventLoopGroup eventLoopGroup;
        private @Nullable SslContext sslContext;
        private @Nullable Certificates certificates;
        private boolean http2 = true;
        private boolean webTransport;
        private boolean proxyProtocol;
        private int backlog = 4096;
        private boolean reuseAddress = true;
        private boolean tcpNoDelay = true;
        private Duration requestTimeout = Duration.ofSeconds(30);
        private Duration keepAliveTimeout = Duration.ofSeconds(30);
        private Duration closeTimeout = Duration.ofSeconds(10);
        private int maxHeaderSize = 16384;
        private HttpFallback fallback = HttpFallback.notFound();
        private boolean destroyUpgrade = true;
        private Duration destroyUpgradeTimeout = Duration.ofSeconds(1);

        private Builder() {}

        /**
         * The I/O implementation; default {@link NettyIo#AUTO}. With a custom event loop group, the type of that group.
         */
        @CanIgnoreReturnValue
        public Builder io(NettyIo value) {
            io = Objects.requireNonNull(value);
            return this;
        }

        /**
         * The number of event loops (threads); default the number of processors. Has no effect on a custom event loop
         * group.
         */
        @CanIgnoreReturnValue
        public Builder loops(int value) {
            loops = value;
            return this;
        }

        /**
         * A custom event loop group of the type given by {@link #io}; default none: the host creates its own. The host
         * does not shut it down. WebSockets remain Netty channels on it, which need about 900 bytes of heap more than on the host's own loops.
         */
        public Builder eventLoopGroup(@Nullable EventLoopGroup value) {
            eventLoopGroup = value;
            return this;
        }

        /**
         * TLS with the settings of Netty's builder, for example client certificates; default none: plain HTTP. Replaces
         * {@link #tls(Certificates)}.
         */
        @CanIgnoreReturnValue
        public Builder sslContext(@Nullable SslContext value) {
            sslContext = value;
            certificates = null;
            return this;
        }

        /**
         * TLS with the JDK's provider and a certificate that can be replaced while the server is running. Replaces
         * {@link #sslContext}.
         */
        @CanIgnoreReturnValue
        public Builder tls(Certificates value) {
            certificates = Objects.requireNonNull(value);
            sslContext = null;
            return this;
        }

        /**
         * TLS with the JDK's provider and PEM files.
         *
         * @param certificateChain the certificates, the server's own first
         * @param privateKey the key, PKCS#8, without a password
         * @throws IllegalArgumentException if the files cannot be used
         */
        @CanIgnoreReturnValue
        public Builder tls(File certificateChain, File privateKey) {
            return tls(Certificates.fromPem(certificateChain, privateKey));
        }

        /**
         * TLS with the JDK's provider and a key store, for example PKCS#12.
         *
         * @param keys the key store with the server's key and certificates
         * @param password the password of the key
         * @throws IllegalArgumentException if the key store cannot be used
         */
        @CanIgnoreReturnValue
        public Builder tls(KeyStore keys, char[] password) {
            return tls(Certificates.fromKeyStore(keys, password));
        }

        /**
         * Whether clients may use HTTP/2 over TLS (ALPN) for polling, files and WebSocket (RFC 8441); default true.
         * With {@link #sslContext(SslContext)} it depends on the protocols that the context offers. Without TLS only
         * HTTP/1.1 is supported.
         */
        @CanIgnoreReturnValue
        public Builder http2(boolean value) {
            http2 = value;
            return this;
        }

        /**
         * Whether clients may use WebTransport, over UDP on the same port number; default off. Requires {@link
         * #tls(Certificates) tls}, and the module {@code dev.sockeye:sockeye-server-webtransport} on the class path.
         */
        @CanIgnoreReturnValue
        public Builder webTransport(boolean value) {
            webTransport = value;
            return this;
        }

        /**
         * Whether each TCP connection starts with a header of the PROXY protocol, version 1 or 2, in which a TCP proxy
         * (HAProxy, a network load balancer) sends the address of the client; default off. This address is then the
         * address of the peer, also with TLS, and the engine option {@code trustedProxies} is applied to it.
         * Connections without the header are closed. Anyone who can connect can send any address: make sure that only
         * the proxy can reach the port. If the header has no address, for example for a health check, the address of
         * the connection is used. Has no effect on WebTransport, which uses UDP, and on attached pipelines.
         */
        @CanIgnoreReturnValue
        public Builder proxyProtocol(boolean value) {
            proxyProtocol = value;
            return this;
        }

        /** The maximum number of connections waiting to be accepted; default 4096. */
        @CanIgnoreReturnValue
        public Builder backlog(int value) {
            backlog = value;
            return this;
        }

        /** SO_REUSEADDR of the listening socket; default on. */
        @CanIgnoreReturnValue
        public Builder reuseAddress(boolean value) {
            reuseAddress = value;
            return this;
        }

        /** TCP_NODELAY of the connections; default on. */
        @CanIgnoreReturnValue
        public Builder tcpNoDelay(boolean value) {
            tcpNoDelay = value;
            return this;
        }

        /**
         * How long a connection may take to send a complete request, for the first request measured from connecting;
         * default 30 s. The same time applies to reading a response. Then the connection is closed, or the stream of HTTP/2.
         * Accurate to about a second. Has no effect on attached pipelines.
         */
        public Builder requestTimeout(Duration value) {
            requestTimeout = Objects.requireNonNull(value);
            return this;
        }

        /**
         * How long a connection may be idle between two requests; default 30 s. Has no effect on attached pipelines.
         */
        @CanIgnoreReturnValue
        public Builder keepAliveTimeout(Duration value) {
            keepAliveTimeout = Objects.requireNonNull(value);
            return this;
        }

        /**
         * How long the peer of a closing WebSocket may take to answer; default 10 s. Also how long an HTTP/2 connection that
         * ends without an error may take; after an error, at most 2 s.
         */
        @CanIgnoreReturnValue
        public Builder closeTimeout(Duration value) {
            closeTimeout = Objects.requireNonNull(value);
            return this;
        }

        /**
         * The maximum size in bytes of the request line and of the headers, each; default 16384. Larger requests are
         * answered with 414 or 431.
         */
        @CanIgnoreReturnValue
        public Builder maxHeaderSize(int value) {
            maxHeaderSize = value;
            return this;
        }

        /** The handler of requests outside the engine's path; default {@link HttpFallback#notFound()}. */
        @CanIgnoreReturnValue
        public Builder fallback(HttpFallback value) {
            fallback = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Whether an upgrade request outside the engine's path is closed after {@link #destroyUpgradeTimeout} unless another
         * handler has written to the connection; default on. Official counterpart: {@code destroyUpgrade}.
         */
        public Builder destroyUpgrade(boolean value) {
            destroyUpgrade = value;
            return this;
        }

        /** See {@link #destroyUpgrade}; default 1 s. Official counterpart: {@code destroyUpgradeTimeout}. */
        @CanIgnoreReturnValue
        public Builder destroyUpgradeTimeout(Duration value) {
            destroyUpgradeTimeout = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws IllegalArgumentException if a value is out of range
         */
        public NettyHostOptions build() {
            atLeastOne("loops", loops);
            atLeastOne("backlog", backlog);
            atLeastOne("maxHeaderSize", maxHeaderSize);
            positive("requestTimeout", requestTimeout);
            positive("keepAliveTimeout", keepAliveTimeout);
            positive("closeTimeout", closeTimeout);
            positive("destroyUpgradeTimeout", destroyUpgradeTimeout);
            if (webTransport && certificates == null) {
                throw new IllegalArgumentException("webTransport needs a certificate: set tls(...)"
                        + (sslContext == null ? "" : " in place of sslContext, which cannot be used for QUIC"));
            }
            return new NettyHostOptions(this);
        }

        private static void atLeastOne(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be 1 or more, was " + value);
            }
        }

        private static void positive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " must be positive, was " + value);
            }
            if (value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        name + " must be at most " + LONGEST.toDays() + " days, was " + value);
            }
        }
    }
}
