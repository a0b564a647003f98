package dev.sockeye.socketio.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JacksonModule;

/** The Jackson modules that are registered as services. */
final class JacksonModules {
    /** The system property that disables the modules if it is {@code false}. */
    static final String PROPERTY = "dev.sockeye.jackson.findModules";

    private JacksonModules() {}

    static List<JacksonModule> found() {
        return Boolean.parseBoolean(System.getProperty(PROPERTY, "true"))
                ? in(JacksonBinding.class.getClassLoader())
                : List.of();
    }

    /** Returns all modules that can be loaded, and logs a warning for each one that cannot. */
    static List<JacksonModule> in(@Nullable ClassLoader loader) {
        List<JacksonModule> modules = new ArrayList<>();
        for (ServiceLoader.Provider<JacksonModule> provider :
                Services.of(ServiceLoader.load(JacksonModule.class, loader), JacksonModules::warn)) {
            try {
                modules.add(provider.get());
            } catch (ServiceConfigurationError | LinkageError e) {
                warn(e);
            }
        }
        return modules;
    }

    private static void warn(Throwable cause) {
        System.getLogger(JacksonBinding.class.getName())
                .log(
                        System.Logger.Level.WARNING,
                        PayloadLog.JACKSON_MODULE_LEFT_OUT.text("a Jackson module cannot be loaded and is left out"),
                        cause);
    }
}
