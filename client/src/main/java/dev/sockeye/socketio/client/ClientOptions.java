package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.engine.EngineOptions;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import dev.sockeye.socketio.client.transport.ProxyOptions;
import dev.sockeye.socketio.client.transport.ServerAddress;
import dev.sockeye.socketio.client.transport.TlsOptions;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.client.transport.TransportOptions;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.Parser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The options of a connection and its sockets. Immutable. Names and defaults are the official ones where they exist. Official counterpart: the second argument of {@code io(url, options)}.
 */
public final class ClientOptions {
    private static final ClientOptions DEFAULTS = builder().build();

    private final List<TransportName> transports;
    private final boolean tryAllTransports;
    private final boolean upgrade;
    private final boolean rememberUpgrade;
    private final Duration upgradeTimeout;
    private final String path;
    private final boolean addTrailingSlash;
    private final Map<String, String> query;
    private final Map<String, String> extraHeaders;
    private final boolean withCredentials;
    private final boolean forceBase64;
    private final @Nullable Boolean timestampRequests;
    private final String timestampParam;
    private final Duration requestTimeout;
    private final @Nullable ProxyOptions proxy;
    private final TlsOptions tls;
    private final Map<TransportName, TransportOptions> transportOptions;
    private final List<String> protocols;
    private final @Nullable Supplier<? extends Map<String, String>> extraHeadersSupplier;
    private final @Nullable Supplier<? extends Map<String, String>> querySupplier;
    private final boolean perMessageDeflate;
    private final int perMessageDeflateThreshold;
    private final boolean reconnection;
    private final int reconnectionAttempts;
    private final Duration reconnectionDelay;
    private final Duration reconnectionDelayMax;
    private final double randomizationFactor;
    private final @Nullable Duration timeout;
    private final boolean autoConnect;
    private final boolean forceNew;
    private final boolean multiplex;
    private final int retries;
    private final @Nullable Duration ackTimeout;
    private final int sendBufferSize;
    private final SendBufferPolicy sendBufferPolicy;
    private final long maxOutboundBytes;
    private final int maxInboundBytes;
    private final int mailboxCapacity;
    private final long mailboxBytes;
    private final Parser parser;
    private final @Nullable Supplier<? extends CompletionStage<?>> auth;

    ClientOptions(ClientOptionsBuilder builder) {
        this.transports = builder.transports;
        this.tryAllTransports = builder.tryAllTransports;
        this.upgrade = builder.upgrade;
        this.rememberUpgrade = builder.rememberUpgrade;
        this.upgradeTimeout = builder.upgradeTimeout;
        this.path = builder.path;
        this.addTrailingSlash = builder.addTrailingSlash;
        this.query = builder.query;
        this.extraHeaders = builder.extraHeaders;
        this.withCredentials = builder.withCredentials;
        this.forceBase64 = builder.forceBase64;
        this.timestampRequests = builder.timestampRequests;
        this.timestampParam = builder.timestampParam;
        this.requestTimeout = builder.requestTimeout;
        this.proxy = builder.proxy;
        this.tls = builder.tls;
        this.transportOptions = builder.transportOptions;
        this.protocols = builder.protocols;
        this.extraHeadersSupplier = builder.extraHeadersSupplier;
        this.querySupplier = builder.querySupplier;
        this.perMessageDeflate = builder.perMessageDeflate;
        this.perMessageDeflateThreshold = builder.perMessageDeflateThreshold;
        this.reconnection = builder.reconnection;
        this.reconnectionAttempts = builder.reconnectionAttempts;
        this.reconnectionDelay = builder.reconnectionDelay;
        this.reconnectionDelayMax = builder.reconnectionDelayMax;
        this.randomizationFactor = builder.randomizationFactor;
        this.timeout = builder.timeout;
        this.autoConnect = builder.autoConnect;
        this.forceNew = builder.forceNew;
        this.multiplex = builder.multiplex;
        this.retries = builder.retries;
        this.ackTimeout = builder.ackTimeout;
        this.sendBufferSize = builder.sendBufferSize;
        this.sendBufferPolicy = builder.sendBufferPolicy;
        this.maxOutboundBytes = builder.maxOutboundBytes;
        this.maxInboundBytes = builder.maxInboundBytes;
        this.mailboxCapacity = builder.mailboxCapacity;
        this.mailboxBytes = builder.mailboxBytes;
        this.parser = builder.parser != null ? builder.parser : JsonParser.create();
        this.auth = builder.auth;
    }

    /** The defaults. */
    public static ClientOptions defaults() {
        return DEFAULTS;
    }

    /** A builder with the defaults. */
    public static ClientOptionsBuilder builder() {
        return new ClientOptionsBuilder();
    }

