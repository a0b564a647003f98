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
 * The properties {@code sockeye.*}. What cannot be said by a property is set with a {@link SocketIoServerCustomizer}.
 *
 * @param enabled whether there is a Socket.IO server
 * @param port port of the server's own Netty host, 0 for any free one; without it the server is on the application's port
 * @param address address that the server's own port is bound to; without it all addresses
 * @param ssl TLS of the server's own port
 * @param webTransport whether clients may use WebTransport, over UDP on the server's own port
 * @param path path of the server
 * @param addTrailingSlash whether a slash is added to the path
 * @param transports transports allowed: polling, websocket, webtransport
 * @param pingInterval time between two heartbeats
 * @param pingTimeout how long the answer to a heartbeat may take
 * @param upgradeTimeout how long an upgrade to WebSocket may take
 * @param maxHttpBufferSize greatest message or request body accepted
 * @param allowUpgrades whether sessions may go on with a better transport
 * @param httpCompressionThreshold polling answers of this many bytes or more are compressed; -1 for never
 * @param allowEio3 whether Socket.IO 2.x clients are let in
 * @param maxOutboundBytes how much may wait for one client
 * @param slowClientPolicy what happens to a client for which more waits: it is closed, or the oldest events that wait are dropped
 * @param maxTotalOutboundBytes how much may wait for all clients together before the longest queues are closed; without it a quarter of
 *     the greatest heap
 * @param maxTotalReceivingBytes how much of messages and request bodies may be received in part, of all connections together; without
 *     it an eighth of the greatest heap
 * @param maxInboundBytes how much of one connection may wait for its handlers before reading from it stops; without it 4MB, or
 *     max-http-buffer-size if that is more
 * @param maxTotalInboundBytes how much of all connections together may wait for handlers; without it a quarter of the greatest heap
 * @param maxConnections how many sessions may be open at once; 0 for no limit
 * @param maxConnectionsPerAddress how many sessions one address may have open at once; 0 for no limit
 * @param trustedProxies proxies that are trusted to name the client: addresses and ranges such as 10.0.0.0/8; none: no header is believed
 * @param forwardedHeader header in which they name it
 * @param sessionForwarding several servers behind a load balancer without session affinity
 * @param connectTimeout how long a client may take to join a first namespace
 * @param serveClient whether the browser client is served below the path
 * @param cleanupEmptyChildNamespaces whether a dynamic namespace without sockets is removed
 * @param maxPendingAcks how many acknowledgements a socket may wait for
 * @param maxNamespacesPerConnection how many namespaces one connection may join
 * @param maxRoomsPerSocket how many rooms one socket may be in
 * @param mailboxCapacity how many packets of one connection may wait for its handlers before reading from it stops
 * @param closeTimeout how long each step of closing may take; without it a quarter of
 *     spring.lifecycle.timeout-per-shutdown-phase
 * @param drain how long clients are disconnected one after the other, so that they go elsewhere, when the application stops; shorter
 *     than spring.lifecycle.timeout-per-shutdown-phase; without it all are disconnected at once
 * @param parser parser of packets; both ends must use the same
 * @param applicationJsonMapper whether payloads are bound with the JsonMapper of the application, if it has one; otherwise with
 *     Sockeye's own
 * @param execution where handlers run
 * @param cors cross-origin access
 * @param cookie cookie with the session id, for affinity
 * @param perMessageDeflate compression of WebSocket messages
 * @param connectionStateRecovery whether a client that comes back soon gets its id, rooms, data and missed events
 * @param rateLimits limits for what clients send
 * @param container settings of the servlet host
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
        /** Virtual threads where the JVM has them, else a pool. */
        AUTOMATIC,
        /** Virtual threads (Java 21 or later). */
        VIRTUAL_THREADS,
        /** The application's task executor, the bean {@code applicationTaskExecutor}. */
        APPLICATION,
        /** The I/O threads: for handlers that never block. */
        EVENT_LOOP
    }

    /**
     * TLS of the server's own port.
     *
     * @param bundle name of an SSL bundle (spring.ssl.bundle); without it plain HTTP
     */
    public record Ssl(@Nullable String bundle) {}

    /**
     * Cross-origin access.
     *
     * @param origins origins that may connect; "*" for all; no origins and no patterns switch cross-origin access off
     * @param originPatterns regular expressions of which one has to be found in the origin
     * @param credentials whether cookies may be sent
     * @param methods methods allowed
     * @param allowedHeaders request headers allowed; none echoes those asked for
     * @param exposedHeaders answer headers that scripts may read
     * @param maxAge how long browsers may keep the answer to a preflight request
     * @param preflightContinue whether a middleware of the engine answers preflight requests
     * @param optionsSuccessStatus status of the answer to a preflight request
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
     * Several servers behind a load balancer without session affinity: each forwards requests to the server of their session. On as soon as
     * secret or address is set.
     *
     * @param secret what the servers have in common and nobody else knows, 16 characters at least
     * @param address where the other servers reach this one: http://host:port, with the context path behind it if there is one
     * @param connectTimeout how long a connection to another server may take
     * @param maxConcurrent how many requests and WebSockets may be forwarded at once
     */
    public record Forwarding(
            @Nullable String secret,
            @Nullable String address,
            @DefaultValue("1s") Duration connectTimeout,
            @DefaultValue("20000") int maxConcurrent) {

        /** Names the address, not the secret. */
        @Override
        public String toString() {
            return "Forwarding[" + address + "]";
        }
    }

    /**
     * The cookie for affinity.
     *
     * @param enabled whether it is set
     * @param name its name
     * @param path its path
     * @param httpOnly whether it is hidden from scripts
     * @param sameSite its SameSite attribute: lax, strict, none
     * @param secure whether it is for TLS only
     * @param maxAge how long it is kept; without it for the browser's session
     * @param domain its domain
     * @param expires when browsers without Max-Age forget it
     * @param priority its Priority attribute: low, medium, high
     * @param partitioned whether it has a jar for each top-level site
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
     * @param enabled whether it is offered
     * @param threshold messages shorter than this many bytes are sent uncompressed
     * @param level deflate level, 0 to 9; -1 for the library's default
     * @param serverNoContextTakeover whether the server forgets its window after each message
     * @param clientNoContextTakeover whether the client is asked to forget its window after each message
     * @param clientMaxWindowBits greatest window of the client, 8 to 15
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
     * @param enabled whether it is on
     * @param maxDisconnectionDuration how long a session is kept
     * @param skipMiddlewares whether middlewares are skipped for a recovered socket
     * @param maxPacketsPerRoom how many events are kept for each room
     * @param maxPackets how many events are kept for each namespace
     * @param maxBytes how many bytes of events are kept for each namespace
     * @param maxSessions how many sessions are kept for each namespace
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
     * Limits for what clients send. Those that are not given are off.
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
     * @param maxKeys how many users, and how many addresses, are counted at once
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
     * @param permits how many in each period
     * @param period the period
     * @param burst how many at once; without it as many as in a period
     */
    public record Rate(
            long permits,
            @DefaultValue("1s") Duration period,
            @Nullable Long burst) {}

    /**
     * The servlet host.
     *
     * @param loops how many serial loops the sessions are spread over; 0 for the number of processors, at least 2
     * @param closeTimeout how long the peer of a closing WebSocket may take, and handlers that still run when the container ends;
     *     without it a quarter of spring.lifecycle.timeout-per-shutdown-phase, at most 10s
     * @param upgradeDecisionTimeout how long a WebSocket upgrade may wait for the server's decision
     * @param maxReadPause how long a thread of Jetty waits for one connection that the application does not keep up with
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
     * @param open whether everybody is let in without a login
     * @param mode how much is told: development (all sockets, rooms and events) or production (only numbers)
     * @param readonly whether the page can only look
     * @param namespace namespace of the page
     * @param serverId name in the list of servers; without it the name of the host
     * @param credentialHeaders whether headers with credentials of clients are shown
     * @param pagePath where the page is, below the path of the server
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

    /** How much the Admin UI is told. */
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
     * @param announceTo room whose sockets are told of changes; without it none
     * @param roomsCounted whether there is a bean RoomCounts
     * @param graceTime how long a user without a socket stays online
     * @param heartbeatInterval how often a server with users reports that it is alive
     * @param nodeTimeout after how long the users of a silent server are gone; at least twice the interval
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
     * @param type adapter of the server; without it the server is alone
     * @param redisUrl Redis, as redis://host:port; without it what spring.data.redis.* says
     * @param kafkaServers brokers of Kafka, as host:port with commas between; without it what spring.kafka.* says
     * @param transactional whether the bean Emitter over PostgreSQL sends with the transaction that its caller is in
     */
    public record Adapter(
            @Nullable AdapterType type,
            @Nullable String redisUrl,
            @Nullable String kafkaServers,
            @DefaultValue("true") boolean transactional) {}

    /** An adapter for several servers. */
    public enum AdapterType {
        /** Redis, publish and subscribe. */
        REDIS,
        /** Redis 7, sharded publish and subscribe; there is no emitter for it. */
        REDIS_SHARDED,
        /** Redis streams. */
        REDIS_STREAMS,
        /** PostgreSQL, compatible with Node servers. */
        POSTGRES,
        /** PostgreSQL with a table of events. */
        POSTGRES_DURABLE,
        /** Kafka. */
        KAFKA
    }
}
