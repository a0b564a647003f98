package dev.sockeye.runtime;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Access to virtual threads by reflection, because the library is compiled for Java 17. */
public final class VirtualThreads {
    private static final @Nullable ThreadFactory FACTORY = find();

    private VirtualThreads() {}

    /** Whether this JVM has them. */
    public static boolean supported() {
        return FACTORY != null;
    }

    /** Creates an executor that starts a virtual thread for each task. */
    public static ExecutorService newExecutor() {
        ThreadFactory factory = FACTORY;
        if (factory == null) {
            throw new UnsupportedOperationException("no virtual threads");
        }
        try {
            Method perTask = Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
            return (ExecutorService) perTask.invoke(null, factory);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("virtual threads", e);
        }
    }

    private static @Nullable ThreadFactory find() {
        if (Runtime.version().feature() < 21) {
            return null;
        }
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Object named = type.getMethod("name", String.class, long.class).invoke(builder, "sockeye-handler-", 0L);
            return (ThreadFactory) type.getMethod("factory").invoke(named);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
