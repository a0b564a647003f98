package dev.sockeye.spring;

import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.spring.SockeyeProperties.AdapterType;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * The adapter for several servers and the {@link Emitter} bean, enabled by {@code sockeye.adapter.type}. The emitter is also
 * created without a server, with {@code sockeye.enabled=false}.
 */
@AutoConfiguration(
        before = SockeyeAutoConfiguration.class,
        afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnProperty("sockeye.adapter.type")
@EnableConfigurationProperties(SockeyeProperties.class)
public final class SockeyeAdapterAutoConfiguration {

    /** Used by Spring. */
    public SockeyeAdapterAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    AdapterFactory sockeyeAdapter(SockeyeProperties properties, Environment environment, BeanFactory beans) {
        SockeyeProperties.Adapter adapter = properties.adapter();
        AdapterType type = type(adapter);
        return switch (type) {
            case REDIS, REDIS_SHARDED, REDIS_STREAMS -> RedisBeans.adapter(type, adapter, environment, beans);
            case POSTGRES, POSTGRES_DURABLE -> PostgresBeans.adapter(type, beans);
            case KAFKA -> KafkaBeans.adapter(adapter, environment, beans);
        };
    }

    @Bean
    @ConditionalOnMissingBean
    @Conditional(WithEmitter.class)
    Emitter sockeyeEmitter(SockeyeProperties properties, Environment environment, BeanFactory beans) {
        SockeyeProperties.Adapter adapter = properties.adapter();
        AdapterType type = type(adapter);
        return switch (type) {
            case REDIS, REDIS_SHARDED, REDIS_STREAMS -> RedisBeans.emitter(type, adapter, environment, beans);
            case POSTGRES, POSTGRES_DURABLE -> PostgresBeans.emitter(type, adapter.transactional(), beans);
            case KAFKA -> KafkaBeans.emitter(adapter, environment, beans);
        };
    }

    /** The configured adapter type, after checking that its module is on the class path. */
    private static AdapterType type(SockeyeProperties.Adapter adapter) {
        AdapterType type = adapter.type();
        if (type == null) {
            throw new InvalidSockeyePropertyException("sockeye.adapter.type is empty", null);
        }
        String module = switch (type) {
            case REDIS, REDIS_SHARDED, REDIS_STREAMS -> "redis";
            case POSTGRES, POSTGRES_DURABLE -> "postgres";
            case KAFKA -> "kafka";
        };
        if (!ClassUtils.isPresent("dev.sockeye." + module + "." + emitter(module), null)) {
            throw new InvalidSockeyePropertyException(
                    "sockeye.adapter.type needs the dependency dev.sockeye:sockeye-adapter-" + module, null);
        }
        return type;
    }

    private static String emitter(String module) {
        return module.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + module.substring(1) + "Emitter";
    }

    /** Matches if the adapter has an emitter; there is none for sharded channels. */
    static final class WithEmitter extends SpringBootCondition {
        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            AdapterType type = Binder.get(context.getEnvironment())
                    .bind("sockeye.adapter.type", AdapterType.class)
                    .orElse(null);
            ConditionMessage.Builder message = ConditionMessage.forCondition("emitter of the adapter");
            return type == AdapterType.REDIS_SHARDED
                    ? ConditionOutcome.noMatch(message.because("there is none for redis-sharded"))
                    : ConditionOutcome.match(message.because("there is one"));
        }
    }
}
