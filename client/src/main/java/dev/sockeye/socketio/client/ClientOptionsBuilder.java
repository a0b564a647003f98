package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.transport.ProxyOptions;
import dev.sockeye.socketio.client.transport.TlsOptions;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.client.transport.TransportOptions;
import dev.sockeye.socketio.protocol.Parser;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Builds {@link ClientOptions}. Not safe for use by several threads. */
public final class ClientOptionsBuilder {
    List<TransportName> transports = List.of(TransportName.POLLING, TransportName.WEBSOCKET);
    boolean tryAllTransports = false;
    boolean upgrade = true;
    boolean rememberUpgrade = false;
    Duration upgradeTimeout = Duration.ofSeconds(10);
    String path = "/socket.io";
    boolean addTrailingSlash = true;
    Map<String, String> query = Map.of();
    Map<String, String> extraHeaders = Map.of();
    boolean withCredentials = false;
    boolean forceBase64 = false;

    @Nullable
    Boolean timestampRequests = null;

    String timestampParam = "t";
    Duration requestTimeout = Duration.ZERO;

    @Nullable
    ProxyOptions proxy = null;

    TlsOptions tls = TlsOptions.defaults();
    Map<TransportName, TransportOptions> transportOptions = Map.of();
    List<String> protocols = List.of();

    @Nullable
    Supplier<? extends Map<String, String>> extraHeadersSupplier;

    @Nullable
    Supplier<? extends Map<String, String>> querySupplier;

    boolean perMessageDeflate = true;
    int perMessageDeflateThreshold = 1024;
    boolean reconnection = true;
    int reconnectionAttempts = Integer.MAX_VALUE;
    Duration reconnectionDelay = Duration.ofSeconds(1);
    Duration reconnectionDelayMax = Duration.ofSeconds(5);
    double randomizationFactor = 0.5;

    @Nullable
    Duration timeout = Duration.ofSeconds(20);

    boolean autoConnect = true;
    boolean forceNew = false;
    boolean multiplex = true;
    int retries = 0;

    @Nullable
    Duration ackTimeout = null;

    int sendBufferSize = 10_000;
    SendBufferPolicy sendBufferPolicy = SendBufferPolicy.FAIL;
    long maxOutboundBytes = 64L << 20;
    int maxInboundBytes = 100 << 20;
    int mailboxCapacity = 10_000;
    long mailboxBytes = 64L << 20;

    @Nullable
    Parser parser;

    @Nullable
    Supplier<? extends CompletionStage<?>> auth;

    ClientOptionsBuilder() {}

