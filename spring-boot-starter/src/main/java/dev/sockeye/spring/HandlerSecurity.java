package dev.sockeye.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Fails at startup if a handler has a security annotation that is not enforced: without method security, in the wrong mode, or
 * where no proxy can intercept the call, every client could call the handler.
 */
final class HandlerSecurity {
    private static final String PRE_POST = "@EnableMethodSecurity";

    /**
     * An annotation that restricts calls.
     *
     * @param type the annotation
     * @param switchedOnBy what enables its enforcement in Spring Security
     * @param aspect name of the bean that enforces it with AspectJ
     */
    record Restriction(Class<? extends Annotation> type, String switchedOnBy, String aspect) {
        boolean on(Class<?> type, Method method) {
            return AnnotatedElementUtils.hasAnnotation(method, this.type)
                    || AnnotatedElementUtils.hasAnnotation(type, this.type)
                    || AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), this.type);
        }
    }

    /** Tells whether restrictions are enforced. */
    interface Enforcement {
        /** Used without Spring Security. */
        Enforcement NONE = (restriction, type, method, bean) -> false;

        /**
         * Whether calls of a method are checked.
         *
         * @param bean the object that is called; {@code null} for any bean of the type that may be created later
         */
        boolean covers(Restriction restriction, Class<?> type, Method method, @Nullable Object bean);
    }

    private final List<Restriction> restrictions = new ArrayList<>();
    private final Enforcement enforcement;
    private final boolean present;

    HandlerSecurity(ConfigurableListableBeanFactory beans) {
        ClassLoader loader = beans.getBeanClassLoader();
        String prepost = "org.springframework.security.access.prepost.";
        add(loader, prepost + "PreAuthorize", PRE_POST, "preAuthorizeAspect$0");
        add(loader, prepost + "PostAuthorize", PRE_POST, "postAuthorizeAspect$0");
        add(loader, prepost + "PreFilter", PRE_POST, "preFilterAspect$0");
        add(loader, prepost + "PostFilter", PRE_POST, "postFilterAspect$0");
        add(
                loader,
                "org.springframework.security.access.annotation.Secured",
                PRE_POST + "(securedEnabled = true)",
                "securedAspect$0");
        for (String name : List.of("RolesAllowed", "DenyAll")) {
            add(loader, "jakarta.annotation.security." + name, PRE_POST + "(jsr250Enabled = true)", "");
        }
        present =
                ClassUtils.isPresent("org.springframework.security.authorization.method.AuthorizationAdvisor", loader);
        enforcement = present ? new MethodSecurity(beans) : Enforcement.NONE;
    }

    @SuppressWarnings("unchecked")
    private void add(@Nullable ClassLoader loader, String name, String switchedOnBy, String aspect) {
        if (ClassUtils.isPresent(name, loader)) {
            restrictions.add(new Restriction(
                    (Class<? extends Annotation>) ClassUtils.resolveClassName(name, loader), switchedOnBy, aspect));
        }
    }

    /**
     * Checks the handlers of one bean.
     *
     * @param type the class of the bean, not of its proxy
     * @param bean the only bean of its type; {@code null} if more may be created later
     */
    void check(Class<?> type, @Nullable Object bean) {
        for (Method method : handlers(type)) {
            for (Restriction restriction : restrictions) {
                if (restriction.on(type, method)) {
                    check(restriction, type, method, bean);
                }
            }
        }
    }

    private static Set<Method> handlers(Class<?> type) {
        return MethodIntrospector.selectMethods(
                type,
                (Method method) -> AnnotatedElementUtils.hasAnnotation(method, OnConnect.class)
                        || AnnotatedElementUtils.hasAnnotation(method, OnEvent.class)
                        || AnnotatedElementUtils.hasAnnotation(method, OnDisconnect.class)
                        || AnnotatedElementUtils.hasAnnotation(method, SocketIoExceptionHandler.class));
    }

    private void check(Restriction restriction, Class<?> type, Method method, @Nullable Object bean) {
        String handler = "The handler " + method + " is restricted by @"
                + restriction.type().getSimpleName() + ", but ";
        if (!enforcement.covers(restriction, type, method, null)) {
            throw new InvalidHandlerException(
                    handler + "method security for it is off: every client could call it.",
                    (present ? "Put " : "Add spring-boot-starter-security, and put ") + restriction.switchedOnBy()
                            + " on a configuration class, or remove the annotation.");
        }
        int modifiers = method.getModifiers();
        boolean inherited = bean == null || !AopUtils.isJdkDynamicProxy(bean);
        if (Modifier.isStatic(modifiers)
                || (inherited && (Modifier.isFinal(modifiers) || Modifier.isPrivate(modifiers)))) {
            throw new InvalidHandlerException(
                    handler + "no proxy can intercept a method that is private, static or final:"
                            + " every client could call it.",
                    "Make it a method that a subclass can override.");
        }
        if ((bean != null && !(bean instanceof SpringProxy)) || !enforcement.covers(restriction, type, method, bean)) {
            throw new InvalidHandlerException(
                    handler + "its bean is not behind the proxy of method security: every client could call it.",
                    "Let Spring create the bean after its infrastructure: no BeanPostProcessor may depend on it.");
        }
    }
}
