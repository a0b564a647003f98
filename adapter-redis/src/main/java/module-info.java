import org.jspecify.annotations.NullMarked;

/**
 * Redis adapters for clusters of servers, including Node.js servers, and emitters for processes that are not servers.
 */
@NullMarked
module dev.sockeye.redis {
    requires transitive dev.sockeye.server;
    requires transitive lettuce.core;
    requires io.netty.handler;
    requires io.netty.transport;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.redis;
}
