package dev.sockeye.socketio.server;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.engineio.CookieOptions;
import dev.sockeye.engineio.CorsOptions;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.SessionForwarding;
import dev.sockeye.engineio.SlowClientPolicy;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.Parser;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Options of the server; immutable. Official counterpart: {@code ServerOptions}. */
public final class SocketIoServerOptions {

    private static final long DEFAULT_INBOUND_BYTES = 4L << 20;
    private static final long UNSET = Long.MIN_VALUE;

    private final Builder values;

    private SocketIoServerOptions(Builder builder) {
        this.values = new Builder(builder);
    }

    /** All defaults. */
    public static SocketIoServerOptions defaults() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder(null);
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** The options of the engine. */
    public EngineOptions engine() {
        return values.engine;
    }

    /** The parser. Default: {@link JsonParser#create()}. */
    public Parser parser() {
        return Objects.requireNonNull(values.parser);
    }

    /** How long a client may take to join its first namespace. Default: 45 seconds. */
    public Duration connectTimeout() {
        return values.connectTimeout;
    }

    /** Whether the browser client is served under the path. Default: true. */
    public boolean serveClient() {
        return values.serveClient;
    }

    /** The options of connection state recovery; {@code null} (the default) if it is disabled. */
    public @Nullable ConnectionStateRecovery connectionStateRecovery() {
        return values.connectionStateRecovery;
    }

    /** Whether a dynamic namespace is removed when it has no sockets. Default: false. */
    public boolean cleanupEmptyChildNamespaces() {
        return values.cleanupEmptyChildNamespaces;
    }

    /** Where handlers run. Default: {@link HandlerExecution#automatic()}. */
    public HandlerExecution execution() {
        return values.execution;
    }

    /** The factory of the adapters; {@code null} (the default) for in-memory adapters. */
    public @Nullable AdapterFactory adapter() {
        return values.adapter;
    }

    /** The maximum number of pending acknowledgements of a socket. Default: 10,000. */
    public int maxPendingAcks() {
        return values.maxPendingAcks;
    }

    /** The maximum number of namespaces that one connection may join. Default: 100. */
    public int maxNamespacesPerConnection() {
        return values.maxNamespacesPerConnection;
    }

    /** The maximum number of rooms that a socket may be in, not counting the room of its own id. Default: 10,000. */
    public int maxRoomsPerSocket() {
        return values.maxRoomsPerSocket;
    }

    /**
     * The maximum number of packets of one connection that may wait for handlers; while there are more, the server
     * stops reading from the connection. Default: 1,024.
     */
    public int mailboxCapacity() {
        return values.mailboxCapacity;
    }

    /**
     * The maximum size in bytes of the packets of one connection that may wait for handlers; while there are more, the
     * server stops reading from the connection. Default: 4 MiB, or {@code maxHttpBufferSize} if that is larger.
     */
    public long maxInboundBytes() {
        long given = values.maxInboundBytes;
        return given != UNSET ? given : Math.max(DEFAULT_INBOUND_BYTES, engine().maxHttpBufferSize());
    }

    /**
     * The maximum size in bytes of the packets of all connections that may wait for handlers. While there are more, the
     * server stops reading from each sending connection that has at least 4 KiB waiting, until its packets have been
     * handled. Default: a quarter of the maximum heap size.
     */
    public long maxTotalInboundBytes() {
        long given = values.maxTotalInboundBytes;
        return given != UNSET ? given : Runtime.getRuntime().maxMemory() / 4;
    }

    /** The rate limits for clients; {@code null} (the default) for none. */
    public @Nullable RateLimits rateLimits() {
        return values.rateLimits;
    }

    /**
     * How long each step of {@link SocketIoServer#close()} waits for queued packets to be written and for handlers to
     * finish. All steps together take at most twice this time. Default: 5 seconds.
     */
    public Duration closeTimeout() {
        return values.closeTimeout;
    }

    /** The clock, timer and id generator. Default: {@link ServerTimer#system()}. */
    public ServerTimer timer() {
        return values.timer;
    }

