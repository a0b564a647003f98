package dev.sockeye.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * A bean with handlers of a namespace, or of several: {@link OnConnect}, {@link OnEvent}, {@link OnDisconnect}, {@link
 * SocketIoExceptionHandler}. Found at start; beans of any scope and behind proxies. Handlers run in the client's mailbox, may
 * block, and run at the same time for different clients.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface SocketIoController {

    /** The namespaces; default {@code /}. */
    String[] value() default "/";

    /** The name of the bean; default that of its class. */
    @AliasFor(annotation = Component.class, attribute = "value")
    String bean() default "";
}
