import org.jspecify.annotations.NullMarked;

/** The server side of the official Admin UI, and the page itself. */
@NullMarked
module dev.sockeye.admin {
    requires transitive dev.sockeye.server;
    requires static transitive lettuce.core;
    requires spring.security.crypto;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.admin;
}