    /** Builds {@link SocketIoServerOptions}. Not thread-safe. */
    public static final class Builder {
        /** In nanoseconds, it must not overflow. */
        private static final Duration LONGEST = Duration.ofDays(26_000);

        private EngineOptions engine =
                EngineOptions.builder().path("/socket.io").build();
        private @Nullable Parser parser;
        private Duration connectTimeout = Duration.ofSeconds(45);
        private boolean serveClient = true;
        private @Nullable ConnectionStateRecovery connectionStateRecovery;
        private boolean cleanupEmptyChildNamespaces;
        private HandlerExecution execution = HandlerExecution.automatic();
        private @Nullable AdapterFactory adapter;
        private int maxPendingAcks = 10_000;
        private int maxNamespacesPerConnection = 100;
        private int maxRoomsPerSocket = 10_000;
        private int mailboxCapacity = 1_024;
        private long maxInboundBytes = UNSET;
        private long maxTotalInboundBytes = UNSET;
        private @Nullable RateLimits rateLimits;
        private Duration closeTimeout = Duration.ofSeconds(5);
        private ServerTimer timer = ServerTimer.system();

        private Builder(@Nullable Builder from) {
            if (from != null) {
                engine = from.engine;
                parser = from.parser;
                connectTimeout = from.connectTimeout;
                serveClient = from.serveClient;
                connectionStateRecovery = from.connectionStateRecovery;
                cleanupEmptyChildNamespaces = from.cleanupEmptyChildNamespaces;
                execution = from.execution;
                adapter = from.adapter;
                maxPendingAcks = from.maxPendingAcks;
                maxNamespacesPerConnection = from.maxNamespacesPerConnection;
                maxRoomsPerSocket = from.maxRoomsPerSocket;
                mailboxCapacity = from.mailboxCapacity;
                maxInboundBytes = from.maxInboundBytes;
                maxTotalInboundBytes = from.maxTotalInboundBytes;
                rateLimits = from.rateLimits;
                closeTimeout = from.closeTimeout;
                timer = from.timer;
            }
        }

        /**
         * Changes options of the engine; options that were set before are kept: {@code .engine(engine ->
         * engine.pingInterval(Duration.ofSeconds(10)).allowEIO3(true))}. The path is {@code /socket.io} unless it is
         * changed.
         */
        public Builder engine(UnaryOperator<EngineOptions.Builder> change) {
            engine = change.apply(engine.toBuilder()).build();
            return this;
        }

        /** The path that is served. Default: {@code /socket.io}. */
        public Builder path(String path) {
            return engine(options -> options.path(path));
        }

        /** Whether a trailing slash is added to the path. Default: true. Engine option. */
        public Builder addTrailingSlash(boolean value) {
            return engine(options -> options.addTrailingSlash(value));
        }

        /** The interval between two heartbeats. Default: 25 seconds. Engine option. */
        public Builder pingInterval(Duration value) {
            return engine(options -> options.pingInterval(value));
        }

        /** How long the answer to a heartbeat may take. Default: 20 seconds. Engine option. */
        public Builder pingTimeout(Duration value) {
            return engine(options -> options.pingTimeout(value));
        }

        /** How long an upgrade may take. Default: 10 seconds. Engine option. */
        public Builder upgradeTimeout(Duration value) {
            return engine(options -> options.upgradeTimeout(value));
        }

        /** The maximum size of a message in bytes. Default: 1,000,000. Engine option. */
        public Builder maxHttpBufferSize(int value) {
            return engine(options -> options.maxHttpBufferSize(value));
        }

        /** The enabled transports. Default: {@code polling} and {@code websocket}. Engine option. */
        public Builder transports(String... value) {
            return engine(options -> options.transports(value));
        }

        /** Whether a session may upgrade its transport. Default: true. Engine option. */
        public Builder allowUpgrades(boolean value) {
            return engine(options -> options.allowUpgrades(value));
        }

        /** Accepts or refuses each handshake. Default: all are accepted. Engine option. */
        public Builder allowRequest(@Nullable AllowRequest value) {
            return engine(options -> options.allowRequest(value));
        }

