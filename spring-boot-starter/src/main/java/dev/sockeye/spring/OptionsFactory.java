package dev.sockeye.spring;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.engineio.CookieOptions;
import dev.sockeye.engineio.CorsOptions;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.jakarta.JakartaOptions;
import dev.sockeye.socketio.protocol.JacksonBinding;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.server.ConnectionStateRecovery;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns properties into the options of server and host. */
final class OptionsFactory {
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final SockeyeProperties properties;

    OptionsFactory(SockeyeProperties properties) {
        this.properties = properties;
    }

    /**
     * The options of the server.
     *
     * @param phase what {@code spring.lifecycle.timeout-per-shutdown-phase} says
     * @param applicationExecutor where handlers run if the application's executor is asked for
     * @param stopping true while the application stops: no new sessions then
     */
    SocketIoServerOptions server(
            Duration phase,
            Supplier<@Nullable Executor> applicationExecutor,
            List<SocketIoServerCustomizer> customizers,
            BooleanSupplier stopping) {
        SockeyeProperties p = properties;
        SocketIoServerOptions.Builder builder = SocketIoServerOptions.builder()
                .engine(engine -> named("", () -> engine(engine)))
                .parser(
                        p.parser() == SockeyeProperties.ParserName.MSGPACK
                                ? MsgpackParser.with(new JacksonBinding())
                                : JsonParser.with(new JacksonBinding()))
                .connectTimeout(p.connectTimeout())
                .serveClient(p.serveClient())
                .connectionStateRecovery(named("connection-state-recovery.", this::recovery))
                .cleanupEmptyChildNamespaces(p.cleanupEmptyChildNamespaces())
                .execution(named("execution: ", () -> execution(applicationExecutor)))
                .maxPendingAcks(p.maxPendingAcks())
                .maxNamespacesPerConnection(p.maxNamespacesPerConnection())
                .maxRoomsPerSocket(p.maxRoomsPerSocket())
                .mailboxCapacity(p.mailboxCapacity())
                .closeTimeout(closeTimeout(phase));
        customizers.forEach(customizer -> customizer.customize(builder));
        SocketIoServerOptions options = named("", builder::build);
        AllowRequest theirs = options.engine().allowRequest();
        AllowRequest gate = request -> stopping.getAsBoolean()
                ? CompletableFuture.completedFuture(AllowRequest.Decision.refuse("server shutting down"))
                : theirs == null
                        ? CompletableFuture.completedFuture(AllowRequest.Decision.allow())
                        : theirs.decide(request);
        return options.toBuilder().allowRequest(gate).build();
    }

    /** Closing takes three steps at most; together they stay within Spring's phase. */
    private Duration closeTimeout(Duration phase) {
        Duration given = properties.closeTimeout();
        return given == null ? quarter(phase) : given;
    }

    private static Duration quarter(Duration phase) {
        Duration quarter = phase.dividedBy(4);
        return quarter.isZero() || quarter.isNegative() ? Duration.ofMillis(1) : quarter;
    }

