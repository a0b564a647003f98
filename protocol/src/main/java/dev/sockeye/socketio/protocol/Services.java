package dev.sockeye.socketio.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Spliterator;
import java.util.function.Consumer;

/** Iterates over registered services, including those after one that cannot be loaded. */
final class Services {
    /** Stops the iteration over a configuration that only yields errors. */
    private static final int MAX_FAILURES = 100;

    private Services() {}

    /** Returns all providers that can be loaded; calls {@code failed} for each one that cannot. */
    static <S> List<ServiceLoader.Provider<S>> of(ServiceLoader<S> loader, Consumer<Throwable> failed) {
        List<ServiceLoader.Provider<S>> found = new ArrayList<>();
        Spliterator<ServiceLoader.Provider<S>> all = loader.stream().spliterator();
        int failures = 0;
        boolean more = true;
        while (more && failures < MAX_FAILURES) {
            try {
                more = all.tryAdvance(found::add);
            } catch (ServiceConfigurationError | LinkageError e) {
                failures++;
                failed.accept(e);
            }
        }
        return found;
    }
}
