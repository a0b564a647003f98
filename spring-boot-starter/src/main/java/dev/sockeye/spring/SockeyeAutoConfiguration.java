package dev.sockeye.spring;

import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.jakarta.SockeyeServlet;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.server.SocketIoServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Creates the bean {@link SocketIoServer}: on the application's port in a servlet application, or on a separate port with
 * {@code sockeye.port}.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration",
            "org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration"
        })
@ConditionalOnProperty(prefix = "sockeye", name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(SockeyeProperties.class)
public final class SockeyeAutoConfiguration {
    private static final System.Logger LOG = System.getLogger(SockeyeAutoConfiguration.class.getName());

    private final AtomicBoolean stopping = new AtomicBoolean();

    /** Used by Spring. */
    public SockeyeAutoConfiguration() {}

    /** Closed by {@link SockeyeLifecycle}, and when it is destroyed because the application did not start. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    SocketIoServer socketIoServer(
            SockeyeProperties properties,
            Environment environment,
            BeanFactory beans,
            ObjectProvider<AdapterFactory> adapter,
            ObjectProvider<SocketIoServerCustomizer> customizers) {
        List<SocketIoServerCustomizer> all = new ArrayList<>();
        adapter.ifAvailable(given -> all.add(builder -> builder.adapter(given)));
        customizers.orderedStream().forEach(all::add);
        return SocketIoServer.create(new OptionsFactory(properties)
                .server(
                        phase(environment),
                        () -> beans.containsBean("applicationTaskExecutor")
                                ? beans.getBean("applicationTaskExecutor", Executor.class)
                                : null,
                        ApplicationBinding.of(beans, properties),
                        all,
                        stopping::get));
    }

    private static Duration phase(Environment environment) {
        return DurationStyle.detectAndParse(
                environment.getProperty("spring.lifecycle.timeout-per-shutdown-phase", "30s"));
    }

    /** Not created in test slices, whose server has no port. */
    @Bean
    @ConditionalOnMissingBean(name = "sockeyeLifecycle")
    SockeyeLifecycle sockeyeLifecycle(
            SocketIoServer io,
            SockeyeProperties properties,
            ObjectProvider<EngineHostProvider> provider,
            ApplicationContext context) {
        Duration drain = new OptionsFactory(properties).drain(phase(context.getEnvironment()));
        Integer port = properties.port();
        String host = properties.address();
        String bundle = properties.ssl().bundle();
        if (port == null) {
            if (bundle != null) {
                throw new InvalidSockeyePropertyException(
                        "sockeye.ssl.bundle needs sockeye.port; for the port of the application, use server.ssl.bundle",
                        null);
            }
            if (properties.webTransport()) {
                throw new InvalidSockeyePropertyException("sockeye.web-transport needs sockeye.port", null);
            }
            if (!context.containsBean("sockeyeServlet")) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        SpringLog.NOT_SERVED.text(
                                "Nothing serves the Socket.IO server: this is not a servlet application, and"
                                        + " sockeye.port is not set"));
            }
            return new SockeyeLifecycle(io, null, null, stopping, drain);
        }
        if (port < 0 || port > 65535) {
            throw new InvalidSockeyePropertyException("sockeye.port must be 0 to 65535, was " + port, null);
        }
        EngineHostProvider given = provider.getIfAvailable();
        if (properties.webTransport() && bundle == null) {
            throw new InvalidSockeyePropertyException(
                    "sockeye.web-transport needs a certificate: set sockeye.ssl.bundle", null);
        }
        if (bundle != null) {
            if (given != null) {
                throw new InvalidSockeyePropertyException(
                        "sockeye.ssl.bundle is not used by the bean EngineHostProvider: remove one of them", null);
            }
            given = TlsByBundle.host(bundle, properties.webTransport(), context);
        }
        return new SockeyeLifecycle(
                io,
                host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port),
                given,
                stopping,
                drain);
    }

    @Bean
    SocketIoControllers socketIoControllers(
            SocketIoServer io, org.springframework.beans.factory.config.ConfigurableListableBeanFactory beans) {
        return new SocketIoControllers(io, beans);
    }

    /** Runs the server in the application's servlet container. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass(name = "jakarta.servlet.Servlet")
    @Conditional(WithoutOwnPort.class)
    static class InContainer {

        @Bean
        ServletRegistrationBean<SockeyeServlet> sockeyeServlet(
                SocketIoServer io, SockeyeProperties properties, Environment environment) {
            ServletRegistrationBean<SockeyeServlet> bean = new ServletRegistrationBean<>(
                    new SockeyeServlet(io, new OptionsFactory(properties).container(phase(environment))),
                    io.path() + "/*");
            bean.setName("sockeye");
            bean.setAsyncSupported(true);
            bean.setLoadOnStartup(1);
            return bean;
        }
    }

    /** Matches if neither {@code sockeye.port} nor another host is configured. */
    static final class WithoutOwnPort extends NoneNestedConditions {
        WithoutOwnPort() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty("sockeye.port")
        static final class OwnPort {}
    }
}
