package dev.sockeye.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * A bean whose {@link SocketIoExceptionHandler} methods handle exceptions for every {@link SocketIoController} that has no
 * matching exception handler. If two advices handle the same exception, it is undefined which one is called. An advice cannot
 * have other handlers.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface SocketIoControllerAdvice {

    /** The name of the bean; default: derived from the class. */
    @AliasFor(annotation = Component.class, attribute = "value")
    String bean() default "";
}
