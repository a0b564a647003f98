package dev.sockeye.spring.test;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.spring.SocketIoServerCustomizer;
import dev.sockeye.spring.SockeyeAutoConfiguration;
import dev.sockeye.test.SockeyeTest;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Gives the server of the application the clock of a test, and clients in memory in place of a port. */
@AutoConfiguration(before = SockeyeAutoConfiguration.class)
public final class SockeyeTestAutoConfiguration {

    /** For Spring. */
    public SockeyeTestAutoConfiguration() {}

    @Bean
    SockeyeTest.Prepared preparedSockeyeTest(Environment environment) {
        SockeyeTest.Builder builder = SockeyeTest.builder();
        if (environment.getProperty("sockeye-test.blocking-handlers", boolean.class, false)) {
            builder.blockingHandlers();
        }
        return builder.prepare();
    }

    @Bean
    TestOptions sockeyeTestOptions(SockeyeTest.Prepared prepared) {
        return new TestOptions(prepared);
    }

    @Bean
    SockeyeTest sockeyeTest(SockeyeTest.Prepared prepared, SocketIoServer server) {
        return prepared.start(server);
    }

    /** In place of the bean that opens the port. */
    @Bean
    NoPort sockeyeLifecycle() {
        return new NoPort();
    }

    /** The last customizer. */
    static final class TestOptions implements SocketIoServerCustomizer, Ordered {
        private final SockeyeTest.Prepared prepared;

        TestOptions(SockeyeTest.Prepared prepared) {
            this.prepared = prepared;
        }

        @Override
        public void customize(SocketIoServerOptions.Builder options) {
            prepared.configure(options);
        }

        @Override
        public int getOrder() {
            return LOWEST_PRECEDENCE;
        }
    }

    /** Does nothing: the server of a test slice has no port. */
    static final class NoPort {}
}
