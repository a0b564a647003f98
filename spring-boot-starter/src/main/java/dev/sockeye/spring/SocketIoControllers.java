package dev.sockeye.spring;

import dev.sockeye.socketio.server.SocketIoServer;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/** Finds the controllers when all beans are there, and puts their handlers on the namespaces. */
final class SocketIoControllers implements SmartInitializingSingleton {
    private final SocketIoServer io;
    private final ConfigurableListableBeanFactory beans;

    SocketIoControllers(SocketIoServer io, ConfigurableListableBeanFactory beans) {
        this.io = io;
        this.beans = beans;
    }

    @Override
    public void afterSingletonsInstantiated() {
        PayloadValidation validation = validation();
        HandlerObserver observer =
                beans.getBeanProvider(HandlerObserver.class).getIfAvailable(() -> HandlerObserver.NONE);
        for (String name : beans.getBeanNamesForAnnotation(SocketIoController.class)) {
            if (ScopedProxyUtils.isScopedTarget(name)) {
                continue;
            }
            Class<?> type = typeOf(name);
            SocketIoController controller =
                    type == null ? null : AnnotatedElementUtils.findMergedAnnotation(type, SocketIoController.class);
            if (type == null || controller == null) {
                continue;
            }
            Object single = beans.isSingleton(name) ? beans.getBean(name) : null;
            Class<?> called = single == null ? beans.getType(name) : single.getClass();
            ControllerHandlers handlers = new ControllerHandlers(
                    new ControllerHandlers.Bean(
                            type, called == null ? type : called, () -> single == null ? beans.getBean(name) : single),
                    io,
                    validation,
                    observer);
            for (String namespace : controller.value()) {
                io.of(namespace).onConnection(handlers);
            }
        }
    }

    private @Nullable Class<?> typeOf(String name) {
        Class<?> type = AutoProxyUtils.determineTargetClass(beans, name);
        if (type == null) {
            type = beans.getType(name);
        }
        return type == null ? null : ClassUtils.getUserClass(type);
    }

    private PayloadValidation validation() {
        ClassLoader loader = beans.getBeanClassLoader();
        return ClassUtils.isPresent("jakarta.validation.Validator", loader)
                ? BeanValidation.of(beans)
                : PayloadValidation.NONE;
    }
}
