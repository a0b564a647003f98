package dev.sockeye.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The adapters run as soon as the server exists: they must not run on in an application that did not start. */
final class FailedStartTest {
    private static final List<String> CALLS = new CopyOnWriteArrayList<>();

    @Configuration(proxyBeanMethods = false)
    static class Recording {
        @Bean
        AdapterFactory adapter() {
            return namespace -> {
                Adapter adapter = new InMemoryAdapter(namespace);
                return (Adapter) Proxy.newProxyInstance(
                        Adapter.class.getClassLoader(), new Class<?>[] {Adapter.class}, (self, method, args) -> {
                            if (method.getName().equals("init")
                                    || method.getName().equals("close")) {
                                CALLS.add(method.getName());
                            }
                            return method.invoke(adapter, args);
                        });
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Broken {
        @Bean
        String broken(SocketIoServer io) {
            throw new IllegalStateException("expected: the application does not start");
        }
    }

    private final ApplicationContextRunner spring = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SockeyeAutoConfiguration.class))
            .withUserConfiguration(Recording.class);

    @Test
    void theAdapterIsClosedIfAnotherBeanCannotBeCreated() {
        CALLS.clear();
        spring.withUserConfiguration(Broken.class)
                .run(context -> assertThat(context).hasFailed());
        assertThat(CALLS).containsExactly("init", "close");
    }

    @Test
    void theAdapterIsClosedOnceWithAnApplicationThatHasStarted() {
        CALLS.clear();
        spring.run(context -> assertThat(context).hasNotFailed());
        assertThat(CALLS).containsExactly("init", "close");
    }
}
