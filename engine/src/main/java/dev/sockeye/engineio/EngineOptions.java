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

    /** The path that requests must start with: the path option, with its slash. */
    public String requestPath() {
        String path = values.path.endsWith("/") ? values.path.substring(0, values.path.length() - 1) : values.path;
        return values.addTrailingSlash ? path + "/" : path;
    }

    /** The path of the engine; Socket.IO sets {@code /socket.io}. Default {@code /engine.io}. */
    public String path() {
        return values.path;
    }

    /** Whether a slash is added to the path. Default true. */
    public boolean addTrailingSlash() {
        return values.addTrailingSlash;
    }

    /** The transports allowed: {@code polling}, {@code websocket}, {@code webtransport}. Default the first two. */
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

    /** How long an upgrade may take; then the candidate is closed and the session goes on. Default 10 seconds. */
    public Duration upgradeTimeout() {
        return values.upgradeTimeout;
    }

    /** The greatest accepted message or request body in bytes, told to clients as {@code maxPayload}. Default 1,000,000. */
    public int maxHttpBufferSize() {
        return values.maxHttpBufferSize;
    }

    /** Whether sessions may go on with a better transport. Default true. */
    public boolean allowUpgrades() {
        return values.allowUpgrades;
    }

    /** Decides about each handshake; {@code null} allows all. Default {@code null}. */
    public @Nullable AllowRequest allowRequest() {
        return values.allowRequest;
    }

    /** Makes session ids. Default 20 random characters. */
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

    /** Polling answers of this many bytes or more are compressed when the client accepts it; -1 for never. Official counterpart: {@code httpCompression}. Default 1024. */
    public int httpCompressionThreshold() {
        return values.httpCompressionThreshold;
    }

    /** WebSocket compression; {@code null} for none. Default {@code null}. */
    public @Nullable PerMessageDeflate perMessageDeflate() {
        return values.perMessageDeflate;
    }

    /** Whether Socket.IO 2.x clients (protocol 3) are let in. Default false. */
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
     * How many bytes may wait for all clients together. Above, volatile messages are dropped; a moment later sessions are closed with
     * {@link CloseReason#OUTBOUND_OVERFLOW}, the one with most bytes first, until an eighth of this is free. A message to many
     * counts for each of them. Sockeye's own. Default a quarter of the greatest heap.
     */
    public long maxTotalOutboundBytes() {
        return values.maxTotalOutboundBytes;
    }

    /**
     * How many bytes of messages and request bodies may be here in part, of all connections together: their end is still to come, or
     * the session is paused. Above, what needs 8 KiB or more is refused: 503 on polling, close 1013 on WebSocket. Sockeye's own.
     * Default an eighth of the greatest heap.
     */
    public long maxTotalReceivingBytes() {
        return values.maxTotalReceivingBytes;
    }

    /** How many sessions may be open at once; 0 for no limit. Sockeye's own. Default 0. */
    public int maxConnections() {
        return values.maxConnections;
    }

    /** How many sessions one address may have open at once; 0 for no limit. Sockeye's own. Default 0. */
    public int maxConnectionsPerAddress() {
        return values.maxConnectionsPerAddress;
    }

    /** The proxies that are trusted to name the client, see {@link Builder#trustedProxies}. Sockeye's own. Default none. */
    public List<String> trustedProxies() {
        return values.trustedProxies;
    }

    /** The header in which they name it. Sockeye's own. Default {@link ForwardedHeader#X_FORWARDED_FOR}. */
    public ForwardedHeader forwardedHeader() {
        return values.forwardedHeader;
    }

    /** How servers behind a balancer without session affinity share sessions; {@code null}: not. Sockeye's own. Default {@code null}. */
    public @Nullable SessionForwarding sessionForwarding() {
        return values.sessionForwarding;
    }

    TrustedProxies proxies() {
        return new TrustedProxies(values.trustedProxies, values.forwardedHeader);
    }

    /** Builds options. Not safe for several threads. */
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

        /** Whether a slash is added to the path. Default true. */
        @CanIgnoreReturnValue
        public Builder addTrailingSlash(boolean value) {
            addTrailingSlash = value;
            return this;
        }

        /** The transports allowed: {@code polling}, {@code websocket}, {@code webtransport}. Default the first two. */
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

        /** How long an upgrade may take; then the candidate is closed and the session goes on. Default 10 seconds. */
        @CanIgnoreReturnValue
        public Builder upgradeTimeout(Duration value) {
            upgradeTimeout = value;
            return this;
        }

        /** The greatest accepted message or request body in bytes, told to clients as {@code maxPayload}. Default 1,000,000. */
        @CanIgnoreReturnValue
        public Builder maxHttpBufferSize(int value) {
            maxHttpBufferSize = value;
            return this;
        }

        /** Whether sessions may go on with a better transport. Default true. */
        @CanIgnoreReturnValue
        public Builder allowUpgrades(boolean value) {
            allowUpgrades = value;
            return this;
        }

        /** Decides about each handshake; {@code null} allows all. Default {@code null}. */
        @CanIgnoreReturnValue
        public Builder allowRequest(@Nullable AllowRequest value) {
            allowRequest = value;
            return this;
        }

        /** Makes session ids. Default 20 random characters. */
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
         * Sets a cookie with the session id and changes its options, on top of those set already: {@code .cookie(cookie ->
         * cookie.name("io").secure(true))}. Default no cookie.
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
         * Allows cross-origin access and changes its options, on top of those set already: {@code .cors(cors ->
         * cors.origins("https://example.org"))}. Default no access.
         */
        @CanIgnoreReturnValue
        public Builder cors(UnaryOperator<CorsOptions.Builder> change) {
            cors = change.apply(cors == null ? CorsOptions.builder() : cors.toBuilder())
                    .build();
            return this;
        }

        /** Whether there is cross-origin access: true without further options allows every origin. Default false. */
        @CanIgnoreReturnValue
        public Builder cors(boolean value) {
            cors = !value ? null : cors == null ? CorsOptions.defaults() : cors;
            return this;
        }

        /** Polling answers of this many bytes or more are compressed when the client accepts it; -1 for never. Official counterpart: {@code httpCompression}. Default 1024. */
        @CanIgnoreReturnValue
        public Builder httpCompressionThreshold(int value) {
            httpCompressionThreshold = value;
            return this;
        }

        /**
         * Compresses WebSocket messages and changes the options of that, on top of those set already: {@code
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

        /** Whether Socket.IO 2.x clients (protocol 3) are let in. Default false. */
        @CanIgnoreReturnValue
        public Builder allowEIO3(boolean value) {
            allowEIO3 = value;
            return this;
        }

        /**
         * How many bytes may wait for one client, a message counting for at least 64; above, {@link #slowClientPolicy} decides. Sockeye's
         * own. Default 16 MiB.
         */
        @CanIgnoreReturnValue
        public Builder maxOutboundBytes(long value) {
            maxOutboundBytes = value;
            return this;
        }

        /**
         * What happens to a client for which more than {@link #maxOutboundBytes} wait: it is closed, or the oldest events that wait for
         * it are dropped. Sockeye's own. Default {@link SlowClientPolicy#CLOSE}.
         */
        @CanIgnoreReturnValue
        public Builder slowClientPolicy(SlowClientPolicy value) {
            slowClientPolicy = Objects.requireNonNull(value);
            return this;
        }

        /** How many bytes may wait for all clients together; see {@link EngineOptions#maxTotalOutboundBytes()}. */
        @CanIgnoreReturnValue
        public Builder maxTotalOutboundBytes(long value) {
            maxTotalOutboundBytes = value;
            return this;
        }

        /** How many bytes may be received in part; see {@link EngineOptions#maxTotalReceivingBytes()}. */
        @CanIgnoreReturnValue
        public Builder maxTotalReceivingBytes(long value) {
            maxTotalReceivingBytes = value;
            return this;
        }

        /** How many sessions may be open at once; 0 for no limit. Sockeye's own. Default 0. */
        @CanIgnoreReturnValue
        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        /** How many sessions one address may have open at once; 0 for no limit. Sockeye's own. Default 0. */
        @CanIgnoreReturnValue
        public Builder maxConnectionsPerAddress(int value) {
            maxConnectionsPerAddress = value;
            return this;
        }

        /**
         * The proxies that are trusted to name the client: addresses and ranges, IPv4 and IPv6, for example {@code "10.0.0.0/8"},
         * {@code "fd00::/8"}, {@code "192.0.2.1"}. When the peer of a connection is one of them, {@link HostRequest#remoteAddress()}
         * is the client's: the addresses of the {@link #forwardedHeader} are read from the right, and the first one that is not
         * trusted is taken. Something else than an address there ({@code unknown}, an obfuscated identifier, garbage) ends the
         * search at the last trusted address. Middlewares, {@link AllowRequest}, the limits for an address, listeners, logs and the
         * handshake of Socket.IO see that address. Sockeye's own. Default none: no header is believed.
         */
        @CanIgnoreReturnValue
        public Builder trustedProxies(String... ranges) {
            trustedProxies = List.of(ranges);
            return this;
        }

        /**
         * The header in which {@link #trustedProxies} name the client. Only this one is read, because a proxy passes on the
         * other one as the client has sent it. Sockeye's own. Default {@link ForwardedHeader#X_FORWARDED_FOR}.
         */
        @CanIgnoreReturnValue
        public Builder forwardedHeader(ForwardedHeader value) {
            forwardedHeader = Objects.requireNonNull(value);
            return this;
        }

        /** Forwards requests to the servers of their sessions, see {@link SessionForwarding}. Sockeye's own. Default not. */
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
         * @throws IllegalArgumentException a value is out of its range; the message names option, value and range
         */
        public EngineOptions build() {
            OptionChecks.path(path);
            OptionChecks.transports(transports);
            OptionChecks.positive("pingInterval", pingInterval);
            OptionChecks.positive("pingTimeout", pingTimeout);
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
