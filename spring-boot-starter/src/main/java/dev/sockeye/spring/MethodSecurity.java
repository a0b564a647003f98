package dev.sockeye.spring;

import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.RolesAllowed;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.security.access.annotation.Secured;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PostFilter;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.access.prepost.PreFilter;
import org.springframework.security.authorization.method.AuthorizationAdvisor;

/** Spring Security's method security: the advisors of the application context, and those of a bean's proxy. */
final class MethodSecurity implements HandlerSecurity.Enforcement {
    private final ConfigurableListableBeanFactory beans;
    private final Collection<AuthorizationAdvisor> all;

    MethodSecurity(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
        this.all = beans.getBeansOfType(AuthorizationAdvisor.class).values();
    }

    @Override
    public boolean covers(
            HandlerSecurity.Restriction restriction, Class<?> type, Method method, @Nullable Object bean) {
        if (beans.containsBeanDefinition(restriction.aspect())) {
            return true;
        }
        Collection<? extends Advisor> advisors = bean == null ? all : advisors(bean);
        return advisors.stream()
                .anyMatch(advisor -> advisor instanceof PointcutAdvisor checks
                        // on proxies they are wrapped
                        && (checks instanceof AuthorizationAdvisor
                                || checks.getAdvice() instanceof AuthorizationAdvisor)
                        && matches(checks.getPointcut(), type, method)
                        && isFor(checks.getPointcut(), restriction));
    }

    /** The advisors of the bean's proxies; those of the context if the target of a proxy cannot be determined. */
    private Collection<? extends Advisor> advisors(Object bean) {
        List<Advisor> found = new ArrayList<>();
        Object next = bean;
        while (next instanceof Advised advised) {
            found.addAll(List.of(advised.getAdvisors()));
            TargetSource source = advised.getTargetSource();
            if (next instanceof AopInfrastructureBean || !source.isStatic()) {
                // a scoped proxy: its target has its own proxies
                return all;
            }
            try {
                next = source.getTarget();
            } catch (Exception e) {
                throw new IllegalStateException("the bean of the proxy " + bean.getClass() + " cannot be accessed", e);
            }
        }
        return found;
    }

    private static boolean matches(Pointcut pointcut, Class<?> type, Method method) {
        return pointcut.getClassFilter().matches(type)
                && pointcut.getMethodMatcher().matches(method, type);
    }

    /** Whether a pointcut applies to this annotation, and not only to another annotation of the handler. */
    private static boolean isFor(Pointcut pointcut, HandlerSecurity.Restriction restriction) {
        boolean another = false;
        for (Method sample : Samples.class.getDeclaredMethods()) {
            if (matches(pointcut, Samples.class, sample)) {
                if (sample.isAnnotationPresent(restriction.type())) {
                    return true;
                }
                another = true;
            }
        }
        return !another;
    }

    /** One method for each annotation; accessed by reflection. */
    @SuppressWarnings("UnusedMethod")
    private static final class Samples {
        @PreAuthorize("denyAll")
        void preAuthorize() {}

        @PostAuthorize("denyAll")
        void postAuthorize() {}

        @PreFilter("false")
        void preFilter() {}

        @PostFilter("false")
        void postFilter() {}

        @Secured({})
        void secured() {}

        @RolesAllowed({})
        void rolesAllowed() {}

        @DenyAll
        void denyAll() {}
    }
}
