package dev.sockeye.spring;

import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/** Finds the controllers after all beans were created, and adds their handlers to the namespaces. */
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
        HandlerSecurity security = new HandlerSecurity(beans);
        HandlerObserver observer =
                beans.getBeanProvider(HandlerObserver.class).getIfAvailable(() -> HandlerObserver.NONE);
        List<ControllerHandlers.ErrorMethod> shared = new ArrayList<>();
        for (ControllerHandlers.Bean advice : marked(SocketIoControllerAdvice.class, security)) {
            shared.addAll(ControllerHandlers.adviceMethods(advice, io, validation));
        }
        for (ControllerHandlers.Bean bean : marked(SocketIoController.class, security)) {
            SocketIoController controller =
                    AnnotatedElementUtils.findMergedAnnotation(bean.type(), SocketIoController.class);
            if (controller != null) {
                ControllerHandlers handlers = new ControllerHandlers(bean, io, validation, observer, shared);
                for (String namespace : controller.value()) {
                    io.of(namespace).onConnection(handlers);
                }
            }
        }
    }

    private List<ControllerHandlers.Bean> marked(Class<? extends Annotation> mark, HandlerSecurity security) {
        List<ControllerHandlers.Bean> found = new ArrayList<>();
        for (String name : beans.getBeanNamesForAnnotation(mark)) {
            Class<?> type = ScopedProxyUtils.isScopedTarget(name) ? null : typeOf(name);
            if (type != null) {
                Object single = beans.isSingleton(name) ? beans.getBean(name) : null;
                security.check(type, single);
                Class<?> called = single == null ? beans.getType(name) : single.getClass();
                found.add(new ControllerHandlers.Bean(
                        type, called == null ? type : called, () -> single == null ? beans.getBean(name) : single));
            }
        }
        return found;
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