        /**
         * Allows cross-origin access: {@code .cors(cors -> cors.origins("https://example.org"))}. Default: no
         * cross-origin access. Engine option, see {@link EngineOptions.Builder#cors(UnaryOperator)}.
         */
        public Builder cors(UnaryOperator<CorsOptions.Builder> change) {
            return engine(options -> options.cors(change));
        }

        /**
         * Whether cross-origin access is allowed; true without further options allows every origin. Default: false.
         * Engine option.
         */
        public Builder cors(boolean value) {
            return engine(options -> options.cors(value));
        }

        /**
         * Sets a cookie for session affinity: {@code .cookie(cookie -> cookie.secure(true))}. Default: no cookie.
         * Engine option.
         */
        public Builder cookie(UnaryOperator<CookieOptions.Builder> change) {
            return engine(options -> options.cookie(change));
        }

        /** Whether a cookie for session affinity is set. Default: false. Engine option. */
        public Builder cookie(boolean value) {
            return engine(options -> options.cookie(value));
        }

        /**
         * Compresses WebSocket messages: {@code .perMessageDeflate(deflate -> deflate.threshold(4096))}. Default: no
         * compression. Engine option.
         */
        public Builder perMessageDeflate(UnaryOperator<PerMessageDeflate.Builder> change) {
            return engine(options -> options.perMessageDeflate(change));
        }

        /** Whether WebSocket messages are compressed. Default: false. Engine option. */
        public Builder perMessageDeflate(boolean value) {
            return engine(options -> options.perMessageDeflate(value));
        }

        /** Whether Socket.IO 2.x clients are accepted. Default: false. Engine option. */
        public Builder allowEIO3(boolean value) {
            return engine(options -> options.allowEIO3(value));
        }

        /** The maximum number of bytes queued for one client; above that, {@link #slowClientPolicy} decides. Sockeye's own. Engine option. */
        public Builder maxOutboundBytes(long value) {
            return engine(options -> options.maxOutboundBytes(value));
        }

        /**
         * What happens if more than {@code maxOutboundBytes} are queued for a client: its connection is closed (default), or its oldest
         * queued events are dropped. Sockeye's own. Engine option.
         */
        public Builder slowClientPolicy(SlowClientPolicy value) {
            return engine(options -> options.slowClientPolicy(value));
        }

        /** The maximum number of open sessions; 0 for no limit. Default 0. Sockeye's own. Engine option. */
        public Builder maxConnections(int value) {
            return engine(options -> options.maxConnections(value));
        }

        /** The maximum number of open sessions of one IP address, or of one /64 network of IPv6; 0 for no limit. Default 0. Engine option, Sockeye's own. */
        public Builder maxConnectionsPerAddress(int value) {
            return engine(options -> options.maxConnectionsPerAddress(value));
        }

        /**
         * The proxies whose forwarding headers are trusted, as addresses and ranges, for example {@code "10.0.0.0/8"}.
         * Default: none. See {@link EngineOptions.Builder#trustedProxies}. Engine option, Sockeye's own.
         */
        public Builder trustedProxies(String... ranges) {
            return engine(options -> options.trustedProxies(ranges));
        }

        /**
         * Lets several servers run behind a load balancer without session affinity: {@code
         * .sessionForwarding(forwarding -> forwarding.secret(secret).address("http://10.0.0.1:3000"))}. Default: none.
         * See {@link SessionForwarding}. Engine option, Sockeye's own.
         */
        public Builder sessionForwarding(UnaryOperator<SessionForwarding.Builder> change) {
            return engine(options -> options.sessionForwarding(change));
        }

        /** The parser; clients must use the same one. Official option: {@code parser}. */
        public Builder parser(Parser value) {
            parser = value;
            return this;
        }

        /** How long a client may take to join its first namespace. Official option: {@code connectTimeout}. */
        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        /** Whether the browser client is served. Official option: {@code serveClient}. */
        public Builder serveClient(boolean value) {
            serveClient = value;
            return this;
        }

