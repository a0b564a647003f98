package dev.sockeye.socketio.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The binding that {@link ServiceLoader} finds, looked up at the first use. */
final class DefaultBinding {
    private static final Result RESULT = find(PayloadBinding.class.getClassLoader());

    private DefaultBinding() {}

    /** The binding, or the reason why there is none. */
    record Result(
            @Nullable PayloadBinding binding,
            @Nullable String problem,
            @Nullable Throwable cause) {}

    static PayloadBinding get() {
        PayloadBinding binding = RESULT.binding;
        if (binding == null) {
            throw new IllegalStateException(RESULT.problem, RESULT.cause);
        }
        return binding;
    }

    /** A binding of the application is preferred over {@link JacksonBinding}. */
    static Result find(@Nullable ClassLoader loader) {
        List<Throwable> failures = new ArrayList<>();
        try {
            boolean jackson = false;
            for (ServiceLoader.Provider<PayloadBinding> provider :
                    Services.of(ServiceLoader.load(PayloadBinding.class, loader), failures::add)) {
                if (!provider.type().getName().equals("dev.sockeye.socketio.protocol.JacksonBinding")) {
                    return new Result(provider.get(), null, null);
                }
                jackson = true;
            }
            if (jackson && failures.isEmpty()) {
                return new Result(JacksonBinding.shared(), null, null);
            }
            if (jackson) {
                return new Result(
                        null, "a PayloadBinding that is registered as a service cannot be loaded", failures.get(0));
            }
        } catch (ServiceConfigurationError | LinkageError e) {
            failures.add(e);
        }
        return new Result(
                null,
                "no PayloadBinding: add tools.jackson.core:jackson-databind 3 to the class path, or register an"
                        + " implementation of PayloadBinding as a service, or pass one to the parser:"
                        + " JsonParser.with(binding)",
                failures.isEmpty() ? null : failures.get(0));
    }
}
