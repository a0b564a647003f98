package dev.sockeye.spring.test;

import dev.sockeye.spring.SocketIoController;
import dev.sockeye.spring.SocketIoControllerAdvice;
import dev.sockeye.spring.SocketIoServerCustomizer;
import java.util.Set;
import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;

/** Which components of the application are in the context of a {@link SocketIoTest}. */
final class SocketIoTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<SocketIoTest> {
    private final Class<?>[] controllers;

    SocketIoTypeExcludeFilter(Class<?> testClass) {
        super(testClass);
        this.controllers =
                getAnnotation().getValue("controllers", Class[].class).orElseGet(() -> new Class<?>[0]);
    }

    @Override
    protected Set<Class<?>> getKnownIncludes() {
        return controllers.length == 0
                ? Set.of(SocketIoControllerAdvice.class, SocketIoServerCustomizer.class, SocketIoController.class)
                : Set.of(SocketIoControllerAdvice.class, SocketIoServerCustomizer.class);
    }

    @Override
    protected Set<Class<?>> getComponentIncludes() {
        return Set.of(controllers);
    }
}
