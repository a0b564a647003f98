import org.jspecify.annotations.NullMarked;

/** What server and client share below their APIs: mailboxes, threads, registered handlers. Not for applications. */
@NullMarked
@SuppressWarnings("module") // the modules that it is exported to are built after it
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
