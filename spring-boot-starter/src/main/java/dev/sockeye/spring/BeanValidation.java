package dev.sockeye.spring;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.validation.Valid;
import jakarta.validation.Validator;
import jakarta.validation.executable.ExecutableValidator;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;

/** Bean Validation with the application's validator: {@code @Valid}, and constraints on parameters and their elements. */
final class BeanValidation implements PayloadValidation {
    private final ExecutableValidator validator;
    private final Map<Method, Boolean> wanted = new ConcurrentHashMap<>();

    private BeanValidation(ExecutableValidator validator) {
        this.validator = validator;
    }

    static PayloadValidation of(BeanFactory beans) {
        Validator validator = beans.getBeanProvider(Validator.class).getIfAvailable();
        return validator == null ? PayloadValidation.NONE : new BeanValidation(validator.forExecutables());
    }

    @Override
    public void check(Object target, Method method, @Nullable Object[] arguments) {
        if (!wanted.computeIfAbsent(method, BeanValidation::hasConstraints)) {
            return;
        }
        Parameter[] parameters = method.getParameters();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] == null && parameters[i].isAnnotationPresent(Valid.class)) {
                throw new InvalidPayloadException(parameters[i].getName() + " must not be null", null);
            }
        }
        Set<ConstraintViolation<Object>> violations = validator.validateParameters(plain(target), method, arguments);
        if (!violations.isEmpty()) {
            String text = violations.stream()
                    .map(violation -> path(violation.getPropertyPath()) + " " + violation.getMessage())
                    .sorted()
                    .collect(Collectors.joining(", "));
            throw new InvalidPayloadException(text, new ConstraintViolationException(violations));
        }
    }

    private static boolean hasConstraints(Method method) {
        for (Parameter parameter : method.getParameters()) {
            if (marked(parameter.getAnnotations()) || ofElements(parameter.getAnnotatedType())) {
                return true;
            }
        }
        return false;
    }

    private static boolean ofElements(AnnotatedType type) {
        if (type instanceof AnnotatedParameterizedType generic) {
            for (AnnotatedType element : generic.getAnnotatedActualTypeArguments()) {
                if (marked(element.getAnnotations()) || ofElements(element)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean marked(Annotation[] annotations) {
        for (Annotation annotation : annotations) {
            if (annotation instanceof Valid || annotation.annotationType().isAnnotationPresent(Constraint.class)) {
                return true;
            }
        }
        return false;
    }

    /** A proxy of interfaces does not have the methods of the class. */
    private static Object plain(Object target) {
        if (AopUtils.isJdkDynamicProxy(target) && target instanceof Advised advised) {
            try {
                Object behind = advised.getTargetSource().getTarget();
                return behind == null ? target : behind;
            } catch (Exception e) {
                throw new IllegalStateException("the bean behind " + target.getClass() + " cannot be reached", e);
            }
        }
        return target;
    }

    /** Without the method; without the parameter when the fault is inside of it. */
    private static String path(Path path) {
        StringBuilder inside = new StringBuilder();
        String parameter = "";
        for (Path.Node node : path) {
            if (node.getKind() == ElementKind.PARAMETER) {
                parameter = node.getName();
            } else if (node.getKind() != ElementKind.METHOD) {
                inside.append(inside.isEmpty() || node.toString().startsWith("[") ? "" : ".")
                        .append(node);
            }
        }
        return inside.isEmpty() ? parameter : inside.toString();
    }
}
