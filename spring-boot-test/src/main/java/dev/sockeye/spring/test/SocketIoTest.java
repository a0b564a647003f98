package dev.sockeye.spring.test;

import dev.sockeye.spring.SocketIoController;
import dev.sockeye.spring.SocketIoControllerAdvice;
import dev.sockeye.spring.SocketIoServerCustomizer;
import dev.sockeye.test.SockeyeTest;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * A test of Socket.IO controllers only. The context has the beans that are marked with {@link SocketIoController} and {@link
 * SocketIoControllerAdvice}, the {@link SocketIoServerCustomizer}s, JSON, validation, and a {@link SockeyeTest} to inject. It has no
 * web server, no adapter and no other component: give the controllers their services with {@code @MockitoBean} or {@code @Import}.
 *
 * <pre>{@code
 * @SocketIoTest(ChatController.class)
 * class ChatControllerTest {
 *   @Test
 *   void everyClientReceivesAMessage(@Autowired SockeyeTest sockeye) {
 *     TestSocket ada = sockeye.connect();
 *     TestSocket bob = sockeye.connect();
 *     ada.emit("message", "hello");
 *     assertThat(bob).received("message", "hello");
 *   }
 * }
 * }</pre>
 *
 * <p>The context is cached between tests, as in all tests of Spring. After each test the clients are closed, and the test fails when a
 * handler has thrown and {@link SockeyeTest#handlerErrors()} was not called. The clock is shared and keeps running. Handlers run in the
 * thread of the test, unless {@link #blockingHandlers()} is true. For a test through the real port use {@code @SpringBootTest(webEnvironment = RANDOM_PORT)}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(SocketIoTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(SocketIoTypeExcludeFilter.class)
@ImportAutoConfiguration
@TestPropertySource(properties = "sockeye.port=0")
public @interface SocketIoTest {

    /** Properties of the test in the form {@code key=value}. */
    String[] properties() default {};

    /** The controllers to test; default all. */
    @AliasFor("controllers")
    Class<?>[] value() default {};

    /** The controllers to test; default all. */
    @AliasFor("value")
    Class<?>[] controllers() default {};

    /**
     * Whether handlers have threads of their own, so that they may wait for clients, as with {@link
     * dev.sockeye.test.SockeyeTest.Builder#blockingHandlers()}. Default false: they run in the thread of the test.
     */
    @PropertyMapping("sockeye-test.blocking-handlers")
    boolean blockingHandlers() default false;

    /** Whether the types named above are included at all. Default true; with false, {@link #includeFilters} decide alone. */
    boolean useDefaultFilters() default true;

    /** Further components that are included. */
    Filter[] includeFilters() default {};

    /** Components that are left out. */
    Filter[] excludeFilters() default {};

    /** Auto-configuration classes that are left out. */
    @AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
    Class<?>[] excludeAutoConfiguration() default {};
}
