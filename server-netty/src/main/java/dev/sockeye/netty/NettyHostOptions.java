package dev.sockeye.netty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.io.File;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link NettyHost}. Immutable; made by {@link #builder()}. */
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

    /** A builder that starts from these settings. */
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

    /** How the host talks to the operating system. Default {@link NettyIo#AUTO}. */
    public NettyIo io() {
        return io;
    }

    /** How many event loops, each a thread, the host makes. Default the number of processors. */
    public int loops() {
        return loops;
    }

    /** Event loops of the application; {@code null} if the host makes its own. Default {@code null}. */
    public @Nullable EventLoopGroup eventLoopGroup() {
        return eventLoopGroup;
    }

    /** TLS as Netty has it; {@code null} for plain HTTP or {@link #certificates}. Default {@code null}. */
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

    /** Whether each TCP connection begins with a header of the PROXY protocol. Default false. */
    public boolean proxyProtocol() {
        return proxyProtocol;
    }

    /** How many connections may wait to be accepted. Default 4096. */
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

    /** How long a connection may take to send a whole request. Default 30 seconds. */
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

    /** The greatest size of a request line and of the headers, each, in bytes. Default 16384. */
    public int maxHeaderSize() {
        return maxHeaderSize;
    }

    /** Answers requests that are not the engine's. Default {@link HttpFallback#notFound()}. */
    public HttpFallback fallback() {
        return fallback;
    }

    /** Whether an upgrade request outside of the engine's path is closed if nobody answers it. Default true. */
    public boolean destroyUpgrade() {
        return destroyUpgrade;
    }

    /** After how long such a request is closed. Default 1 second. */
    public Duration destroyUpgradeTimeout() {
        return destroyUpgradeTimeout;
    }

    /** Builds {@link NettyHostOptions}. Not for several threads at once. */
    public static final class Builder {
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

        /** How to talk to the operating system; default {@link NettyIo#AUTO}. With a group of your own: the group's kind. */
        @CanIgnoreReturnValue
        public Builder io(NettyIo value) {
            io = Objects.requireNonNull(value);
            return this;
        }

        /** How many event loops, each a thread; default the number of processors. Without effect on a group of your own. */
        @CanIgnoreReturnValue
        public Builder loops(int value) {
            loops = value;
            return this;
        }

        /**
         * Event loops of your own, of the kind said by {@link #io}; default none: the host makes its own. The host does not
         * shut them down.
         */
        public Builder eventLoopGroup(@Nullable EventLoopGroup value) {
            eventLoopGroup = value;
            return this;
        }

        /**
         * TLS, with all that Netty's builder offers, client certificates for example; default none: plain HTTP. Replaces {@link
         * #tls(Certificates)}.
         */
        @CanIgnoreReturnValue
        public Builder sslContext(@Nullable SslContext value) {
            sslContext = value;
            certificates = null;
            return this;
        }

        /** TLS by the JDK's provider, with a certificate that can be replaced while the server runs. Replaces {@link #sslContext}. */
        @CanIgnoreReturnValue
        public Builder tls(Certificates value) {
            certificates = Objects.requireNonNull(value);
            sslContext = null;
            return this;
        }

        /**
         * TLS from PEM files, by the JDK's provider.
         *
         * @param certificateChain the certificates, the server's own first
         * @param privateKey the key, PKCS#8, without a password
         * @throws IllegalArgumentException the files cannot be used
         */
        @CanIgnoreReturnValue
        public Builder tls(File certificateChain, File privateKey) {
            return tls(Certificates.fromPem(certificateChain, privateKey));
        }

        /**
         * TLS from a key store, PKCS#12 for example, by the JDK's provider.
         *
         * @param keys holds the server's key and certificates
         * @param password of the key
         * @throws IllegalArgumentException the key store cannot be used
         */
        @CanIgnoreReturnValue
        public Builder tls(KeyStore keys, char[] password) {
            return tls(Certificates.fromKeyStore(keys, password));
        }

        /**
         * Whether clients that come over TLS may choose HTTP/2 (ALPN), for polling, for files and for WebSocket (RFC 8441); default
         * true. With {@link #sslContext(SslContext)} it depends on the protocols that this context offers. Without TLS there is
         * only HTTP/1.1.
         */
        @CanIgnoreReturnValue
        public Builder http2(boolean value) {
            http2 = value;
            return this;
        }

        /**
         * Whether clients may use WebTransport, over UDP on the same port number; default off. Needs {@link #tls(Certificates) tls},
         * and the module {@code dev.sockeye:sockeye-server-webtransport} on the class path.
         */
        @CanIgnoreReturnValue
        public Builder webTransport(boolean value) {
            webTransport = value;
            return this;
        }

        /**
         * Whether each TCP connection begins with a header of the PROXY protocol, version 1 or 2, in which a proxy that passes bytes on
         * (HAProxy, a network load balancer) names the client; default off. That client is the peer then: its address is the
         * request's, also with TLS, and the engine option {@code trustedProxies} is applied to it. A connection without
         * the header is closed, and whoever can connect can name any address: let only the proxy reach the port. A header without
         * an address, of a health check for example, leaves the connection's own. Without effect on WebTransport, which is UDP, and on
         * an attached pipeline.
         */
        @CanIgnoreReturnValue
        public Builder proxyProtocol(boolean value) {
            proxyProtocol = value;
            return this;
        }

        /** How many connections may wait for being accepted; default 4096. */
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
         * How long a connection may take to send a whole request, the first one counted from connecting; default 30 s. Then
         * it is closed. Exact to about a second. Without effect on an attached pipeline.
         */
        public Builder requestTimeout(Duration value) {
            requestTimeout = Objects.requireNonNull(value);
            return this;
        }

        /** How long a connection may rest between two requests; default 30 s. Without effect on an attached pipeline. */
        @CanIgnoreReturnValue
        public Builder keepAliveTimeout(Duration value) {
            keepAliveTimeout = Objects.requireNonNull(value);
            return this;
        }

        /** How long the peer of a closing WebSocket may take to answer; default 10 s. */
        @CanIgnoreReturnValue
        public Builder closeTimeout(Duration value) {
            closeTimeout = Objects.requireNonNull(value);
            return this;
        }

        /** The greatest size of a request's line and of its headers, each, in bytes; default 16384. Larger: 414 or 431. */
        @CanIgnoreReturnValue
        public Builder maxHeaderSize(int value) {
            maxHeaderSize = value;
            return this;
        }

        /** Answers requests that are not the engine's; default {@link HttpFallback#notFound()}. */
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
         * @throws IllegalArgumentException a value is out of range
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
        }
    }
}
