package dev.sockeye.spring;

import static dev.sockeye.spring.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.PriorityOrdered;
import org.springframework.security.access.annotation.Secured;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PostFilter;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.access.prepost.PreFilter;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;

/** Restricted handlers that nothing would check stop the start. */
@Timeout(60)
final class HandlerSecurityTest {
    @SocketIoController
    static class Pre {
        @OnEvent("x")
        @PreAuthorize("denyAll")
        public void x() {}
    }

    @SocketIoController
    static class Post {
        @OnEvent("x")
        @PostAuthorize("denyAll")
        public void x() {}
    }

    @SocketIoController
    static class FilterBefore {
        @OnEvent("x")
        @PreFilter("false")
        public void x(List<String> names) {}
    }

    @SocketIoController
    static class FilterAfter {
        @OnEvent("x")
        @PostFilter("false")
        public List<String> x() {
            return new ArrayList<>(List.of("a"));
        }
    }

    @SocketIoController
    static class WithSecured {
        @OnEvent("x")
        @Secured("ROLE_ADMIN")
        public void x() {}
    }

    @SocketIoController
    static class WithRoles {
        @OnEvent("x")
        @RolesAllowed("ADMIN")
        public void x() {}
    }

    @SocketIoController
    static class WithDenyAll {
        @OnEvent("x")
        @DenyAll
        public void x() {}
    }

    @PreAuthorize("denyAll")
    @Retention(RetentionPolicy.RUNTIME)
    @interface ForNobody {}

    @SocketIoController
    static class Meta {
        @OnEvent("x")
        @ForNobody
        public void x() {}
    }

    @SocketIoController
    @PreAuthorize("denyAll")
    static class OnTheClass {
        @OnEvent("x")
        public void x() {}
    }

    @SocketIoController
    static class OnTheSuperclass extends Base {}

    @PreAuthorize("denyAll")
    static class Base {
        @OnEvent("x")
        public void x() {}
    }

    interface Restricted {
        @PreAuthorize("denyAll")
        void x();
    }

    @SocketIoController
    static class OnTheInterface implements Restricted {
        @Override
        @OnEvent("x")
        public void x() {}
    }

    @SocketIoController
    static class WhenItConnects {
        @OnConnect
        @PreAuthorize("denyAll")
        public void x() {}
    }

    @SocketIoController
    static class WhenItLeaves {
        @OnDisconnect
        @PreAuthorize("denyAll")
        public void x() {}
    }

    @SocketIoControllerAdvice
    static class Advice {
        @SocketIoExceptionHandler(IllegalStateException.class)
        @PreAuthorize("denyAll")
        public void x() {}
    }

    @SocketIoController
    static class PreAndSecured {
        @OnEvent("x")
        @PreAuthorize("permitAll")
        @Secured("ROLE_ADMIN")
        public void x() {}
    }

    @SocketIoController
    static class Final {
        @OnEvent("x")
        @PreAuthorize("denyAll")
        public final void x() {}
    }

    @SocketIoController
    static class Static {
        @OnEvent("x")
        @PreAuthorize("denyAll")
        public static void x() {}
    }

    @SocketIoController
    static class Open {
        @OnEvent("x")
        @PermitAll
        public String x() {
            return "open";
        }

        @PreAuthorize("denyAll")
        public void notAHandler() {}
    }

