package dev.sockeye.spring;

import dev.sockeye.engineio.ForwardedHeader;
import dev.sockeye.engineio.SlowClientPolicy;
import dev.sockeye.socketio.server.RateLimitAction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code sockeye.*}. Options without a property are set with a {@link SocketIoServerCustomizer}.
 *
 * @param enabled whether there is a Socket.IO server
 * @param port port of a separate Netty host, 0 for any free port; if not set, the server uses the application's port
 * @param address address that the separate port is bound to; if not set, all addresses
 * @param ssl TLS of the separate port
 * @param webTransport whether clients may use WebTransport, over UDP on the separate port
 * @param path path of the server
 * @param addTrailingSlash whether a trailing slash is added to the path
 * @param transports enabled transports: polling, websocket, webtransport
 * @param pingInterval time between two heartbeats
 * @param pingTimeout how long the answer to a heartbeat may take
 * @param upgradeTimeout how long an upgrade to WebSocket may take
 * @param maxHttpBufferSize maximum size of a message or request body
 * @param allowUpgrades whether sessions may be upgraded to a better transport
 * @param httpCompressionThreshold minimum size in bytes of compressed polling responses; -1 to disable compression
 * @param allowEio3 whether Socket.IO 2.x clients are accepted
 * @param maxOutboundBytes maximum size of the queue of one client
 * @param slowClientPolicy what happens when the queue of a client is full: its connection is closed, or its oldest queued events are dropped
 * @param maxTotalOutboundBytes maximum size of the queues of all clients; above that the connections with the longest queues are closed; if not set,
 *     a quarter of the maximum heap
 * @param maxTotalReceivingBytes maximum size of incompletely received messages and request bodies of all connections; if not set, an eighth of the
 *     maximum heap
 * @param maxInboundBytes maximum size of the packets of one connection that wait for handlers; above that the server stops reading from it; if not
 *     set, 4MB, or max-http-buffer-size if that is larger
 * @param maxTotalInboundBytes maximum size of the packets of all connections that wait for handlers; if not set, a quarter of the maximum heap
 * @param maxConnections maximum number of open sessions; 0 for no limit
 * @param maxConnectionsPerAddress maximum number of open sessions of one IP address, or of one /64 network of IPv6; 0 for no limit
 * @param trustedProxies proxies whose header with the client's address is trusted: addresses and ranges such as 10.0.0.0/8; if not set, headers are
 *     ignored
 * @param forwardedHeader header in which trusted proxies send the client's address
 * @param sessionForwarding several servers behind a load balancer without session affinity
 * @param connectTimeout how long a client may take to join its first namespace
 * @param serveClient whether the browser client is served below the path
 * @param cleanupEmptyChildNamespaces whether dynamic namespaces without sockets are removed
 * @param maxPendingAcks maximum number of pending acknowledgements of a socket
 * @param maxNamespacesPerConnection maximum number of namespaces that one connection may join
 * @param maxRoomsPerSocket maximum number of rooms of a socket
 * @param mailboxCapacity maximum number of packets of one connection that wait for handlers; above that the server stops reading from it
 * @param closeTimeout how long each step of closing may take, all steps together take at most twice this time; if not set, a quarter of
 *     spring.lifecycle.timeout-per-shutdown-phase, without the time of the drain
 * @param drain the period over which clients are disconnected one after another when the application stops, so that they reconnect to other servers;
 *     shorter than spring.lifecycle.timeout-per-shutdown-phase; if not set, all are disconnected at once
 * @param parser parser of packets; clients must use the same one
 * @param applicationJsonMapper whether payloads are bound with the JsonMapper of the application, if it has one; otherwise with
 *     Sockeye's own
 * @param execution where handlers run
 * @param cors cross-origin access
 * @param cookie cookie with the session id, for session affinity
 * @param perMessageDeflate compression of WebSocket messages
 * @param connectionStateRecovery recovery of id, rooms, data and missed events for clients that reconnect in time
 * @param rateLimits rate limits for clients
 * @param container options of the servlet host
 * @param admin the Admin UI (needs sockeye-admin-ui)
 * @param presence who is online (needs sockeye-presence)
 * @param adapter broker that connects several servers
 */
