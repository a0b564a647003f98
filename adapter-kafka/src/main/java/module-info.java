import org.jspecify.annotations.NullMarked;

/** The adapter that connects several servers through Kafka, and the emitter for other processes. */
@NullMarked
module dev.sockeye.kafka {
    requires transitive dev.sockeye.server;
    requires kafka.clients;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.kafka;
}
