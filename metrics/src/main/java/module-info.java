import org.jspecify.annotations.NullMarked;

/** Meters, traces and flight recorder events of a server, on any host. */
@NullMarked
module dev.sockeye.metrics {
    requires transitive dev.sockeye.server;
    requires transitive micrometer.core;
    requires transitive micrometer.observation;
    requires micrometer.commons;
    requires static micrometer.registry.prometheus;
    requires static jdk.jfr;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.metrics;
}
