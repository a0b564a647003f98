import org.jspecify.annotations.NullMarked;

/** Several servers around Kafka, and the emitter for processes that are no server. */
@NullMarked
module dev.sockeye.kafka {
    requires transitive dev.sockeye.server;
    requires kafka.clients;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.kafka;
}
