package dev.sockeye.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * A bean whose {@link SocketIoExceptionHandler} methods handle the exceptions of every {@link SocketIoController} that has none
 * of its own for them. Of two for one
 * exception it is not said which; there are no other handlers in it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface SocketIoControllerAdvice {

    /** The name of the bean; default that of its class. */
    @AliasFor(annotation = Component.class, attribute = "value")
    String bean() default "";
}