    /** The transports to use: the first opens the connection, the others are tried as upgrades. Default polling, websocket. */
    public ClientOptionsBuilder transports(List<TransportName> value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("no transports");
        }
        this.transports = List.copyOf(value);
        return this;
    }

    /** The transports to use, in order. */
    public ClientOptionsBuilder transports(TransportName... values) {
        return transports(List.of(values));
    }

    /** Whether the next transport is tried when the first cannot open. Default false. */
    public ClientOptionsBuilder tryAllTransports(boolean value) {
        this.tryAllTransports = value;
        return this;
    }

    /** Whether a polling connection is upgraded to WebSocket when the server offers it. Default true. */
    public ClientOptionsBuilder upgrade(boolean value) {
        this.upgrade = value;
        return this;
    }

    /** Whether a manager whose connection was upgraded starts with WebSocket the next time. Default false. */
    public ClientOptionsBuilder rememberUpgrade(boolean value) {
        this.rememberUpgrade = value;
        return this;
    }

    /** How long an upgrade may take; after that, the connection stays on polling. Default 10 s; not an official option. */
    public ClientOptionsBuilder upgradeTimeout(Duration value) {
        positive(value, "upgradeTimeout");
        this.upgradeTimeout = value;
        return this;
    }

    /** The path of the server. Default {@code /socket.io}. */
    public ClientOptionsBuilder path(String value) {
        this.path = value;
        return this;
    }

    /** Whether the path ends with a slash. Default true. */
    public ClientOptionsBuilder addTrailingSlash(boolean value) {
        this.addTrailingSlash = value;
        return this;
    }

    /** Query parameters of each request, in addition to those of the URI. Default none. */
    public ClientOptionsBuilder query(Map<String, String> value) {
        this.query = Collections.unmodifiableMap(new LinkedHashMap<>(value));
        return this;
    }

    /** Headers of each request, polling and WebSocket. Default none. */
    public ClientOptionsBuilder extraHeaders(Map<String, String> value) {
        this.extraHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(value));
        return this;
    }

    /**
     * Whether cookies of the server are stored and sent, including at a reconnection, together with those of {@code extraHeaders}. Default
     * false.
     */
    public ClientOptionsBuilder withCredentials(boolean value) {
        this.withCredentials = value;
        return this;
    }

    /** Whether binary data is sent and requested as base64 over WebSocket, too. Default false. */
    public ClientOptionsBuilder forceBase64(boolean value) {
        this.forceBase64 = value;
        return this;
    }

    /** Whether requests carry a random parameter that prevents caching; {@code null}: polling does, WebSocket does not. Default {@code null}. */
    public ClientOptionsBuilder timestampRequests(@Nullable Boolean value) {
        this.timestampRequests = value;
        return this;
    }

    /** The name of that parameter. Default {@code t}. */
    public ClientOptionsBuilder timestampParam(String value) {
        this.timestampParam = value;
        return this;
    }

    /** How long one HTTP request of polling may take; zero for no limit. Default zero. It includes the time a poll waits for data, so it must be longer than the server's {@code pingInterval}. */
    public ClientOptionsBuilder requestTimeout(Duration value) {
        notNegative(value, "requestTimeout");
        this.requestTimeout = value;
        return this;
    }

    /** The proxy to connect through; {@code null} for none. Default {@code null}. */
    public ClientOptionsBuilder proxy(@Nullable ProxyOptions value) {
        this.proxy = value;
        return this;
    }

    /** Changes the TLS options, for example {@code tls(t -> t.trustedCertificates(path))}. See {@link ClientOptions#tls()}. */
    public ClientOptionsBuilder tls(UnaryOperator<TlsOptions.Builder> change) {
        this.tls = change.apply(tls.toBuilder()).build();
        return this;
    }

    /** Sets the TLS context; short for {@code tls(t -> t.sslContext(value))}. Default {@code null}: the certificates of the JVM. */
    public ClientOptionsBuilder sslContext(@Nullable SSLContext value) {
        return tls(options -> options.sslContext(value));
    }

    /**
     * Changes the options of one transport, for example {@code transportOptions(TransportName.POLLING, t -> t.extraHeaders(...))}.
     * Default: no transport differs from the options of the connection.
     */
    public ClientOptionsBuilder transportOptions(
            TransportName transport, UnaryOperator<TransportOptions.Builder> change) {
        Map<TransportName, TransportOptions> all = new EnumMap<>(TransportName.class);
        all.putAll(transportOptions);
        TransportOptions known = all.getOrDefault(transport, TransportOptions.defaults());
        all.put(transport, change.apply(known.toBuilder()).build());
        this.transportOptions = Collections.unmodifiableMap(all);
        return this;
    }

    /**
     * The WebSocket subprotocols to offer, best first. Default none. A server that chooses none of them makes the WebSocket fail.
     */
    public ClientOptionsBuilder protocols(String... values) {
        this.protocols = List.of(values);
        return this;
    }

    /** Whether WebSockets offer compression, which servers do not use by default. Default true. */
    public ClientOptionsBuilder perMessageDeflate(boolean value) {
        this.perMessageDeflate = value;
        return this;
    }

    /** Smaller WebSocket messages are not compressed, in bytes. Default 1024. */
    public ClientOptionsBuilder perMessageDeflateThreshold(int value) {
        notNegative(value, "perMessageDeflateThreshold");
        this.perMessageDeflateThreshold = value;
        return this;
    }

    /** Whether a lost connection is opened again. Default true. */
    public ClientOptionsBuilder reconnection(boolean value) {
        this.reconnection = value;
        return this;
    }

    /** Maximum number of reconnection attempts. Default: unlimited. */
    public ClientOptionsBuilder reconnectionAttempts(int value) {
        notNegative(value, "reconnectionAttempts");
        this.reconnectionAttempts = value;
        return this;
    }

    /** The delay before the first reconnection attempt; doubled for each further attempt. Default 1 s. */
    public ClientOptionsBuilder reconnectionDelay(Duration value) {
        notNegative(value, "reconnectionDelay");
        this.reconnectionDelay = value;
        return this;
    }

    /** The longest delay before a reconnection attempt. Default 5 s. */
    public ClientOptionsBuilder reconnectionDelayMax(Duration value) {
        notNegative(value, "reconnectionDelayMax");
        this.reconnectionDelayMax = value;
        return this;
    }

    /** The random part of a delay, from 0 to 1. Default 0.5. */
    public ClientOptionsBuilder randomizationFactor(double value) {
        this.randomizationFactor = factor(value);
        return this;
    }

    static double factor(double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("randomizationFactor must be from 0 to 1: " + value);
        }
        return value;
    }

    /** How long opening the connection may take; {@code null} for no limit. Default 20 s. */
    public ClientOptionsBuilder timeout(@Nullable Duration value) {
        if (value != null) {
            notNegative(value, "timeout");
        }
        this.timeout = value;
        return this;
    }

    /** Whether a socket connects when it is created; otherwise it connects at {@link Socket#connect()}. Default true. */
    public ClientOptionsBuilder autoConnect(boolean value) {
        this.autoConnect = value;
        return this;
    }

    /** Whether {@link SocketIoClient#socket(String)} always creates a manager. Default false. */
    public ClientOptionsBuilder forceNew(boolean value) {
        this.forceNew = value;
        return this;
    }

    /** Whether namespaces of one server share a connection. Default true. */
    public ClientOptionsBuilder multiplex(boolean value) {
        this.multiplex = value;
        return this;
    }

    /** How many times an event that was not acknowledged is sent again. Above zero, events are sent one at a time, each after the acknowledgement of the previous one: at least once, in order. Requires {@code ackTimeout} to detect a server that does not answer. Default 0. */
    public ClientOptionsBuilder retries(int value) {
        notNegative(value, "retries");
        this.retries = value;
        return this;
    }

    /** How long to wait for an acknowledgement, unless the emit has its own timeout; {@code null} for no limit. Default {@code null}. */
    public ClientOptionsBuilder ackTimeout(@Nullable Duration value) {
        if (value != null) {
            notNegative(value, "ackTimeout");
        }
        this.ackTimeout = value;
        return this;
    }

    /** How many events of a socket may wait to be sent, mostly while it is not connected. Default 10,000; unlimited in the official client. */
    public ClientOptionsBuilder sendBufferSize(int value) {
        positive(value, "sendBufferSize");
        this.sendBufferSize = value;
        return this;
    }

    /** What happens to an emit when the send buffer is full. Default {@link SendBufferPolicy#FAIL}. */
    public ClientOptionsBuilder sendBufferPolicy(SendBufferPolicy value) {
        this.sendBufferPolicy = value;
        return this;
    }

    /** The maximum number of bytes that wait to be sent; above that, {@code sendBufferPolicy} decides. See {@link ClientOptions#maxOutboundBytes()}. Default 64 MiB. */
    public ClientOptionsBuilder maxOutboundBytes(long value) {
        if (value < 1) {
            throw new IllegalArgumentException("maxOutboundBytes must be positive: " + value);
        }
        this.maxOutboundBytes = value;
        return this;
    }

    /** The largest message or polling response that is accepted; a larger one ends the connection. Default 100 MiB. */
    public ClientOptionsBuilder maxInboundBytes(int value) {
        positive(value, "maxInboundBytes");
        this.maxInboundBytes = value;
        return this;
    }

    /** How many events may wait for the handlers of a socket before the client stops reading from the connection. Default 10,000. A client that does not read for longer than the server's {@code pingTimeout} loses the connection. */
    public ClientOptionsBuilder mailboxCapacity(int value) {
        positive(value, "mailboxCapacity");
        this.mailboxCapacity = value;
        return this;
    }

    /** The maximum number of bytes that may wait for the handlers of a socket before the client stops reading from the connection. See {@link ClientOptions#mailboxBytes()}. */
    public ClientOptionsBuilder mailboxBytes(long value) {
        positive(value, "mailboxBytes");
        this.mailboxBytes = value;
        return this;
    }

    /** The encoder and decoder of Socket.IO packets; the server must use the same. Default JSON. */
    public ClientOptionsBuilder parser(Parser value) {
        this.parser = value;
        return this;
    }

    /** Short for {@code tls(t -> t.dangerouslyTrustAllCertificates())}, for tests. Official counterpart: {@code rejectUnauthorized: false}. */
    public ClientOptionsBuilder dangerouslyTrustAllCertificates() {
        return tls(TlsOptions.Builder::dangerouslyTrustAllCertificates);
    }

    /**
     * Headers that are computed for each new connection, in addition to {@link #extraHeaders}; they replace those of the same
     * name. Called off the I/O threads, may block; if it throws, the attempt to connect fails and is repeated as after a network
     * failure. {@code null} for none, the default.
     */
    public ClientOptionsBuilder extraHeadersSupplier(@Nullable Supplier<? extends Map<String, String>> supplier) {
        this.extraHeadersSupplier = supplier;
        return this;
    }

    /** As {@link #extraHeadersSupplier}, for query parameters. */
    public ClientOptionsBuilder querySupplier(@Nullable Supplier<? extends Map<String, String>> supplier) {
        this.querySupplier = supplier;
        return this;
    }

    /** The credentials that a socket sends when it connects to its namespace: a map, a record, anything that becomes a JSON object. Default none. */
    public ClientOptionsBuilder auth(@Nullable Object value) {
        this.auth = value == null ? null : () -> CompletableFuture.completedFuture(value);
        return this;
    }

    /** As {@link #auth}, called at each connect. Called off the I/O threads, may block; if it throws, the socket's connect fails and is not repeated automatically. */
    public ClientOptionsBuilder authSupplier(Supplier<?> supplier) {
        this.auth = () -> CompletableFuture.completedFuture(supplier.get());
        return this;
    }

    /** As {@link #authSupplier}, for credentials that are provided asynchronously. */
    public ClientOptionsBuilder authAsync(Supplier<? extends CompletionStage<?>> supplier) {
        this.auth = supplier;
        return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if options contradict each other
     */
    public ClientOptions build() {
        if (reconnectionDelay.compareTo(reconnectionDelayMax) > 0 && reconnectionDelayMax.isZero()) {
            throw new IllegalArgumentException("reconnectionDelayMax must not be zero");
        }
        return new ClientOptions(this);
    }

    private static void positive(Duration value, String name) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
        notTooLong(value, name);
    }

    private static void positive(long value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }

    static void notNegative(Duration value, String name) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
        notTooLong(value, name);
    }

    private static void notTooLong(Duration value, String name) {
        if (value.compareTo(Millis.LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + " must be at most " + Millis.LONGEST.toDays() + " days: " + value);
        }
    }

    static void notNegative(int value, String name) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
    }
}
