package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.engine.EngineOptions;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import dev.sockeye.socketio.client.transport.ProxyOptions;
import dev.sockeye.socketio.client.transport.ServerAddress;
import dev.sockeye.socketio.client.transport.TlsOptions;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.client.transport.TransportOptions;
import dev.sockeye.socketio.protocol.Parser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The options of a connection and its sockets. Immutable. Names and defaults are the official ones where there is an official
 * one. Official counterpart: the second argument of {@code io(url, options)}.
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
        this.parser = builder.parser;
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

    /** The transports that may be used; the first opens the connection, the others are tried as an upgrade. Default polling, websocket. */
    public List<TransportName> transports() {
        return transports;
    }

    /** Whether the next transport is tried when the first cannot open. Default false. */
    public boolean tryAllTransports() {
        return tryAllTransports;
    }

    /** Whether a polling connection moves to WebSocket when the server offers it. Default true. */
    public boolean upgrade() {
        return upgrade;
    }

    /** Whether a manager that came to WebSocket begins with it the next time. Default false. */
    public boolean rememberUpgrade() {
        return rememberUpgrade;
    }

    /** How long an upgrade may take before it is given up and polling goes on. Default 10 s; not an official option. */
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

    /** Query parameters of each request; those of the URI come first. Default none. */
    public Map<String, String> query() {
        return query;
    }

    /** Headers of each request, polling and WebSocket. Default none. */
    public Map<String, String> extraHeaders() {
        return extraHeaders;
    }

    /** Whether cookies that the server sets are kept and sent again, also at a reconnection. Default false. */
    public boolean withCredentials() {
        return withCredentials;
    }

    /** Whether binary is sent as base64 also over WebSocket, and asked for so. Default false. */
    public boolean forceBase64() {
        return forceBase64;
    }

    /** Whether requests carry a random parameter against caches; {@code null}: polling does, WebSocket does not. Default {@code null}. */
    public @Nullable Boolean timestampRequests() {
        return timestampRequests;
    }

    /** The name of that parameter. Default {@code t}. */
    public String timestampParam() {
        return timestampParam;
    }

    /** How long one HTTP request of polling may take; zero: as long as the connection lives. Default zero. A poll that waits for data counts: give more than the server's {@code pingInterval}. */
    public Duration requestTimeout() {
        return requestTimeout;
    }

    /** The proxy to connect through; {@code null}: none. Default {@code null}. */
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

    /** Whether WebSocket offers compression; servers have it off by default. Default true. */
    public boolean perMessageDeflate() {
        return perMessageDeflate;
    }

    /** The bytes from which on a WebSocket message is compressed, when the server agreed. Default 1024. */
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

    /** How long to wait before the first attempt; doubled for each further one. Default 1 s. */
    public Duration reconnectionDelay() {
        return reconnectionDelay;
    }

    /** The longest wait before an attempt. Default 5 s. */
    public Duration reconnectionDelayMax() {
        return reconnectionDelayMax;
    }

    /** How much of a wait is random, from 0 to 1. Default 0.5. */
    public double randomizationFactor() {
        return randomizationFactor;
    }

    /** How long opening the connection may take; {@code null}: without end. Default 20 s. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    /** Whether a socket connects at once when it is made; else at {@link Socket#connect()}. Default true. */
    public boolean autoConnect() {
        return autoConnect;
    }

    /** Whether {@link SocketIoClient#socket(String)} makes a manager of its own. Default false. */
    public boolean forceNew() {
        return forceNew;
    }

    /** Whether different namespaces of one server share one connection. Default true. */
    public boolean multiplex() {
        return multiplex;
    }

    /** How many times an event that was not acknowledged is sent again. With more than zero, events are sent one at a time, each after the acknowledgement of the one before: at least once, in order. Needs {@code ackTimeout} to notice a silent server. Default 0. */
    public int retries() {
        return retries;
    }

    /** How long to wait for an acknowledgement when an emit does not say; {@code null}: as long as the connection lives. Default {@code null}. */
    public @Nullable Duration ackTimeout() {
        return ackTimeout;
    }

    /** How many events of a socket may wait to be sent, mostly while it is not connected. Default 10,000; without end in the official client. */
    public int sendBufferSize() {
        return sendBufferSize;
    }

    /** What happens to an emit beyond that. Default {@link SendBufferPolicy#FAIL}. */
    public SendBufferPolicy sendBufferPolicy() {
        return sendBufferPolicy;
    }

    /** How many bytes may wait to be sent: of the connection for a slow network, and of a socket while it is not connected. For an emit beyond, {@code sendBufferPolicy} says what happens; what waits for the network is never dropped, so then {@link SendBufferPolicy#DROP_OLDEST} gives up the new event. Default 64 MiB. */
    public long maxOutboundBytes() {
        return maxOutboundBytes;
    }

    /** The largest message or polling answer that is taken from the server; a larger one ends the connection. Default 100 MiB. */
    public int maxInboundBytes() {
        return maxInboundBytes;
    }

    /** How many events may wait for the listeners of a socket before the client stops reading from the connection. Default 10,000. Who is slower for longer than the server's {@code pingTimeout} loses the connection. */
    public int mailboxCapacity() {
        return mailboxCapacity;
    }

    /** How many bytes of events and acknowledgements may wait for the listeners of a socket before the client stops reading from the connection. Default 64 MiB. What one read or one polling response brings may come on top. */
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
