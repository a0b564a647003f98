package dev.sockeye.engineio;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Options of the Engine.IO server; immutable. Official counterpart: {@code ServerOptions} of {@code engine.io}. */
public final class EngineOptions {
    private final Builder values;

    private EngineOptions(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static EngineOptions defaults() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return values.copy();
    }

    /** The path prefix of requests: the path option with its trailing slash. */
    public String requestPath() {
        String path = values.path.endsWith("/") ? values.path.substring(0, values.path.length() - 1) : values.path;
        return values.addTrailingSlash ? path + "/" : path;
    }

    /** The path of the engine; Socket.IO sets {@code /socket.io}. Default {@code /engine.io}. */
    public String path() {
        return values.path;
    }

    /** Whether a trailing slash is added to the path. Default true. */
    public boolean addTrailingSlash() {
        return values.addTrailingSlash;
    }

    /** The enabled transports: {@code polling}, {@code websocket}, {@code webtransport}. Default the first two. */
    public Set<String> transports() {
        return values.transports;
    }

    /** The time between two heartbeats. Default 25 seconds. */
    public Duration pingInterval() {
        return values.pingInterval;
    }

    /** How long the answer to a heartbeat may take. Default 20 seconds. */
    public Duration pingTimeout() {
        return values.pingTimeout;
    }

    /** How long an upgrade may take; after that it is abandoned and the session continues. Default 10 seconds. */
    public Duration upgradeTimeout() {
        return values.upgradeTimeout;
    }

    /** The maximum size of a message or request body in bytes, sent as {@code maxPayload}. Default 1,000,000. */
    public int maxHttpBufferSize() {
        return values.maxHttpBufferSize;
    }

    /** Whether sessions may be upgraded to a better transport. Default true. */
    public boolean allowUpgrades() {
        return values.allowUpgrades;
    }

    /** Accepts or refuses each handshake; {@code null} accepts all. Default {@code null}. */
    public @Nullable AllowRequest allowRequest() {
        return values.allowRequest;
    }

    /** Generates session ids. Default 20 random characters. */
    public SessionIds generateId() {
        return values.generateId;
    }

    /** A message sent with each handshake; {@code null} for none. Default {@code null}. */
    public @Nullable Message initialPacket() {
        return values.initialPacket;
    }

    /** The cookie with the session id; {@code null} for none. Default {@code null}. */
    public @Nullable CookieOptions cookie() {
        return values.cookie;
    }

    /** Cross-origin access; {@code null} for none. Default {@code null}. */
    public @Nullable CorsOptions cors() {
        return values.cors;
    }

    /** The minimum size of compressed polling responses in bytes; -1 to disable. {@code httpCompression}. Default 1024. */
    public int httpCompressionThreshold() {
        return values.httpCompressionThreshold;
    }

    /** WebSocket compression; {@code null} for none. Default {@code null}. */
    public @Nullable PerMessageDeflate perMessageDeflate() {
        return values.perMessageDeflate;
    }

    /** Whether Socket.IO 2.x clients (protocol 3) are accepted. Default false. */
    public boolean allowEIO3() {
        return values.allowEIO3;
    }

    /** How many bytes may wait for one client; above, {@link #slowClientPolicy()} decides. Sockeye's own. Default 16 MiB. */
    public long maxOutboundBytes() {
        return values.maxOutboundBytes;
    }

    /** What happens to a client for which more wait. Sockeye's own. Default {@link SlowClientPolicy#CLOSE}. */
    public SlowClientPolicy slowClientPolicy() {
        return values.slowClientPolicy;
    }

    /**
     * The maximum number of bytes queued for all clients. Above that, volatile messages are dropped; shortly after,
     * sessions are closed with {@link CloseReason#OUTBOUND_OVERFLOW}, the largest first, until an eighth is free. A
     * broadcast counts for each receiver. Sockeye's own. Default a quarter of the maximum heap size.
     */
    public long maxTotalOutboundBytes() {
        return values.maxTotalOutboundBytes;
    }

    /**
     * The maximum number of bytes of all messages and request bodies that are received incompletely or held because
     * their session is paused. Above that, those of 8 KiB or more are refused: with 503 on polling, close code 1013 on
     * WebSocket. Sockeye's own. Default an eighth of the maximum heap size.
     */
    public long maxTotalReceivingBytes() {
        return values.maxTotalReceivingBytes;
    }

    /** The maximum number of open sessions; 0 for no limit. Sockeye's own. Default 0. */
    public int maxConnections() {
        return values.maxConnections;
    }

