import org.jspecify.annotations.NullMarked;

/** The test kit: server and client in memory, a controllable clock, assertions, a JUnit extension. */
@NullMarked
module dev.sockeye.test {
    requires transitive dev.sockeye.server;
    requires transitive dev.sockeye.client;
    requires transitive org.assertj.core;
    requires static transitive org.junit.jupiter.api;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.test;
}
