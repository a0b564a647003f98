package dev.sockeye.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.ForwardedHeader;
import dev.sockeye.engineio.SessionForwarding;
import dev.sockeye.socketio.protocol.JacksonBinding;
import dev.sockeye.socketio.protocol.PayloadBinding;
import dev.sockeye.socketio.server.RateLimit;
import dev.sockeye.socketio.server.RateLimits;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class OptionsFactoryTest {
    record Order(String itemName) {}

    private static SockeyeProperties properties(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("sockeye", SockeyeProperties.class);
    }

    private static SocketIoServerOptions options(Map<String, String> values) {
        return new OptionsFactory(properties(values))
                .server(Duration.ofSeconds(30), () -> null, JacksonBinding.shared(), List.of(), () -> false);
    }

    @Test
    void byteLimitsAreReadFromProperties() {
        SocketIoServerOptions options = options(Map.of(
                "sockeye.max-inbound-bytes", "2MB",
                "sockeye.max-total-inbound-bytes", "3MB",
                "sockeye.max-total-outbound-bytes", "4MB",
                "sockeye.max-total-receiving-bytes", "5MB"));
        assertThat(options.maxInboundBytes()).isEqualTo(2 << 20);
        assertThat(options.maxTotalInboundBytes()).isEqualTo(3 << 20);
        assertThat(options.engine().maxTotalOutboundBytes()).isEqualTo(4 << 20);
        assertThat(options.engine().maxTotalReceivingBytes()).isEqualTo(5 << 20);
        assertThatThrownBy(() -> options(Map.of("sockeye.max-total-outbound-bytes", "0")))
                .isInstanceOf(InvalidSockeyePropertyException.class)
                .hasMessageContaining("sockeye.max-total-outbound-bytes");
    }

    @Test
    void theDrainTimeMustBeShorterThanTheShutdownPhase() {
        Duration phase = Duration.ofSeconds(30);
        assertThat(new OptionsFactory(properties(Map.of())).drain(phase)).isNull();
        assertThat(new OptionsFactory(properties(Map.of("sockeye.drain", "20s"))).drain(phase))
                .isEqualTo(Duration.ofSeconds(20));
        for (String wrong : List.of("30s", "-1s")) {
            assertThatThrownBy(() -> new OptionsFactory(properties(Map.of("sockeye.drain", wrong))).drain(phase))
                    .isInstanceOf(InvalidSockeyePropertyException.class)
                    .hasMessageContaining("sockeye.drain")
                    .hasMessageContaining("timeout-per-shutdown-phase (30000ms)");
        }
    }

    @Test
    void drainingAndAllStepsOfClosingFitIntoTheShutdownPhase() {
        Duration phase = Duration.ofSeconds(30);
        for (String drain : List.of("0s", "10s", "29s")) {
            Map<String, String> values = Map.of("sockeye.drain", drain);
            Duration steps = options(values).closeTimeout().multipliedBy(2);
            Duration drained = new OptionsFactory(properties(values)).drain(phase);
            assertThat(steps.plus(drained)).isLessThan(phase);
        }
        assertThat(options(Map.of()).closeTimeout()).isEqualTo(Duration.ofMillis(7_500));
        assertThat(options(Map.of("sockeye.drain", "10s", "sockeye.close-timeout", "6s"))
                        .closeTimeout())
                .isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void trustedProxiesAreReadFromProperties() {
        EngineOptions engine = options(Map.of(
                        "sockeye.trusted-proxies", "10.0.0.0/8, fd00::/8", "sockeye.forwarded-header", "forwarded"))
                .engine();
        assertThat(engine.trustedProxies()).containsExactly("10.0.0.0/8", "fd00::/8");
        assertThat(engine.forwardedHeader()).isEqualTo(ForwardedHeader.FORWARDED);
        EngineOptions defaults = options(Map.of()).engine();
        assertThat(defaults.trustedProxies()).isEmpty();
        assertThat(defaults.forwardedHeader()).isEqualTo(ForwardedHeader.X_FORWARDED_FOR);
        assertThatThrownBy(() -> options(Map.of("sockeye.trusted-proxies", "10.0.0.0/40")))
                .isInstanceOf(InvalidSockeyePropertyException.class)
                .hasMessageContaining("sockeye.trusted-proxies")
                .hasMessageContaining("10.0.0.0/40");
    }

    @Test
    void sessionForwardingIsReadFromProperties() {
        SessionForwarding forwarding = options(Map.of(
                        "sockeye.session-forwarding.secret", "a secret of the servers",
                        "sockeye.session-forwarding.address", "http://10.0.0.1:3000",
                        "sockeye.session-forwarding.connect-timeout", "2s",
                        "sockeye.session-forwarding.max-concurrent", "7"))
                .engine()
                .sessionForwarding();
        assertThat(forwarding).isNotNull();
        assertThat(forwarding.address()).hasToString("http://10.0.0.1:3000");
        assertThat(forwarding.connectTimeout()).hasSeconds(2);
        assertThat(forwarding.maxConcurrent()).isEqualTo(7);
        assertThat(options(Map.of()).engine().sessionForwarding()).isNull();
        assertThatThrownBy(() -> options(Map.of("sockeye.session-forwarding.address", "http://10.0.0.1:3000")))
                .isInstanceOf(InvalidSockeyePropertyException.class)
                .hasMessageContaining("sockeye.session-forwarding.secret");
        assertThatThrownBy(() -> options(Map.of("sockeye.session-forwarding.secret", "a secret of the servers")))
                .isInstanceOf(InvalidSockeyePropertyException.class)
                .hasMessageContaining("sockeye.session-forwarding.address");
    }

    @Test
    void rateLimitsAreReadFromProperties() {
        RateLimits limits = options(Map.of(
                        "sockeye.rate-limits.events-per-socket.permits", "50",
                        "sockeye.rate-limits.events-per-socket.burst", "100",
                        "sockeye.rate-limits.bytes-per-user.permits", "1000000",
                        "sockeye.rate-limits.bytes-per-user.period", "1m",
                        "sockeye.rate-limits.events[chat message].permits", "2",
                        "sockeye.rate-limits.action", "drop",
                        "sockeye.rate-limits.max-keys", "10"))
                .rateLimits();
        assertThat(limits).isNotNull();
        assertThat(limits.eventsPerSocket()).isEqualTo(RateLimit.perSecond(50).burst(100));
        assertThat(limits.bytesPerUser()).isEqualTo(RateLimit.perMinute(1_000_000));
        assertThat(limits.events()).isEqualTo(Map.of("chat message", RateLimit.perSecond(2)));
        assertThat(limits.connectsPerAddress()).isNull();
        assertThat(limits.userKey()).isNotNull();
        assertThat(limits.maxKeys()).isEqualTo(10);
        assertThat(options(Map.of()).rateLimits()).isNull();
        assertThatThrownBy(() -> options(Map.of("sockeye.rate-limits.events-per-user.permits", "0")))
                .isInstanceOf(InvalidSockeyePropertyException.class)
                .hasMessageContaining("sockeye.rate-limits.events-per-user.permits must be 1 or more");
    }

    @Test
    void theErrorForAnInvalidOriginPatternNamesTheProperty() {
        assertThatThrownBy(() -> options(Map.of("sockeye.cors.origin-patterns", "https://(a|b")))
                .isInstanceOf(InvalidSockeyePropertyException.class)
                .hasMessageStartingWith(
                        "sockeye.cors.origin-patterns must be regular expressions, was \"https://(a|b\": Unclosed group");
    }

    @Test
    void withoutPropertiesTheServerDefaultsApply() {
        SocketIoServerOptions options = options(Map.of());
        SocketIoServerOptions defaults = SocketIoServerOptions.builder().build();
        assertThat(options.maxInboundBytes()).isEqualTo(defaults.maxInboundBytes());
        assertThat(options.engine().maxTotalOutboundBytes())
                .isEqualTo(defaults.engine().maxTotalOutboundBytes());
        assertThat(options.engine().cors()).isNull();
        assertThat(options.engine().cookie()).isNull();
        assertThat(options.engine().perMessageDeflate()).isNull();
        assertThat(options.connectionStateRecovery()).isNull();
    }

    @Test
    void nestedOptionsAreReadFromProperties() {
        EngineOptions engine = options(Map.of(
                        "sockeye.cors.origins", "http://a.example",
                        "sockeye.cors.origin-patterns", "\\.b\\.example$",
                        "sockeye.cors.options-success-status", "200",
                        "sockeye.cors.preflight-continue", "true",
                        "sockeye.cookie.enabled", "true",
                        "sockeye.cookie.priority", "high",
                        "sockeye.cookie.partitioned", "true",
                        "sockeye.cookie.expires", "2027-01-01T00:00:00Z",
                        "sockeye.per-message-deflate.enabled", "true",
                        "sockeye.per-message-deflate.client-max-window-bits", "10"))
                .engine();
        assertThat(engine.cors().origins()).containsExactly("http://a.example");
        assertThat(engine.cors().originPatterns()).hasSize(1);
        assertThat(engine.cors().optionsSuccessStatus()).isEqualTo(200);
        assertThat(engine.cors().preflightContinue()).isTrue();
        assertThat(engine.cookie().priority()).isEqualTo("high");
        assertThat(engine.cookie().partitioned()).isTrue();
        assertThat(engine.cookie().expires()).isEqualTo(Instant.parse("2027-01-01T00:00:00Z"));
        assertThat(engine.perMessageDeflate().clientMaxWindowBits()).isEqualTo(10);
    }

    private static String written(DefaultListableBeanFactory beans, Map<String, String> values) {
        PayloadBinding binding = ApplicationBinding.of(beans, properties(values));
        return new String(binding.write(new Order("tea"), new ArrayList<>()), UTF_8);
    }

    @Test
    void payloadsAreBoundWithTheJsonMapperOfTheApplication() {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        assertThat(written(beans, Map.of())).isEqualTo("{\"itemName\":\"tea\"}");
        beans.registerSingleton(
                "mapper",
                JsonMapper.builder()
                        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                        .build());
        assertThat(written(beans, Map.of())).isEqualTo("{\"item_name\":\"tea\"}");
        assertThat(written(beans, Map.of("sockeye.application-json-mapper", "false")))
                .isEqualTo("{\"itemName\":\"tea\"}");
        beans.registerSingleton("binding", JacksonBinding.withoutModules());
        assertThat(written(beans, Map.of())).isEqualTo("{\"itemName\":\"tea\"}");
    }
}