    /** The maximum number of open sessions of one IP address, or of one /64 network of IPv6; 0 for no limit. Sockeye's own. Default 0. */
    public int maxConnectionsPerAddress() {
        return values.maxConnectionsPerAddress;
    }

    /** The trusted proxies, see {@link Builder#trustedProxies}. Sockeye's own. Default none. */
    public List<String> trustedProxies() {
        return values.trustedProxies;
    }

    /** The header with the client's address. Sockeye's own. Default {@link ForwardedHeader#X_FORWARDED_FOR}. */
    public ForwardedHeader forwardedHeader() {
        return values.forwardedHeader;
    }

    /** The options of session forwarding; {@code null} if it is disabled. Sockeye's own. Default {@code null}. */
    public @Nullable SessionForwarding sessionForwarding() {
        return values.sessionForwarding;
    }

    TrustedProxies proxies() {
        return new TrustedProxies(values.trustedProxies, values.forwardedHeader);
    }

    /** Builds {@link EngineOptions}. Not thread-safe. */
    public static final class Builder {
        private String path = "/engine.io";
        private boolean addTrailingSlash = true;
        private Set<String> transports = Set.of("polling", "websocket");
        private Duration pingInterval = Duration.ofSeconds(25);
        private Duration pingTimeout = Duration.ofSeconds(20);
        private Duration upgradeTimeout = Duration.ofSeconds(10);
        private int maxHttpBufferSize = 1_000_000;
        private boolean allowUpgrades = true;
        private @Nullable AllowRequest allowRequest = null;
        private SessionIds generateId = SessionIds.random();
        private @Nullable Message initialPacket = null;
        private @Nullable CookieOptions cookie = null;
        private @Nullable CorsOptions cors = null;
        private int httpCompressionThreshold = 1024;
        private @Nullable PerMessageDeflate perMessageDeflate = null;
        private boolean allowEIO3 = false;
        private long maxOutboundBytes = 16L * 1024 * 1024;
        private SlowClientPolicy slowClientPolicy = SlowClientPolicy.CLOSE;
        private long maxTotalOutboundBytes = Runtime.getRuntime().maxMemory() / 4;
        private long maxTotalReceivingBytes = Runtime.getRuntime().maxMemory() / 8;
        private int maxConnections = 0;
        private int maxConnectionsPerAddress = 0;
        private List<String> trustedProxies = List.of();
        private ForwardedHeader forwardedHeader = ForwardedHeader.X_FORWARDED_FOR;
        private @Nullable SessionForwarding sessionForwarding = null;

        private Builder() {}

        private Builder copy() {
            Builder copy = new Builder();
            copy.path = path;
            copy.addTrailingSlash = addTrailingSlash;
            copy.transports = transports;
            copy.pingInterval = pingInterval;
            copy.pingTimeout = pingTimeout;
            copy.upgradeTimeout = upgradeTimeout;
            copy.maxHttpBufferSize = maxHttpBufferSize;
            copy.allowUpgrades = allowUpgrades;
            copy.allowRequest = allowRequest;
            copy.generateId = generateId;
            copy.initialPacket = initialPacket;
            copy.cookie = cookie;
            copy.cors = cors;
            copy.httpCompressionThreshold = httpCompressionThreshold;
            copy.perMessageDeflate = perMessageDeflate;
            copy.allowEIO3 = allowEIO3;
            copy.maxOutboundBytes = maxOutboundBytes;
            copy.slowClientPolicy = slowClientPolicy;
            copy.maxTotalOutboundBytes = maxTotalOutboundBytes;
            copy.maxTotalReceivingBytes = maxTotalReceivingBytes;
            copy.maxConnections = maxConnections;
            copy.maxConnectionsPerAddress = maxConnectionsPerAddress;
            copy.trustedProxies = trustedProxies;
            copy.forwardedHeader = forwardedHeader;
            copy.sessionForwarding = sessionForwarding;
            return copy;
        }

        /** The path of the engine; Socket.IO sets {@code /socket.io}. Default {@code /engine.io}. */
        @CanIgnoreReturnValue
        public Builder path(String value) {
            path = value;
            return this;
        }

        /** Whether a trailing slash is added to the path. Default true. */
        @CanIgnoreReturnValue
        public Builder addTrailingSlash(boolean value) {
            addTrailingSlash = value;
            return this;
        }

