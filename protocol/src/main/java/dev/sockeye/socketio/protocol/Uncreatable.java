package dev.sockeye.socketio.protocol;

import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import tools.jackson.core.JacksonException;

/** Explains why Jackson cannot create an object of a class, and how to fix it. */
final class Uncreatable {
    private Uncreatable() {}

    /** Whether an object was received, but the class has no constructor for its properties. */
    static boolean lacksCreator(JacksonException error) {
        String message = error.getOriginalMessage();
        return message != null
                && message.startsWith("Cannot construct instance of")
                && message.contains("cannot deserialize from Object value");
    }

    static String message(Class<?> type) {
        return "cannot create " + BindingErrors.words(type) + ": " + reason(type);
    }

    private static String reason(Class<?> type) {
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            return (type.isInterface() ? "it is an interface" : "it is an abstract class")
                    + "; use a class, or name the implementation with @JsonTypeInfo or @JsonDeserialize(as = ...)";
        }
        if (hasDefaultConstructor(type)) {
            return "Jackson cannot use this class; see the cause of this exception";
        }
        if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
            return "it is an inner class; make it static";
        }
        if (isKotlin(type)) {
            return "Jackson needs its module for Kotlin classes without a default constructor; add"
                    + " tools.jackson.module:jackson-module-kotlin to the class path";
        }
        if (isScala(type)) {
            return "Jackson needs its module for Scala classes without a default constructor; add"
                    + " tools.jackson.module:jackson-module-scala_3 to the class path";
        }
        return "it has no default constructor; add one, use a record, or annotate a constructor with @JsonCreator and its"
                + " parameters with @JsonProperty";
    }

    private static boolean hasDefaultConstructor(Class<?> type) {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isKotlin(Class<?> type) {
        for (Annotation annotation : type.getAnnotations()) {
            if (annotation.annotationType().getName().equals("kotlin.Metadata")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isScala(Class<?> type) {
        for (Class<?> each : type.getInterfaces()) {
            if (each.getName().equals("scala.Product")) {
                return true;
            }
        }
        return false;
    }
}
