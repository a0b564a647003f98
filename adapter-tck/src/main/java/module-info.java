import org.jspecify.annotations.NullMarked;

/** The tests that every cluster adapter must pass. Open because JUnit runs them by reflection. */
@NullMarked
open module dev.sockeye.adapter.tck {
    requires transitive dev.sockeye.server;
    requires dev.sockeye.server.netty;
    requires dev.sockeye.client;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;
    requires awaitility;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.adapter.tck;
}