        /** The enabled transports: {@code polling}, {@code websocket}, {@code webtransport}. Default the first two. */
        @CanIgnoreReturnValue
        public Builder transports(String... names) {
            transports = Set.copyOf(new LinkedHashSet<>(List.of(names)));
            return this;
        }

        /** The time between two heartbeats. Default 25 seconds. */
        @CanIgnoreReturnValue
        public Builder pingInterval(Duration value) {
            pingInterval = value;
            return this;
        }

        /** How long the answer to a heartbeat may take. Default 20 seconds. */
        @CanIgnoreReturnValue
        public Builder pingTimeout(Duration value) {
            pingTimeout = value;
            return this;
        }

        /** How long an upgrade may take; after that it is abandoned and the session continues. Default 10 seconds. */
        @CanIgnoreReturnValue
        public Builder upgradeTimeout(Duration value) {
            upgradeTimeout = value;
            return this;
        }

        /** The maximum size of a message or request body in bytes, sent as {@code maxPayload}. Default 1,000,000. */
        @CanIgnoreReturnValue
        public Builder maxHttpBufferSize(int value) {
            maxHttpBufferSize = value;
            return this;
        }

        /** Whether sessions may be upgraded to a better transport. Default true. */
        @CanIgnoreReturnValue
        public Builder allowUpgrades(boolean value) {
            allowUpgrades = value;
            return this;
        }

        /** Accepts or refuses each handshake; {@code null} accepts all. Default {@code null}. */
        @CanIgnoreReturnValue
        public Builder allowRequest(@Nullable AllowRequest value) {
            allowRequest = value;
            return this;
        }

        /** Generates session ids. Default 20 random characters. */
        @CanIgnoreReturnValue
        public Builder generateId(SessionIds value) {
            generateId = value;
            return this;
        }

        /** A message sent with each handshake; {@code null} for none. Default {@code null}. */
        @CanIgnoreReturnValue
        public Builder initialPacket(@Nullable Message value) {
            initialPacket = value;
            return this;
        }

        /**
         * Sets a cookie with the session id and changes its options; options set before are kept: {@code .cookie(cookie
         * -> cookie.name("io").secure(true))}. Default no cookie.
         */
        @CanIgnoreReturnValue
        public Builder cookie(UnaryOperator<CookieOptions.Builder> change) {
            cookie = change.apply(cookie == null ? CookieOptions.builder() : cookie.toBuilder())
                    .build();
            return this;
        }

        /** Whether a cookie with the session id is set. Default false. */
        @CanIgnoreReturnValue
        public Builder cookie(boolean value) {
            cookie = !value ? null : cookie == null ? CookieOptions.defaults() : cookie;
            return this;
        }

        /**
         * Allows cross-origin access and changes its options; options set before are kept: {@code .cors(cors ->
         * cors.origins("https://example.org"))}. Default no access.
         */
        @CanIgnoreReturnValue
        public Builder cors(UnaryOperator<CorsOptions.Builder> change) {
            cors = change.apply(cors == null ? CorsOptions.builder() : cors.toBuilder())
                    .build();
            return this;
        }

        /** Whether cross-origin access is allowed; true without further options allows every origin. Default false. */
        @CanIgnoreReturnValue
        public Builder cors(boolean value) {
            cors = !value ? null : cors == null ? CorsOptions.defaults() : cors;
            return this;
        }

        /** The minimum size of compressed polling responses in bytes; -1 to disable. {@code httpCompression}. Default 1024. */
        @CanIgnoreReturnValue
        public Builder httpCompressionThreshold(int value) {
            httpCompressionThreshold = value;
            return this;
        }

        /**
         * Compresses WebSocket messages and changes the compression options; options set before are kept: {@code
         * .perMessageDeflate(deflate -> deflate.threshold(4096))}. Default no compression.
         */
        @CanIgnoreReturnValue
        public Builder perMessageDeflate(UnaryOperator<PerMessageDeflate.Builder> change) {
            perMessageDeflate = change.apply(
                            perMessageDeflate == null ? PerMessageDeflate.builder() : perMessageDeflate.toBuilder())
                    .build();
            return this;
        }

        /** Whether WebSocket messages are compressed. Default false. */
        @CanIgnoreReturnValue
        public Builder perMessageDeflate(boolean value) {
            perMessageDeflate =
                    !value ? null : perMessageDeflate == null ? PerMessageDeflate.defaults() : perMessageDeflate;
            return this;
        }

        /** Whether Socket.IO 2.x clients (protocol 3) are accepted. Default false. */
        @CanIgnoreReturnValue
        public Builder allowEIO3(boolean value) {
            allowEIO3 = value;
            return this;
        }

