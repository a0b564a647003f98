package dev.sockeye.verification.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.jakarta.SockeyeServlet;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Reads what is counted inside. */
final class Reflection {

    private Reflection() {}

    /**
     * Asserts that a servlet has no connections and no timers, except WebSockets whose client has left before the container opened them.
     * The container does not tell: they end when {@code closeTimeout} has passed.
     */
    static void assertNothingIsLeft(SockeyeServlet servlet) throws ReflectiveOperationException {
        Object group = field(servlet, "group");
        int unopened = 0;
        for (Object each : (Set<?>) field(group, "open")) {
            assertThat(each.getClass().getSimpleName()).isEqualTo("SessionConnection");
            assertThat((boolean) field(each, "opened")).isFalse();
            assertThat(field(each, "openTimer")).isNotNull();
            unopened++;
        }
        assertThat(((ScheduledThreadPoolExecutor) field(group, "scheduler")).getQueue())
                .hasSize(unopened);
    }

    static Object call(Object target, String name) throws ReflectiveOperationException {
        for (Class<?> each = target.getClass(); each != null; each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                if (method.getName().equals(name) && method.getParameterCount() == 0) {
                    method.setAccessible(true);
                    return method.invoke(target);
                }
            }
        }
        throw new NoSuchMethodException(name);
    }

    static Object field(Object target, String name) throws ReflectiveOperationException {
        Field field = target.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(target);
    }
}
