package dev.sockeye.spring;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.engineio.CookieOptions;
import dev.sockeye.engineio.CorsOptions;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.jakarta.JakartaOptions;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.protocol.PayloadBinding;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Converts the properties to the options of the server and the host. */
final class OptionsFactory {
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final SockeyeProperties properties;

    OptionsFactory(SockeyeProperties properties) {
        this.properties = properties;
    }

    /**
     * The options of the server.
     *
     * @param phase the value of {@code spring.lifecycle.timeout-per-shutdown-phase}
     * @param applicationExecutor the executor of handlers if the application's executor is requested
     * @param binding the payload binding
     * @param stopping returns true while the application is stopping: new sessions are then rejected
     */
    SocketIoServerOptions server(
            Duration phase,
            Supplier<@Nullable Executor> applicationExecutor,
            PayloadBinding binding,
            List<SocketIoServerCustomizer> customizers,
            BooleanSupplier stopping) {
        SockeyeProperties p = properties;
        SocketIoServerOptions.Builder builder = SocketIoServerOptions.builder()
                .engine(engine -> named("", () -> engine(engine)))
                .parser(
                        p.parser() == SockeyeProperties.ParserName.MSGPACK
                                ? MsgpackParser.with(binding)
                                : JsonParser.with(binding))
                .connectTimeout(p.connectTimeout())
                .serveClient(p.serveClient())
                .cleanupEmptyChildNamespaces(p.cleanupEmptyChildNamespaces())
                .execution(named("execution: ", () -> execution(applicationExecutor)))
                .maxPendingAcks(p.maxPendingAcks())
                .maxNamespacesPerConnection(p.maxNamespacesPerConnection())
                .maxRoomsPerSocket(p.maxRoomsPerSocket())
                .mailboxCapacity(p.mailboxCapacity())
                .closeTimeout(closeTimeout(phase));
        bytes(p.maxInboundBytes(), builder::maxInboundBytes);
        bytes(p.maxTotalInboundBytes(), builder::maxTotalInboundBytes);
        named("connection-state-recovery.", () -> recovery(builder));
        new RateLimitsFactory(p.rateLimits()).apply(builder);
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

    /** All steps of closing take at most twice this time, so they fit into the part of the phase that the drain leaves. */
    private Duration closeTimeout(Duration phase) {
        Duration given = properties.closeTimeout();
        Duration drain = drain(phase);
        return given != null ? given : quarter(drain == null ? phase : phase.minus(drain));
    }

    /**
     * How long the server drains when the application stops; {@code null} if it does not drain.
     *
     * @param phase the value of {@code spring.lifecycle.timeout-per-shutdown-phase}
     */
    @Nullable
    Duration drain(Duration phase) {
        Duration drain = properties.drain();
        if (drain != null && (drain.isNegative() || drain.compareTo(phase) >= 0)) {
            throw new InvalidSockeyePropertyException(
                    "sockeye.drain must not be negative, and shorter than spring.lifecycle.timeout-per-shutdown-phase ("
                            + phase.toMillis() + "ms), was " + drain.toMillis() + "ms",
                    null);
        }
        return drain;
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
        bytes(p.maxTotalOutboundBytes(), engine::maxTotalOutboundBytes);
        bytes(p.maxTotalReceivingBytes(), engine::maxTotalReceivingBytes);
        nested(engine);
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
                .slowClientPolicy(p.slowClientPolicy())
                .maxConnections(p.maxConnections())
                .maxConnectionsPerAddress(p.maxConnectionsPerAddress())
                .trustedProxies(p.trustedProxies().toArray(String[]::new))
                .forwardedHeader(p.forwardedHeader())
                .build()
                .toBuilder(); // validated here
    }

    private void nested(EngineOptions.Builder engine) {
        SockeyeProperties p = properties;
        if (!p.cors().origins().isEmpty() || !p.cors().originPatterns().isEmpty()) {
            engine.cors(this::cors);
        }
        if (p.cookie().enabled()) {
            engine.cookie(this::cookie);
        }
        SockeyeProperties.Forwarding forwarding = p.sessionForwarding();
        if (forwarding.secret() != null || forwarding.address() != null) {
            engine.sessionForwarding(given -> given.secret(forwarding.secret() == null ? "" : forwarding.secret())
                    .address(forwarding.address() == null ? "" : forwarding.address())
                    .connectTimeout(forwarding.connectTimeout())
                    .maxConcurrent(forwarding.maxConcurrent()));
        }
        if (p.perMessageDeflate().enabled()) {
            engine.perMessageDeflate(this::deflate);
        }
    }

    private CorsOptions.Builder cors(CorsOptions.Builder cors) {
        SockeyeProperties.Cors given = properties.cors();
        cors.credentials(given.credentials())
                .methods(given.methods().toArray(String[]::new))
                .exposedHeaders(given.exposedHeaders().toArray(String[]::new))
                .maxAge(given.maxAge())
                .preflightContinue(given.preflightContinue())
                .optionsSuccessStatus(given.optionsSuccessStatus());
        if (given.origins().contains("*")) {
            cors.origins("*");
        } else if (!given.origins().isEmpty()) {
            cors.origins(given.origins().toArray(String[]::new));
        }
        if (!given.originPatterns().isEmpty()) {
            cors.originPatterns(
                    given.originPatterns().stream().map(OptionsFactory::pattern).toArray(Pattern[]::new));
        }
        if (!given.allowedHeaders().isEmpty()) {
            cors.allowedHeaders(given.allowedHeaders().toArray(String[]::new));
        }
        return cors;
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "cors.originPatterns must be regular expressions, was \"" + text + "\": " + e.getDescription(), e);
        }
    }

    private CookieOptions.Builder cookie(CookieOptions.Builder cookie) {
        SockeyeProperties.Cookie given = properties.cookie();
        return cookie.name(given.name())
                .path(given.path())
                .httpOnly(given.httpOnly())
                .sameSite(given.sameSite())
                .secure(given.secure())
                .maxAge(given.maxAge())
                .domain(given.domain())
                .expires(given.expires())
                .priority(given.priority())
                .partitioned(given.partitioned());
    }

    private PerMessageDeflate.Builder deflate(PerMessageDeflate.Builder deflate) {
        SockeyeProperties.Deflate given = properties.perMessageDeflate();
        return deflate.threshold(given.threshold())
                .level(given.level())
                .serverNoContextTakeover(given.serverNoContextTakeover())
                .clientNoContextTakeover(given.clientNoContextTakeover())
                .clientMaxWindowBits(given.clientMaxWindowBits());
    }

    private SocketIoServerOptions.Builder recovery(SocketIoServerOptions.Builder server) {
        SockeyeProperties.Recovery given = properties.connectionStateRecovery();
        return !given.enabled()
                ? server
                : server.connectionStateRecovery(
                        recovery -> recovery.maxDisconnectionDuration(given.maxDisconnectionDuration())
                                .skipMiddlewares(given.skipMiddlewares())
                                .maxPacketsPerRoom(given.maxPacketsPerRoom())
                                .maxPackets(given.maxPackets())
                                .maxBytes(given.maxBytes().toBytes())
                                .maxSessions(given.maxSessions()));
    }

    private static void bytes(@Nullable DataSize size, LongConsumer option) {
        if (size != null) {
            option.accept(size.toBytes());
        }
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

    /** The options of the servlet, which is destroyed after the server was closed. */
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

    /** Option messages start with the official name; the property has the same name in kebab case. */
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
