package dev.sockeye.socketio.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Spliterator;
import java.util.function.Consumer;

/** Goes through registered services, those behind a broken one as well. */
final class Services {
    /** A configuration that only yields errors must not be read forever. */
    private static final int MAX_FAILURES = 100;

    private Services() {}

    /** All providers that can be loaded; each one that cannot is told to {@code failed}. */
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
