package dev.sockeye.spring;

import dev.sockeye.metrics.HandlerObservations;
import dev.sockeye.metrics.SockeyeMetrics;
import dev.sockeye.socketio.server.SocketIoServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Health, endpoint, metrics and observations, each if its library is on the class path. */
@AutoConfiguration(
        after = SockeyeAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@ConditionalOnBean(SocketIoServer.class)
public final class SockeyeActuatorAutoConfiguration {

    /** Used by Spring. */
    public SockeyeActuatorAutoConfiguration() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class OfHealth {
        @Bean
        @ConditionalOnEnabledHealthIndicator("sockeye")
        SockeyeHealthIndicator sockeyeHealthIndicator(SocketIoServer io, SockeyeLifecycle lifecycle) {
            return new SockeyeHealthIndicator(io, lifecycle);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class OfEndpoint {
        @Bean
        @ConditionalOnAvailableEndpoint(SockeyeEndpoint.class)
        SockeyeEndpoint sockeyeEndpoint(SocketIoServer io) {
            return new SockeyeEndpoint(io);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    static class OfMetrics {
        @Bean
        @ConditionalOnBean(MeterRegistry.class)
        SockeyeMetrics sockeyeMetrics(SocketIoServer io) {
            return SockeyeMetrics.of(io);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    static class OfObservations {
        @Bean
        @ConditionalOnBean(ObservationRegistry.class)
        HandlerObserver sockeyeHandlerObserver(ObservationRegistry registry) {
            return HandlerObservations.of(registry)::observe;
        }
    }
}