    private EngineOptions.Builder engine(EngineOptions.Builder engine) {
        SockeyeProperties p = properties;
        if (p.path().endsWith("/") || p.path().contains("*")) {
            throw new IllegalArgumentException(
                    "path must not end with \"/\" nor contain \"*\", was \"" + p.path() + "\"");
        }
        long size = p.maxHttpBufferSize().toBytes();
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("maxHttpBufferSize must be less than 2 GB, was " + size);
        }
        return engine
                .path(p.path())
                .addTrailingSlash(p.addTrailingSlash())
                .transports(p.transports().toArray(String[]::new))
                .pingInterval(p.pingInterval())
                .pingTimeout(p.pingTimeout())
                .upgradeTimeout(p.upgradeTimeout())
                .maxHttpBufferSize((int) size)
                .allowUpgrades(p.allowUpgrades())
                .httpCompressionThreshold(p.httpCompressionThreshold())
                .allowEIO3(p.allowEio3())
                .maxOutboundBytes(p.maxOutboundBytes().toBytes())
                .maxConnections(p.maxConnections())
                .maxConnectionsPerAddress(p.maxConnectionsPerAddress())
                .cors(cors())
                .cookie(cookie())
                .perMessageDeflate(deflate())
                .build()
                .toBuilder(); // checked here
    }

    private @Nullable CorsOptions cors() {
        SockeyeProperties.Cors given = properties.cors();
        if (given.origins().isEmpty()) {
            return null;
        }
        CorsOptions cors = given.origins().contains("*")
                ? CorsOptions.anyOrigin()
                : CorsOptions.origins(given.origins().toArray(String[]::new));
        cors = cors.withCredentials(given.credentials())
                .withMethods(given.methods().toArray(String[]::new))
                .withExposedHeaders(given.exposedHeaders().toArray(String[]::new));
        if (!given.allowedHeaders().isEmpty()) {
            cors = cors.withAllowedHeaders(given.allowedHeaders().toArray(String[]::new));
        }
        Duration maxAge = given.maxAge();
        return maxAge == null ? cors : cors.withMaxAge(maxAge);
    }

    private @Nullable CookieOptions cookie() {
        SockeyeProperties.Cookie given = properties.cookie();
        return given.enabled()
                ? new CookieOptions(
                        given.name(),
                        given.path(),
                        given.httpOnly(),
                        given.sameSite(),
                        given.secure(),
                        given.maxAge(),
                        given.domain())
                : null;
    }

    private @Nullable PerMessageDeflate deflate() {
        SockeyeProperties.Deflate given = properties.perMessageDeflate();
        return given.enabled()
                ? new PerMessageDeflate(
                        given.threshold(),
                        given.level(),
                        given.serverNoContextTakeover(),
                        given.clientNoContextTakeover())
                : null;
    }

    private @Nullable ConnectionStateRecovery recovery() {
        SockeyeProperties.Recovery given = properties.connectionStateRecovery();
        return given.enabled()
                ? new ConnectionStateRecovery(
                        given.maxDisconnectionDuration(),
                        given.skipMiddlewares(),
                        given.maxPacketsPerRoom(),
                        given.maxPackets(),
                        given.maxBytes().toBytes(),
                        given.maxSessions())
                : null;
    }

    private HandlerExecution execution(Supplier<@Nullable Executor> application) {
        return switch (properties.execution()) {
            case AUTOMATIC -> HandlerExecution.automatic();
            case VIRTUAL_THREADS -> HandlerExecution.virtualThreads();
            case EVENT_LOOP -> HandlerExecution.eventLoop();
            case APPLICATION -> {
                Executor executor = application.get();
                if (executor == null) {
                    throw new IllegalArgumentException("there is no bean applicationTaskExecutor");
                }
                yield HandlerExecution.pool(executor);
            }
        };
    }

    /** The options of the servlet; its end is the fourth step of closing. */
    JakartaOptions container(Duration phase) {
        SockeyeProperties.Container given = properties.container();
        return named("container.", () -> {
            Duration end = given.closeTimeout();
            Duration quarter = quarter(phase);
            JakartaOptions.Builder builder = JakartaOptions.builder()
                    .closeTimeout(end != null ? end : quarter.compareTo(LONGEST_END) < 0 ? quarter : LONGEST_END)
                    .upgradeDecisionTimeout(given.upgradeDecisionTimeout())
                    .maxReadPause(given.maxReadPause());
            if (given.loops() != 0) {
                builder.loops(given.loops());
            }
            return builder.build();
        });
    }

    /** The options' messages begin with the official name; the property is the same in kebab case. */
    private static <T extends @Nullable Object> T named(String prefix, Supplier<T> options) {
        try {
            return options.get();
        } catch (IllegalArgumentException | IllegalStateException e) {
            String message = String.valueOf(e.getMessage());
            int end = message.indexOf(' ');
            String first = end < 0 ? message : message.substring(0, end);
            String kebab = first.replaceAll("([a-z])([A-Z]+)", "$1-$2").toLowerCase(java.util.Locale.ROOT);
            throw new InvalidSockeyePropertyException(
                    "sockeye." + prefix + kebab + (end < 0 ? "" : message.substring(end)), e);
        }
    }
}