    /** A builder with these options. */
    public ClientOptionsBuilder toBuilder() {
        ClientOptionsBuilder builder = new ClientOptionsBuilder();
        builder.transports = transports;
        builder.tryAllTransports = tryAllTransports;
        builder.upgrade = upgrade;
        builder.rememberUpgrade = rememberUpgrade;
        builder.upgradeTimeout = upgradeTimeout;
        builder.path = path;
        builder.addTrailingSlash = addTrailingSlash;
        builder.query = query;
        builder.extraHeaders = extraHeaders;
        builder.withCredentials = withCredentials;
        builder.forceBase64 = forceBase64;
        builder.timestampRequests = timestampRequests;
        builder.timestampParam = timestampParam;
        builder.requestTimeout = requestTimeout;
        builder.proxy = proxy;
        builder.tls = tls;
        builder.transportOptions = transportOptions;
        builder.protocols = protocols;
        builder.extraHeadersSupplier = extraHeadersSupplier;
        builder.querySupplier = querySupplier;
        builder.perMessageDeflate = perMessageDeflate;
        builder.perMessageDeflateThreshold = perMessageDeflateThreshold;
        builder.reconnection = reconnection;
        builder.reconnectionAttempts = reconnectionAttempts;
        builder.reconnectionDelay = reconnectionDelay;
        builder.reconnectionDelayMax = reconnectionDelayMax;
        builder.randomizationFactor = randomizationFactor;
        builder.timeout = timeout;
        builder.autoConnect = autoConnect;
        builder.forceNew = forceNew;
        builder.multiplex = multiplex;
        builder.retries = retries;
        builder.ackTimeout = ackTimeout;
        builder.sendBufferSize = sendBufferSize;
        builder.sendBufferPolicy = sendBufferPolicy;
        builder.maxOutboundBytes = maxOutboundBytes;
        builder.maxInboundBytes = maxInboundBytes;
        builder.mailboxCapacity = mailboxCapacity;
        builder.mailboxBytes = mailboxBytes;
        builder.parser = parser;
        builder.auth = auth;
        return builder;
    }

    /** The transports to use: the first opens the connection, the others are tried as upgrades. Default polling, websocket. */
    public List<TransportName> transports() {
        return transports;
    }

    /** Whether the next transport is tried when the first cannot open. Default false. */
    public boolean tryAllTransports() {
        return tryAllTransports;
    }

    /** Whether a polling connection is upgraded to WebSocket when the server offers it. Default true. */
    public boolean upgrade() {
        return upgrade;
    }

    /** Whether a manager whose connection was upgraded starts with WebSocket the next time. Default false. */
    public boolean rememberUpgrade() {
        return rememberUpgrade;
    }

    /** How long an upgrade may take; after that, the connection stays on polling. Default 10 s; not an official option. */
    public Duration upgradeTimeout() {
        return upgradeTimeout;
    }

    /** The path of the server. Default {@code /socket.io}. */
    public String path() {
        return path;
    }

    /** Whether the path ends with a slash. Default true. */
    public boolean addTrailingSlash() {
        return addTrailingSlash;
    }

    /** Query parameters of each request, in addition to those of the URI. Default none. */
    public Map<String, String> query() {
        return query;
    }

    /** Headers of each request, polling and WebSocket. Default none. */
    public Map<String, String> extraHeaders() {
        return extraHeaders;
    }

    /** Whether cookies of the server are stored and sent, including at a reconnection. Default false. */
    public boolean withCredentials() {
        return withCredentials;
    }

    /** Whether binary data is sent and requested as base64 over WebSocket, too. Default false. */
    public boolean forceBase64() {
        return forceBase64;
    }

    /** Whether requests carry a random parameter that prevents caching; {@code null}: polling does, WebSocket does not. Default {@code null}. */
    public @Nullable Boolean timestampRequests() {
        return timestampRequests;
    }

    /** The name of that parameter. Default {@code t}. */
    public String timestampParam() {
        return timestampParam;
    }

    /** How long one HTTP request of polling may take; zero for no limit. Default zero. It includes the time a poll waits for data, so it must be longer than the server's {@code pingInterval}. */
    public Duration requestTimeout() {
        return requestTimeout;
    }

    /** The proxy to connect through; {@code null} for none. Default {@code null}. */
    public @Nullable ProxyOptions proxy() {
        return proxy;
    }

    /** How servers are verified over TLS, and the client's certificate. Default: the certificates of the JVM. */
    public TlsOptions tls() {
        return tls;
    }

    /** Options that differ between transports. Default none. */
    public Map<TransportName, TransportOptions> transportOptions() {
        return transportOptions;
    }

    /** The WebSocket subprotocols to offer, best first. Default none. Official counterpart: {@code protocols}. */
    public List<String> protocols() {
        return protocols;
    }