    @SocketIoController
    @Scope(value = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
    static class Scoped {
        @OnEvent("x")
        @PreAuthorize("denyAll")
        public void x() {}
    }

    @SocketIoController
    @Scope("prototype")
    static class Prototype {
        @OnEvent("x")
        @PreAuthorize("denyAll")
        public void x() {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Off {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableMethodSecurity
    static class PrePost {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableMethodSecurity(prePostEnabled = false, securedEnabled = true)
    static class SecuredOnly {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableMethodSecurity(securedEnabled = true, jsr250Enabled = true)
    static class All {}

    @Configuration(proxyBeanMethods = false)
    static class Early {
        /** Needs the controller before the proxy creators exist. */
        @Bean
        static FirstOfAll early(Pre pre) {
            return new FirstOfAll();
        }
    }

    static final class FirstOfAll implements BeanPostProcessor, PriorityOrdered {
        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }
    }

    private static Class<?>[] with(Class<?> configuration, Class<?>... controllers) {
        return Stream.concat(Stream.of(configuration, OpenToAll.class), Stream.of(controllers))
                .toArray(Class<?>[]::new);
    }

    private static void refused(String message, String action, Class<?> configuration, Class<?>... controllers) {
        assertThatThrownBy(() -> Clients.run(with(configuration, controllers)).close())
                .isInstanceOf(InvalidHandlerException.class)
                .hasMessageContaining("every client could call it")
                .hasMessageContaining(message)
                .satisfies(error -> assertThat(
                                new InvalidHandlerAnalyzer().analyze(error).getAction())
                        .contains(action));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Pre.class,
                Post.class,
                FilterBefore.class,
                FilterAfter.class,
                Meta.class,
                OnTheClass.class,
                OnTheSuperclass.class,
                OnTheInterface.class,
                WhenItConnects.class,
                WhenItLeaves.class,
                Advice.class,
                Scoped.class,
                Prototype.class
            })
    void restrictedHandlersFailStartupWithoutMethodSecurity(Class<?> controller) {
        refused("method security for it is off", "@EnableMethodSecurity on", Off.class, controller);
    }

    @ParameterizedTest
    @ValueSource(classes = {Off.class, PrePost.class})
    void securedAndJsr250AnnotationsNeedTheirModeEnabled(Class<?> configuration) {
        refused("@Secured", "securedEnabled = true", configuration, WithSecured.class);
        refused("@RolesAllowed", "jsr250Enabled = true", configuration, WithRoles.class);
        refused("@DenyAll", "jsr250Enabled = true", configuration, WithDenyAll.class);
    }

    @Test
    void eachOfSeveralAnnotationsNeedsItsModeEnabled() {
        refused("@Secured", "securedEnabled = true", PrePost.class, PreAndSecured.class);
        refused("@PreAuthorize", "@EnableMethodSecurity on", SecuredOnly.class, PreAndSecured.class);
    }

    @Test
    void restrictedHandlersThatCannotBeProxiedFailStartup() {
        refused("private, static or final", "a subclass can override", PrePost.class, Final.class);
        refused("private, static or final", "a subclass can override", PrePost.class, Static.class);
    }

    @Test
    void aControllerWithoutItsSecurityProxyFailsStartup() {
        refused("not behind the proxy", "BeanPostProcessor", PrePost.class, Early.class, Pre.class);
    }

    static Stream<Class<?>> restricted() {
        return Stream.of(
                Pre.class,
                Post.class,
                Meta.class,
                OnTheClass.class,
                OnTheSuperclass.class,
                OnTheInterface.class,
                WithSecured.class,
                WithRoles.class,
                WithDenyAll.class,
                PreAndSecured.class,
                Scoped.class,
                Prototype.class);
    }

    @ParameterizedTest
    @MethodSource("restricted")
    void restrictedHandlersAreDeniedToClientsWithoutTheRole(Class<?> controller) throws Exception {
        try (ConfigurableApplicationContext context = Clients.run(with(All.class, controller));
                SocketIoClient client = SocketIoClient.create()) {
            assertThat(Clients.connect(client, Clients.url(context), TransportName.WEBSOCKET)
                            .call("x", SOON)
                            .get(0))
                    .isIn(Map.of("error", "unauthorized"), Map.of("error", "forbidden"));
        }
    }

    @Test
    void annotationsThatRestrictNoHandlerAreIgnored() throws Exception {
        try (ConfigurableApplicationContext context = Clients.run(with(Off.class, Open.class));
                SocketIoClient client = SocketIoClient.create()) {
            assertThat(Clients.connect(client, Clients.url(context), TransportName.WEBSOCKET)
                            .call("x", SOON)
                            .get(0))
                    .isEqualTo("open");
        }
    }
}
