package dev.sockeye.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link NettyHost}. Immutable; made by {@link #builder()}. */
public final class NettyHostOptions {

    /** All defaults. */
    public static final NettyHostOptions DEFAULT = builder().build();

    final NettyIo io;
    final int loops;
    final @Nullable EventLoopGroup eventLoopGroup;
    final @Nullable SslContext sslContext;
    final int backlog;
    final boolean reuseAddress;
    final boolean tcpNoDelay;
    final Duration requestTimeout;
    final Duration keepAliveTimeout;
    final Duration closeTimeout;
    final int maxHeaderSize;
    final HttpFallback fallback;
    final boolean destroyUpgrade;
    final Duration destroyUpgradeTimeout;

    private NettyHostOptions(Builder b) {
        io = b.io;
        loops = b.loops;
        eventLoopGroup = b.eventLoopGroup;
        sslContext = b.sslContext;
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

    /** Builds {@link NettyHostOptions}. Not for several threads at once. */
    public static final class Builder {
        private NettyIo io = NettyIo.AUTO;
        private int loops = Runtime.getRuntime().availableProcessors();
        private @Nullable EventLoopGroup eventLoopGroup;
        private @Nullable SslContext sslContext;
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
        public Builder io(NettyIo value) {
            io = Objects.requireNonNull(value);
            return this;
        }

        /** How many event loops, each a thread; default the number of processors. Without effect on a group of your own. */
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

        /** TLS, with all that Netty's builder offers, client certificates for example; default none: plain HTTP. */
        public Builder sslContext(@Nullable SslContext value) {
            sslContext = value;
            return this;
        }

        /**
         * TLS from PEM files, by the JDK's provider.
         *
         * @param certificateChain the certificates, the server's own first
         * @param privateKey the key, PKCS#8, without a password
         * @throws IllegalArgumentException the files cannot be used
         */
        public Builder tls(File certificateChain, File privateKey) {
            try {
                return sslContext(SslContextBuilder.forServer(certificateChain, privateKey)
                        .sslProvider(SslProvider.JDK)
                        .build());
            } catch (SSLException e) {
                throw new IllegalArgumentException(
                        "no TLS from " + certificateChain + " and " + privateKey + ": " + e.getMessage(), e);
            }
        }

        /**
         * TLS from a key store, PKCS#12 for example, by the JDK's provider.
         *
         * @param keys holds the server's key and certificates
         * @param password of the key
         * @throws IllegalArgumentException the key store cannot be used
         */
        public Builder tls(KeyStore keys, char[] password) {
            try {
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(keys, password);
                return sslContext(SslContextBuilder.forServer(factory)
                        .sslProvider(SslProvider.JDK)
                        .build());
            } catch (GeneralSecurityException | SSLException e) {
                throw new IllegalArgumentException("no TLS from this key store: " + e.getMessage(), e);
            }
        }

        /** How many connections may wait for being accepted; default 4096. */
        public Builder backlog(int value) {
            backlog = value;
            return this;
        }

        /** SO_REUSEADDR of the listening socket; default on. */
        public Builder reuseAddress(boolean value) {
            reuseAddress = value;
            return this;
        }

        /** TCP_NODELAY of the connections; default on. */
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
        public Builder keepAliveTimeout(Duration value) {
            keepAliveTimeout = Objects.requireNonNull(value);
            return this;
        }

        /** How long the peer of a closing WebSocket may take to answer; default 10 s. */
        public Builder closeTimeout(Duration value) {
            closeTimeout = Objects.requireNonNull(value);
            return this;
        }

        /** The greatest size of a request's line and of its headers, each, in bytes; default 16384. Larger: 414 or 431. */
        public Builder maxHeaderSize(int value) {
            maxHeaderSize = value;
            return this;
        }

        /** Answers requests that are not the engine's; default {@link HttpFallback#notFound()}. */
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
