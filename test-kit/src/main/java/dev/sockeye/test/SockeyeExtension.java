package dev.sockeye.test;

import java.lang.reflect.Method;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Resolves parameters of type {@link SockeyeTest} in JUnit tests. There is one instance for each test, which its {@code
 * @BeforeEach} and {@code @AfterEach} methods share; it is closed after the test. For JUnit Jupiter 5 and 6.
 *
 * <p>{@code @ExtendWith(SockeyeExtension.class)} for the defaults; with options:
 *
 * <pre>
 * &#64;RegisterExtension
 * static final SockeyeExtension SOCKEYE = SockeyeExtension.with(test -&gt; test.server(options -&gt; options.maxPendingAcks(10)));
 * </pre>
 */
public final class SockeyeExtension implements ParameterResolver, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(SockeyeExtension.class);

    private final Consumer<SockeyeTest.Builder> change;

    /** Creates the extension with the default options; called by JUnit. */
    public SockeyeExtension() {
        this(builder -> {});
    }

    private SockeyeExtension(Consumer<SockeyeTest.Builder> change) {
        this.change = change;
    }

    /** Returns an extension whose tests have these options. */
    public static SockeyeExtension with(Consumer<SockeyeTest.Builder> change) {
        return new SockeyeExtension(change);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SockeyeTest.class
                && parameter.getDeclaringExecutable() instanceof Method
                && context.getTestMethod().isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        SockeyeTest test = store.get(SockeyeTest.class, SockeyeTest.class);
        if (test == null) {
            SockeyeTest.Builder builder = SockeyeTest.builder();
            change.accept(builder);
            test = builder.build();
            store.put(SockeyeTest.class, test);
        }
        return test;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        SockeyeTest test = context.getStore(NAMESPACE).remove(SockeyeTest.class, SockeyeTest.class);
        if (test != null) {
            test.close();
        }
    }
}