        /**
         * The maximum number of bytes queued for one client, where a message counts for at least 64; above that, {@link
         * #slowClientPolicy} decides. Sockeye's own. Default 16 MiB.
         */
        @CanIgnoreReturnValue
        public Builder maxOutboundBytes(long value) {
            maxOutboundBytes = value;
            return this;
        }

        /**
         * What happens if more than {@link #maxOutboundBytes} are queued for a client: its connection is closed, or its oldest queued
         * events are dropped. Sockeye's own. Default {@link SlowClientPolicy#CLOSE}.
         */
        @CanIgnoreReturnValue
        public Builder slowClientPolicy(SlowClientPolicy value) {
            slowClientPolicy = Objects.requireNonNull(value);
            return this;
        }

        /** The maximum number of bytes queued for all clients together; see {@link EngineOptions#maxTotalOutboundBytes()}. */
        @CanIgnoreReturnValue
        public Builder maxTotalOutboundBytes(long value) {
            maxTotalOutboundBytes = value;
            return this;
        }

        /** The maximum number of incompletely received bytes; see {@link EngineOptions#maxTotalReceivingBytes()}. */
        @CanIgnoreReturnValue
        public Builder maxTotalReceivingBytes(long value) {
            maxTotalReceivingBytes = value;
            return this;
        }

        /** The maximum number of open sessions; 0 for no limit. Sockeye's own. Default 0. */
        @CanIgnoreReturnValue
        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        /** The maximum number of open sessions of one IP address, or of one /64 network of IPv6; 0 for no limit. Sockeye's own. Default 0. */
        @CanIgnoreReturnValue
        public Builder maxConnectionsPerAddress(int value) {
            maxConnectionsPerAddress = value;
            return this;
        }

        /**
         * The proxies whose {@link #forwardedHeader} is trusted: IPv4 and IPv6 addresses and ranges, for example {@code
         * "10.0.0.0/8"}, {@code "fd00::/8"}, {@code "192.0.2.1"}. If the peer of a connection is one of them, {@link
         * HostRequest#remoteAddress()} is the address of the client: the addresses in the header are read from right to
         * left, and the first one that is not trusted is used. Anything else than an address ends the search at the
         * last trusted address. Middlewares, {@link AllowRequest}, limits, listeners, logs and the Socket.IO handshake
         * use that address. Sockeye's own. Default none: headers are ignored.
         */
        @CanIgnoreReturnValue
        public Builder trustedProxies(String... ranges) {
            trustedProxies = List.of(ranges);
            return this;
        }

        /**
         * The header in which {@link #trustedProxies} send the client's address. Only this one is read: a proxy may
         * forward the other one unchanged. Sockeye's own. Default {@link ForwardedHeader#X_FORWARDED_FOR}.
         */
        @CanIgnoreReturnValue
        public Builder forwardedHeader(ForwardedHeader value) {
            forwardedHeader = Objects.requireNonNull(value);
            return this;
        }

        /** Forwards requests to the servers of their sessions, see {@link SessionForwarding}. Sockeye's own. Default none. */
        @CanIgnoreReturnValue
        public Builder sessionForwarding(UnaryOperator<SessionForwarding.Builder> change) {
            SessionForwarding before = sessionForwarding;
            sessionForwarding = change.apply(before == null ? SessionForwarding.builder() : before.toBuilder())
                    .build();
            return this;
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names option, value and range
         */
        public EngineOptions build() {
            OptionChecks.path(path);
            OptionChecks.transports(transports);
            OptionChecks.heartbeat(pingInterval, pingTimeout);
            OptionChecks.positive("upgradeTimeout", upgradeTimeout);
            OptionChecks.atLeast("maxHttpBufferSize", maxHttpBufferSize, 1);
            OptionChecks.atLeast("httpCompressionThreshold", httpCompressionThreshold, -1);
            OptionChecks.atLeast("maxOutboundBytes", maxOutboundBytes, 1);
            OptionChecks.atLeast("maxTotalOutboundBytes", maxTotalOutboundBytes, 1);
            OptionChecks.atLeast("maxTotalReceivingBytes", maxTotalReceivingBytes, 1);
            OptionChecks.atLeast("maxConnections", maxConnections, 0);
            OptionChecks.atLeast("maxConnectionsPerAddress", maxConnectionsPerAddress, 0);
            var unused = new TrustedProxies(trustedProxies, forwardedHeader); // checks the ranges
            return new EngineOptions(copy());
        }
    }
}