        /**
         * Enables recovery and changes its options; options that were set before are kept: {@code
         * .connectionStateRecovery(recovery -> recovery.maxDisconnectionDuration(Duration.ofMinutes(5)))}. Default: no
         * recovery.
         */
        public Builder connectionStateRecovery(UnaryOperator<ConnectionStateRecovery.Builder> change) {
            ConnectionStateRecovery set = connectionStateRecovery;
            connectionStateRecovery = change.apply(set == null ? ConnectionStateRecovery.builder() : set.toBuilder())
                    .build();
            return this;
        }

        /** Whether connection state recovery is enabled. Default: false. */
        public Builder connectionStateRecovery(boolean value) {
            ConnectionStateRecovery set = connectionStateRecovery;
            connectionStateRecovery = !value ? null : set == null ? ConnectionStateRecovery.defaults() : set;
            return this;
        }

        /**
         * Whether to remove dynamic namespaces that have no sockets. Official option: {@code
         * cleanupEmptyChildNamespaces}.
         */
        public Builder cleanupEmptyChildNamespaces(boolean value) {
            cleanupEmptyChildNamespaces = value;
            return this;
        }

        /** Where handlers run. */
        public Builder execution(HandlerExecution value) {
            execution = value;
            return this;
        }

        /** The factory of the adapters. Official option: {@code adapter}. */
        public Builder adapter(@Nullable AdapterFactory value) {
            adapter = value;
            return this;
        }

        /** The maximum number of pending acknowledgements of a socket. */
        public Builder maxPendingAcks(int value) {
            maxPendingAcks = value;
            return this;
        }

        /** The maximum number of namespaces that one connection may join. */
        public Builder maxNamespacesPerConnection(int value) {
            maxNamespacesPerConnection = value;
            return this;
        }

        /** The maximum number of rooms that a socket may be in. */
        public Builder maxRoomsPerSocket(int value) {
            maxRoomsPerSocket = value;
            return this;
        }

        /**
         * The maximum number of packets of one connection that may wait for handlers before the server stops reading
         * from it.
         */
        public Builder mailboxCapacity(int value) {
            mailboxCapacity = value;
            return this;
        }

        /**
         * The maximum size in bytes of the packets of one connection that may wait for handlers before the server stops
         * reading from it.
         */
        public Builder maxInboundBytes(long value) {
            maxInboundBytes = value;
            return this;
        }

        /** The maximum size in bytes of the packets of all connections that may wait for handlers. */
        public Builder maxTotalInboundBytes(long value) {
            maxTotalInboundBytes = value;
            return this;
        }

        /** Sets rate limits for clients; limits that were set before are kept. Default: none. Sockeye's own. */
        public Builder rateLimits(UnaryOperator<RateLimits.Builder> change) {
            RateLimits set = rateLimits;
            rateLimits = change.apply(set == null ? RateLimits.builder() : set.toBuilder())
                    .build();
            return this;
        }

        /** How long each step of closing the server may take. All steps together take at most twice this time. */
        public Builder closeTimeout(Duration value) {
            closeTimeout = value;
            return this;
        }

        /** The clock, timer and id generator of the server. For test kits and simulations. */
        public Builder timer(ServerTimer value) {
            timer = value;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of range; the message names the option
         */
        public SocketIoServerOptions build() {
            if (parser == null) {
                parser = JsonParser.create();
            }
            positive("connectTimeout", connectTimeout);
            positive("closeTimeout", closeTimeout);
            positive("maxPendingAcks", maxPendingAcks);
            positive("maxNamespacesPerConnection", maxNamespacesPerConnection);
            positive("maxRoomsPerSocket", maxRoomsPerSocket);
            positive("mailboxCapacity", mailboxCapacity);
            if (maxInboundBytes != UNSET) {
                positive("maxInboundBytes", maxInboundBytes);
            }
            if (maxTotalInboundBytes != UNSET) {
                positive("maxTotalInboundBytes", maxTotalInboundBytes);
            }
            return new SocketIoServerOptions(this);
        }

        private static void positive(String name, long value) {
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