@ConfigurationProperties(prefix = "sockeye", ignoreUnknownFields = false)
public record SockeyeProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable Integer port,
        @Nullable String address,
        @DefaultValue Ssl ssl,
        @DefaultValue("false") boolean webTransport,
        @DefaultValue("/socket.io") String path,
        @DefaultValue("true") boolean addTrailingSlash,
        @DefaultValue({"polling", "websocket"}) List<String> transports,
        @DefaultValue("25s") Duration pingInterval,
        @DefaultValue("20s") Duration pingTimeout,
        @DefaultValue("10s") Duration upgradeTimeout,
        @DefaultValue("1000000B") DataSize maxHttpBufferSize,
        @DefaultValue("true") boolean allowUpgrades,
        @DefaultValue("1024") int httpCompressionThreshold,
        @DefaultValue("false") boolean allowEio3,
        @DefaultValue("16MB") DataSize maxOutboundBytes,
        @DefaultValue("close") SlowClientPolicy slowClientPolicy,
        @Nullable DataSize maxTotalOutboundBytes,
        @Nullable DataSize maxTotalReceivingBytes,
        @Nullable DataSize maxInboundBytes,
        @Nullable DataSize maxTotalInboundBytes,
        @DefaultValue("0") int maxConnections,
        @DefaultValue("0") int maxConnectionsPerAddress,
        @DefaultValue List<String> trustedProxies,
        @DefaultValue("x-forwarded-for") ForwardedHeader forwardedHeader,
        @DefaultValue Forwarding sessionForwarding,
        @DefaultValue("45s") Duration connectTimeout,
        @DefaultValue("true") boolean serveClient,
        @DefaultValue("false") boolean cleanupEmptyChildNamespaces,
        @DefaultValue("10000") int maxPendingAcks,
        @DefaultValue("100") int maxNamespacesPerConnection,
        @DefaultValue("10000") int maxRoomsPerSocket,
        @DefaultValue("1024") int mailboxCapacity,
        @Nullable Duration closeTimeout,
        @Nullable Duration drain,
        @DefaultValue("json") ParserName parser,
        @DefaultValue("true") boolean applicationJsonMapper,
        @DefaultValue("automatic") Execution execution,
        @DefaultValue Cors cors,
        @DefaultValue Cookie cookie,
        @DefaultValue Deflate perMessageDeflate,
        @DefaultValue Recovery connectionStateRecovery,
        @DefaultValue RateLimits rateLimits,
        @DefaultValue Container container,
        @DefaultValue Admin admin,
        @DefaultValue Presence presence,
        @DefaultValue Adapter adapter) {

    /** A parser. */
    public enum ParserName {
        /** JSON, the default of all clients. */
        JSON,
        /** The official msgpack parser. */
        MSGPACK
    }

    /** Where handlers run. */
    public enum Execution {
        /** Virtual threads if the JVM has them, otherwise a pool. */
        AUTOMATIC,
        /** Virtual threads (Java 21 or later). */
        VIRTUAL_THREADS,
        /** The application's task executor, the bean {@code applicationTaskExecutor}. */
        APPLICATION,
        /** The I/O threads, for handlers that never block. */
        EVENT_LOOP
    }

    /**
     * TLS of the separate port.
     *
     * @param bundle name of an SSL bundle (spring.ssl.bundle); if not set, plain HTTP
     */
    public record Ssl(@Nullable String bundle) {}

    /**
     * Cross-origin access.
     *
     * @param origins origins that may connect; "*" for all; without origins and patterns there is no cross-origin access
     * @param originPatterns regular expressions for allowed origins, one of which must match a part of the origin
     * @param credentials whether cookies may be sent
     * @param methods allowed methods
     * @param allowedHeaders allowed request headers; if not set, all requested headers
     * @param exposedHeaders response headers that scripts may read
     * @param maxAge how long browsers may cache the response to a preflight request
     * @param preflightContinue whether a middleware of the engine answers preflight requests
     * @param optionsSuccessStatus status of the response to a preflight request
     */
    public record Cors(
            @DefaultValue List<String> origins,
            @DefaultValue List<String> originPatterns,
            @DefaultValue("false") boolean credentials,

            @DefaultValue({"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"})
            List<String> methods,

            @DefaultValue List<String> allowedHeaders,
            @DefaultValue List<String> exposedHeaders,
            @Nullable Duration maxAge,
            @DefaultValue("false") boolean preflightContinue,
            @DefaultValue("204") int optionsSuccessStatus) {}

    /**
     * Several servers behind a load balancer without session affinity: each forwards requests to the server of their session. Enabled if secret or
     * address is set.
     *
     * @param secret secret shared by all servers, at least 16 characters
     * @param address address at which other servers reach this one: http://host:port, followed by the context path if there is one
     * @param connectTimeout how long connecting to another server may take
     * @param maxConcurrent maximum number of concurrently forwarded requests and WebSockets
     */
    public record Forwarding(
            @Nullable String secret,
            @Nullable String address,
            @DefaultValue("1s") Duration connectTimeout,
            @DefaultValue("20000") int maxConcurrent) {

        /** Contains the address, but not the secret. */
        @Override
        public String toString() {
            return "Forwarding[" + address + "]";
        }
    }

    /**
     * The cookie for session affinity.
     *
     * @param enabled whether a cookie for session affinity is set
     * @param name name of the cookie
     * @param path path of the cookie
     * @param httpOnly whether the cookie is hidden from scripts
     * @param sameSite SameSite attribute of the cookie: lax, strict, none
     * @param secure whether the cookie is sent over TLS only
     * @param maxAge how long the browser keeps the cookie; if not set, for the browser's session
     * @param domain domain of the cookie
     * @param expires when browsers that do not support Max-Age delete it
     * @param priority Priority attribute of the cookie: low, medium, high
     * @param partitioned whether the cookie is partitioned by top-level site
     */
    public record Cookie(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("io") String name,
            @DefaultValue("/") String path,
            @DefaultValue("true") boolean httpOnly,
            @DefaultValue("lax") String sameSite,
            @DefaultValue("false") boolean secure,
            @Nullable Duration maxAge,
            @Nullable String domain,
            @Nullable Instant expires,
            @Nullable String priority,
            @DefaultValue("false") boolean partitioned) {}

    /**
     * Compression of WebSocket messages.
     *
     * @param enabled whether WebSocket messages are compressed
     * @param threshold messages shorter than this many bytes are sent uncompressed
     * @param level deflate level, 0 to 9; -1 for the library's default
     * @param serverNoContextTakeover whether the server resets its compression window after each message
     * @param clientNoContextTakeover whether the client is asked to reset its compression window after each message
     * @param clientMaxWindowBits maximum compression window of the client, 8 to 15
     */
    public record Deflate(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("1024") int threshold,
            @DefaultValue("-1") int level,
            @DefaultValue("false") boolean serverNoContextTakeover,
            @DefaultValue("false") boolean clientNoContextTakeover,
            @DefaultValue("15") int clientMaxWindowBits) {}

    /**
     * Connection state recovery.
     *
     * @param enabled whether connection state recovery is enabled
     * @param maxDisconnectionDuration how long a session is kept
     * @param skipMiddlewares whether middlewares are skipped for a recovered socket
     * @param maxPacketsPerRoom maximum number of events kept for each room
     * @param maxPackets maximum number of events kept for each namespace
     * @param maxBytes maximum size in bytes of the events kept for each namespace
     * @param maxSessions maximum number of sessions kept for each namespace
     */
    public record Recovery(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("2m") Duration maxDisconnectionDuration,
            @DefaultValue("true") boolean skipMiddlewares,
            @DefaultValue("1000") int maxPacketsPerRoom,
            @DefaultValue("100000") int maxPackets,
            @DefaultValue("32MB") DataSize maxBytes,
            @DefaultValue("100000") int maxSessions) {}

    /**
     * Rate limits for clients. Limits that are not set are off.
     *
     * @param eventsPerSocket events of one socket
     * @param bytesPerSocket bytes of the events of one socket
     * @param events events of one socket, by name
     * @param eventsPerUser events of all sockets with the same principal
     * @param bytesPerUser bytes of the events of all sockets with the same principal
     * @param eventsPerAddress events of all sockets of one address
     * @param bytesPerAddress bytes of the events of all sockets of one address
     * @param connectsPerAddress connections of one address
     * @param action what happens to an event that exceeds a limit
     * @param maxKeys maximum number of users, and of addresses, that are tracked at the same time
     */
    public record RateLimits(
            @Nullable Rate eventsPerSocket,
            @Nullable Rate bytesPerSocket,
            @DefaultValue Map<String, Rate> events,
            @Nullable Rate eventsPerUser,
            @Nullable Rate bytesPerUser,
            @Nullable Rate eventsPerAddress,
            @Nullable Rate bytesPerAddress,
            @Nullable Rate connectsPerAddress,
            @DefaultValue("error") RateLimitAction action,
            @DefaultValue("100000") int maxKeys) {}

    /**
     * A limit.
     *
     * @param permits number of permits in each period
     * @param period the period
     * @param burst number of permits that may be used at once; if not set, the permits of one period
     */
    public record Rate(
            long permits,
            @DefaultValue("1s") Duration period,
            @Nullable Long burst) {}

    /**
     * The servlet host.
     *
     * @param loops number of serial loops over which the sessions are distributed; 0 for the number of processors, at least 2
     * @param closeTimeout how long the peer of a closing WebSocket may take, and handlers that still run when the container ends;
     *     without it a quarter of spring.lifecycle.timeout-per-shutdown-phase, at most 10s
     * @param upgradeDecisionTimeout how long a WebSocket upgrade may wait for the server's decision
     * @param maxReadPause how long a Jetty thread waits for one connection while the application does not keep up
     */
    public record Container(
            @DefaultValue("0") int loops,
            @Nullable Duration closeTimeout,
            @DefaultValue("30s") Duration upgradeDecisionTimeout,
            @DefaultValue("30s") Duration maxReadPause) {}

    /**
     * The Admin UI.
     *
     * @param enabled whether the server is shown in the Admin UI, and serves its page
     * @param username name for the login
     * @param passwordHash bcrypt hash of the password for the login
     * @param open whether no login is required
     * @param mode the amount of data: development (all sockets, rooms and events) or production (only numbers)
     * @param readonly whether the page is read-only
     * @param namespace namespace of the page
     * @param serverId name in the list of servers; if not set, the host name
     * @param credentialHeaders whether headers with credentials of clients are shown
     * @param pagePath path of the page, below the path of the server
     */
    public record Admin(
            @DefaultValue("false") boolean enabled,
            @Nullable String username,
            @Nullable String passwordHash,
            @DefaultValue("false") boolean open,
            @DefaultValue("development") AdminMode mode,
            @DefaultValue("false") boolean readonly,
            @DefaultValue("/admin") String namespace,
            @Nullable String serverId,
            @DefaultValue("false") boolean credentialHeaders,
            @DefaultValue("admin") String pagePath) {}

    /** The amount of data that is sent to the Admin UI. */
    public enum AdminMode {
        /** All sockets, rooms and events. */
        DEVELOPMENT,
        /** Only numbers. */
        PRODUCTION
    }

    /**
     * Who is online: the bean Presence, and with rooms-counted the bean RoomCounts.
     *
     * @param enabled whether there is a bean Presence
     * @param name name of the presence, the same on all servers
     * @param namespace namespace whose sockets join
     * @param announceTo room whose sockets are notified of changes; without it, none are
     * @param roomsCounted whether there is a bean RoomCounts
     * @param graceTime how long a user without a socket stays online
     * @param heartbeatInterval how often a server with users reports that it is alive
     * @param nodeTimeout time after which the users of a silent server are removed; at least twice the interval
     * @param maxUsers how many users there may be in the cluster
     * @param maxMetadataBytes how many bytes the metadata of a user may have
     * @param maxRooms how many rooms are counted on one server
     */
    public record Presence(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("users") String name,
            @DefaultValue("/") String namespace,
            @Nullable String announceTo,
            @DefaultValue("false") boolean roomsCounted,
            @DefaultValue("10s") Duration graceTime,
            @DefaultValue("5s") Duration heartbeatInterval,
            @DefaultValue("15s") Duration nodeTimeout,
            @DefaultValue("1000000") int maxUsers,
            @DefaultValue("4096") int maxMetadataBytes,
            @DefaultValue("100000") int maxRooms) {}

    /**
     * The broker between several servers, for the server and for the bean Emitter.
     *
     * @param type adapter of the server; if not set, there is only one server
     * @param redisUrl Redis, as redis://host:port; if not set, from spring.data.redis.*
     * @param kafkaServers Kafka brokers, as host:port separated by commas; if not set, from spring.kafka.*
     * @param transactional whether the PostgreSQL Emitter bean sends in the transaction of its caller
     */
    public record Adapter(
            @Nullable AdapterType type,
            @Nullable String redisUrl,
            @Nullable String kafkaServers,
            @DefaultValue("true") boolean transactional) {}

    /** An adapter for several servers. */
    public enum AdapterType {
        /** Redis Pub/Sub. */
        REDIS,
        /** Sharded Pub/Sub of Redis 7; there is no emitter for it. */
        REDIS_SHARDED,
        /** Redis Streams. */
        REDIS_STREAMS,
        /** PostgreSQL, compatible with Node servers. */
        POSTGRES,
        /** PostgreSQL with a table of events. */
        POSTGRES_DURABLE,
        /** Kafka. */
        KAFKA
    }
}
