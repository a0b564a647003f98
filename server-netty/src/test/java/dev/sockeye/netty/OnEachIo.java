package dev.sockeye.netty;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs the tests of a class on epoll and on io_uring; the class has a parameter of type {@link NettyIo}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass
@EnumSource(
        value = NettyIo.class,
        names = {"AUTO", "IO_URING"})
@interface OnEachIo {

    /** Whether this machine can run a test. */
    final class Required {
        private Required() {}

        /** Skips the test with the reason if the kernel does not allow io_uring; otherwise returns it. */
        static NettyIo available(NettyIo io) {
            try {
                return io.resolve();
            } catch (IllegalStateException e) {
                return Assumptions.abort(e.getMessage());
            }
        }
    }
}