    /** Whether WebSockets offer compression, which servers do not use by default. Default true. */
    public boolean perMessageDeflate() {
        return perMessageDeflate;
    }

    /** Smaller WebSocket messages are not compressed, in bytes. Default 1024. */
    public int perMessageDeflateThreshold() {
        return perMessageDeflateThreshold;
    }

    /** Whether a lost connection is opened again. Default true. */
    public boolean reconnection() {
        return reconnection;
    }

    /** Maximum number of reconnection attempts. Default: unlimited. */
    public int reconnectionAttempts() {
        return reconnectionAttempts;
    }

    /** The delay before the first reconnection attempt; doubled for each further attempt. Default 1 s. */
    public Duration reconnectionDelay() {
        return reconnectionDelay;
    }

    /** The longest delay before a reconnection attempt. Default 5 s. */
    public Duration reconnectionDelayMax() {
        return reconnectionDelayMax;
    }

    /** The random part of a delay, from 0 to 1. Default 0.5. */
    public double randomizationFactor() {
        return randomizationFactor;
    }

    /** How long opening the connection may take; {@code null} for no limit. Default 20 s. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    /** Whether a socket connects when it is created; otherwise it connects at {@link Socket#connect()}. Default true. */
    public boolean autoConnect() {
        return autoConnect;
    }

    /** Whether {@link SocketIoClient#socket(String)} always creates a manager. Default false. */
    public boolean forceNew() {
        return forceNew;
    }

    /** Whether namespaces of one server share a connection. Default true. */
    public boolean multiplex() {
        return multiplex;
    }

    /** How many times an event that was not acknowledged is sent again. Above zero, events are sent one at a time, each after the acknowledgement of the previous one: at least once, in order. Requires {@code ackTimeout} to detect a server that does not answer. Default 0. */
    public int retries() {
        return retries;
    }

    /** How long to wait for an acknowledgement, unless the emit has its own timeout; {@code null} for no limit. Default {@code null}. */
    public @Nullable Duration ackTimeout() {
        return ackTimeout;
    }

    /** How many events of a socket may wait to be sent, mostly while it is not connected. Default 10,000; unlimited in the official client. */
    public int sendBufferSize() {
        return sendBufferSize;
    }

    /** What happens to an emit when the send buffer is full. Default {@link SendBufferPolicy#FAIL}. */
    public SendBufferPolicy sendBufferPolicy() {
        return sendBufferPolicy;
    }

    /** How many bytes may wait to be sent: of a connection on a slow network, and of a socket while it is not connected. Above that, {@code sendBufferPolicy} decides; data that waits for the network is never dropped, so that {@link SendBufferPolicy#DROP_OLDEST} drops the new event then. Default 64 MiB. */
    public long maxOutboundBytes() {
        return maxOutboundBytes;
    }

    /** The largest message or polling response that is accepted; a larger one ends the connection. Default 100 MiB. */
    public int maxInboundBytes() {
        return maxInboundBytes;
    }

    /** How many events may wait for the handlers of a socket before the client stops reading from the connection. Default 10,000. A client that does not read for longer than the server's {@code pingTimeout} loses the connection. */
    public int mailboxCapacity() {
        return mailboxCapacity;
    }

    /** How many bytes of events and acknowledgements may wait for the handlers of a socket before the client stops reading from the connection. Default 64 MiB. The data of one read or one polling response may be added to that. */
    public long mailboxBytes() {
        return mailboxBytes;
    }

    /** The encoder and decoder of Socket.IO packets; the server must use the same. Default JSON. */
    public Parser parser() {
        return parser;
    }

    /** Called at each connect for headers, in addition to {@link #extraHeaders}; {@code null} for none. */
    @Nullable
    Supplier<? extends Map<String, String>> extraHeadersSupplier() {
        return extraHeadersSupplier;
    }

    /** Called at each connect for query parameters, in addition to {@link #query}; {@code null} for none. */
    @Nullable
    Supplier<? extends Map<String, String>> querySupplier() {
        return querySupplier;
    }

    /** Called at each connect for the credentials; {@code null} when none are sent. */
    @Nullable
    Supplier<? extends CompletionStage<?>> auth() {
        return auth;
    }

    EngineOptions engineOptions() {
        return new EngineOptions(
                transports,
                tryAllTransports,
                upgrade,
                upgradeTimeout,
                path,
                addTrailingSlash,
                timestampRequests,
                timestampParam,
                requestTimeout,
                forceBase64,
                maxInboundBytes,
                transportOptions);
    }

    NetworkOptions networkOptions(ServerAddress server) {
        return new NetworkOptions(
                server, proxy, tls, perMessageDeflate, perMessageDeflateThreshold, maxInboundBytes, protocols);
    }
}
