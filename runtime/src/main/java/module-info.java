import org.jspecify.annotations.NullMarked;

/**
 * The implementation classes shared by server and client: mailboxes, threads and registered handlers. Not an API for
 * applications.
 */
@NullMarked
@SuppressWarnings("module") // the modules that it is exported to are built later
module dev.sockeye.runtime {
    requires transitive dev.sockeye.protocol;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.runtime to
            dev.sockeye.engine,
            dev.sockeye.server,
            dev.sockeye.client,
            dev.sockeye.client.webtransport,
            dev.sockeye.server.webtransport;
}
