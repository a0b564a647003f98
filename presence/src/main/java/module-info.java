import org.jspecify.annotations.NullMarked;

/** Tracks who is online and how many sockets a room has, across all servers of a cluster. */
@NullMarked
module dev.sockeye.presence {
    requires transitive dev.sockeye.server;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.presence;
}
