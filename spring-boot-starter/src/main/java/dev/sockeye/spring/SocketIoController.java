package dev.sockeye.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * A bean with handlers of one or more namespaces: {@link OnConnect}, {@link OnEvent}, {@link OnDisconnect}, {@link
 * SocketIoExceptionHandler}. Controllers are detected at startup; they may have any scope and may be proxied. Handlers of one
 * client run one at a time and may block; handlers of different clients run concurrently.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface SocketIoController {

    /** The namespaces; default {@code /}. */
    String[] value() default "/";

    /** The name of the bean; default: derived from the class. */
    @AliasFor(annotation = Component.class, attribute = "value")
    String bean() default "";
}
