package dev.sockeye.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.kafka.KafkaAdapter;
import dev.sockeye.postgres.PostgresAdapter;
import dev.sockeye.postgres.PostgresDurableAdapter;
import dev.sockeye.postgres.PostgresEmitter;
import dev.sockeye.redis.RedisAdapter;
import dev.sockeye.redis.RedisStreamsAdapter;
import dev.sockeye.redis.ShardedRedisAdapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.socketio.server.SocketIoServer;
import io.lettuce.core.RedisURI;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The adapter for several servers, and the bean Emitter, by properties. */
@Timeout(60)
final class AdapterTest {
    private final ApplicationContextRunner spring = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(SockeyeAutoConfiguration.class, SockeyeAdapterAutoConfiguration.class))
            .withPropertyValues(
                    "sockeye.adapter.redis-url=redis://127.0.0.1:1", "sockeye.adapter.kafka-servers=127.0.0.1:1");

    /** A DataSource that records calls and does nothing. */
    static final class Recording {
        final List<String> calls = new CopyOnWriteArrayList<>();

        DataSource source() {
            return proxy(DataSource.class);
        }

        private <T> T proxy(Class<T> type) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                        calls.add(type.getSimpleName() + "." + method.getName());
                        Class<?> result = method.getReturnType();
                        if (method.getName().equals("getAutoCommit")) {
                            return true;
                        }
                        if (result == boolean.class) {
                            return false;
                        }
                        if (result == int.class) {
                            return method.getName().equals("hashCode") ? 1 : 0;
                        }
                        return result.getName().startsWith("java.sql.") && result.isInterface() ? proxy(result) : null;
                    }));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Database {
        @Bean
        Recording recording() {
            return new Recording();
        }

        @Bean
        DataSource dataSource(Recording recording) {
            return recording.source();
        }

        @Bean
        DataSourceTransactionManager transactionManager(DataSource source) {
            return new DataSourceTransactionManager(source);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Own {
        @Bean
        AdapterFactory own() {
            return ShardedRedisAdapter.create("redis://127.0.0.1:1");
        }
    }

    @Test
    void withoutAnAdapterTypeTheServerIsInMemoryAndHasNoEmitter() {
        spring.run(context -> {
            assertThat(context).doesNotHaveBean(AdapterFactory.class).doesNotHaveBean(Emitter.class);
            assertThat(context.getBean(SocketIoServer.class).of("/").adapter()).isInstanceOf(InMemoryAdapter.class);
        });
    }

    @Test
    void eachRedisAndKafkaTypeProvidesItsAdapterAndAnEmitter() {
        Map<String, Class<?>> types = Map.of(
                "redis", RedisAdapter.class, "redis-streams", RedisStreamsAdapter.class, "kafka", KafkaAdapter.class);
        types.forEach((type, adapter) -> spring.withPropertyValues("sockeye.adapter.type=" + type)
                .run(context -> {
                    assertThat(context).hasSingleBean(Emitter.class);
                    assertThat(context.getBean(AdapterFactory.class)).isInstanceOf(adapter);
                    assertThat(context.getBean(SocketIoServer.class).of("/").adapter())
                            .isInstanceOf(ClusterAdapter.class);
                }));
    }

    @Test
    void theShardedRedisTypeProvidesNoEmitter() {
        spring.withPropertyValues("sockeye.adapter.type=REDIS_SHARDED").run(context -> {
            assertThat(context.getBean(AdapterFactory.class)).isInstanceOf(ShardedRedisAdapter.class);
            assertThat(context).doesNotHaveBean(Emitter.class);
        });
    }

    @Test
    void anAdapterFactoryBeanNeedsNoPropertiesAndOverridesThem() {
        spring.withUserConfiguration(Own.class).run(context -> {
            assertThat(context).hasSingleBean(AdapterFactory.class);
            assertThat(context.getBean(SocketIoServer.class).of("/").adapter()).isInstanceOf(ClusterAdapter.class);
        });
        spring.withUserConfiguration(Own.class)
                .withPropertyValues("sockeye.adapter.type=redis")
                .run(context ->
                        assertThat(context.getBean(AdapterFactory.class)).isInstanceOf(ShardedRedisAdapter.class));
    }

    @Test
    void theEmitterIsProvidedWithoutAServer() {
        spring.withPropertyValues("sockeye.adapter.type=redis", "sockeye.enabled=false")
                .run(context -> assertThat(context).hasSingleBean(Emitter.class).doesNotHaveBean(SocketIoServer.class));
    }

    @Test
    void aPostgresEmitterJoinsTheTransactionOfItsCaller() {
        for (String type : List.of("postgres", "postgres-durable")) {
            spring.withUserConfiguration(Database.class)
                    .withPropertyValues("sockeye.adapter.type=" + type, "sockeye.enabled=false")
                    .run(context -> {
                        assertThat(context.getBean(AdapterFactory.class))
                                .isInstanceOf(
                                        type.equals("postgres") ? PostgresAdapter.class : PostgresDurableAdapter.class);
                        List<String> calls = context.getBean(Recording.class).calls;
                        Emitter emitter = context.getBean(Emitter.class);
                        new TransactionTemplate(context.getBean(DataSourceTransactionManager.class))
                                .executeWithoutResult(status -> {
                                    emitter.emit("event", 1);
                                    assertThat(calls)
                                            .contains("Connection.prepareStatement")
                                            .doesNotContain("Connection.commit");
                                });
                        assertThat(calls).containsOnlyOnce("DataSource.getConnection");
                        assertThat(calls).containsOnlyOnce("Connection.commit");
                    });
        }
    }

    @Test
    void aNonTransactionalPostgresEmitterCanBeConfigured() {
        spring.withUserConfiguration(Database.class)
                .withPropertyValues(
                        "sockeye.adapter.type=postgres", "sockeye.adapter.transactional=false", "sockeye.enabled=false")
                .run(context -> assertThat(context.getBean(Emitter.class)).isInstanceOf(PostgresEmitter.class));
    }

    @Test
    void missingDependenciesAndInvalidUrlsAreReportedAtStartup() {
        spring.withPropertyValues("sockeye.adapter.type=postgres")
                .run(context ->
                        assertThat(context).getFailure().hasStackTraceContaining("needs exactly one bean DataSource"));
        spring.withClassLoader(new FilteredClassLoader("dev.sockeye.kafka"))
                .withPropertyValues("sockeye.adapter.type=kafka")
                .run(context ->
                        assertThat(context).getFailure().hasStackTraceContaining("dev.sockeye:sockeye-adapter-kafka"));
        spring.withPropertyValues("sockeye.adapter.type=redis", "sockeye.adapter.redis-url=http://redis")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("sockeye.adapter.redis-url must have the form"));
    }

    @Test
    void connectionSettingsFallBackToSpringProperties() {
        SockeyeProperties.Adapter none = new SockeyeProperties.Adapter(null, null, null, true);
        StandardEnvironment environment = new StandardEnvironment();
        Map<String, Object> values = new HashMap<>();
        environment.getPropertySources().addFirst(new MapPropertySource("test", values));
        assertThat(RedisBeans.uri(none, environment)).isEqualTo(RedisURI.create("localhost", 6379));
        assertThat(KafkaBeans.clients(none, environment)).isEqualTo(Map.of("bootstrap.servers", "localhost:9092"));
        values.put("spring.data.redis.host", "redis");
        values.put("spring.data.redis.port", "7000");
        values.put("spring.data.redis.database", "3");
        values.put("spring.data.redis.password", "secret");
        values.put("spring.data.redis.ssl.enabled", "true");
        values.put("spring.kafka.bootstrap-servers", "a:1,b:2");
        values.put("spring.kafka.security.protocol", "SASL_SSL");
        values.put("spring.kafka.properties.sasl.mechanism", "PLAIN");
        RedisURI uri = RedisBeans.uri(none, environment);
        assertThat(uri.getHost()).isEqualTo("redis");
        assertThat(uri.getPort()).isEqualTo(7000);
        assertThat(uri.getDatabase()).isEqualTo(3);
        assertThat(uri.isSsl()).isTrue();
        assertThat(uri.getCredentialsProvider().resolveCredentials().block().getPassword())
                .containsExactly("secret".toCharArray());
        assertThat(KafkaBeans.clients(none, environment))
                .isEqualTo(Map.of(
                        "bootstrap.servers", "a:1,b:2", "security.protocol", "SASL_SSL", "sasl.mechanism", "PLAIN"));
        values.put("spring.data.redis.url", "redis://other:1");
        assertThat(RedisBeans.uri(none, environment).getHost()).isEqualTo("other");
        assertThat(RedisBeans.uri(new SockeyeProperties.Adapter(null, "redis://own", null, true), environment)
                        .getHost())
                .isEqualTo("own");
    }
}
