package dev.sockeye.spring;

import jakarta.validation.ConstraintDeclarationException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.validation.Validator;
import jakarta.validation.metadata.MethodDescriptor;
import jakarta.validation.metadata.ParameterDescriptor;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;

/** Bean Validation with the application's validator: {@code @Valid}, and constraints on parameters and their elements. */
final class BeanValidation implements PayloadValidation {
    private final Validator validator;

    private BeanValidation(Validator validator) {
        this.validator = validator;
    }

    static PayloadValidation of(BeanFactory beans) {
        Validator validator = beans.getBeanProvider(Validator.class).getIfAvailable();
        return validator == null ? PayloadValidation.NONE : new BeanValidation(validator);
    }

    @Override
    public Check of(Class<?> type, Method method) {
        MethodDescriptor constraints;
        try {
            constraints = validator
                    .getConstraintsForClass(type)
                    .getConstraintsForMethod(method.getName(), method.getParameterTypes());
        } catch (ConstraintDeclarationException e) {
            throw new InvalidHandlerException(
                    "The constraints of " + method + " cannot be used: " + e.getMessage(),
                    "Declare them where the method is declared first: in the interface or superclass.",
                    e);
        }
        // do not skip if no constraints are described: constraints on elements only are not included
        return method.getParameterCount() == 0
                ? Check.NONE
                : (target, arguments) -> check(target, method, constraints, arguments);
    }

    private void check(
            Object target, Method method, @Nullable MethodDescriptor constraints, @Nullable Object[] arguments) {
        if (constraints != null) {
            for (ParameterDescriptor parameter : constraints.getParameterDescriptors()) {
                if (parameter.isCascaded() && arguments[parameter.getIndex()] == null) {
                    throw new InvalidPayloadException(parameter.getName() + " must not be null", null);
                }
            }
        }
        Set<ConstraintViolation<Object>> violations =
                validator.forExecutables().validateParameters(plain(target), method, arguments);
        if (!violations.isEmpty()) {
            String text = violations.stream()
                    .map(violation -> path(violation.getPropertyPath()) + " " + violation.getMessage())
                    .sorted()
                    .collect(Collectors.joining(", "));
            throw new InvalidPayloadException(text, new ConstraintViolationException(violations));
        }
    }

    /** The target of a proxy: a proxy of interfaces does not have the methods of the class. */
    private static Object plain(Object target) {
        if (AopUtils.isJdkDynamicProxy(target) && target instanceof Advised advised) {
            try {
                Object behind = advised.getTargetSource().getTarget();
                return behind == null ? target : behind;
            } catch (Exception e) {
                throw new IllegalStateException(
                        "the bean of the proxy " + target.getClass() + " cannot be accessed", e);
            }
        }
        return target;
    }

    /** The path without the method, and without the parameter if the violation is inside of it. */
    private static String path(Path path) {
        StringBuilder inside = new StringBuilder();
        String parameter = "";
        for (Path.Node node : path) {
            if (node.getKind() == ElementKind.PARAMETER) {
                parameter = node.getName();
            } else if (node.getKind() != ElementKind.METHOD) {
                if (node.getIndex() != null || node.getKey() != null) {
                    inside.append('[')
                            .append(node.getIndex() != null ? node.getIndex() : node.getKey())
                            .append(']');
                }
                if (node.getKind() == ElementKind.PROPERTY) {
                    inside.append(inside.isEmpty() ? "" : ".").append(node.getName());
                }
            }
        }
        return inside.isEmpty() ? parameter : inside.toString();
    }
}
