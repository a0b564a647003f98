package dev.sockeye.spring;

import dev.sockeye.kafka.KafkaAdapter;
import dev.sockeye.kafka.KafkaAdapterOptions;
import dev.sockeye.kafka.KafkaEmitter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import java.util.HashMap;
import java.util.Map;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Adapter and emitter over Kafka. Loaded only if sockeye-adapter-kafka is on the class path. */
final class KafkaBeans {
    private KafkaBeans() {}

    static AdapterFactory adapter(SockeyeProperties.Adapter properties, Environment environment, BeanFactory beans) {
        return KafkaAdapter.create(clients(properties, environment), options(beans));
    }

    static Emitter emitter(SockeyeProperties.Adapter properties, Environment environment, BeanFactory beans) {
        return KafkaEmitter.connect(clients(properties, environment), options(beans));
    }

    private static KafkaAdapterOptions options(BeanFactory beans) {
        return beans.getBeanProvider(KafkaAdapterOptions.class).getIfAvailable(KafkaAdapterOptions::defaults);
    }

    /** The properties for Kafka's clients: the bootstrap servers, and Spring's properties that apply to all Kafka clients. */
    static Map<String, Object> clients(SockeyeProperties.Adapter properties, Environment environment) {
        Binder binder = Binder.get(environment);
        Map<String, Object> clients =
                new HashMap<>(binder.bind("spring.kafka.properties", Bindable.mapOf(String.class, String.class))
                        .orElse(Map.of()));
        String protocol = environment.getProperty("spring.kafka.security.protocol");
        if (protocol != null) {
            clients.put("security.protocol", protocol);
        }
        String servers = properties.kafkaServers();
        if (servers == null) {
            servers = binder.bind("spring.kafka.bootstrap-servers", Bindable.listOf(String.class))
                    .map(all -> String.join(",", all))
                    .orElse("localhost:9092");
        }
        clients.put("bootstrap.servers", servers);
        return clients;
    }
}
