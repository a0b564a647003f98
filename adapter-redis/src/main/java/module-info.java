import org.jspecify.annotations.NullMarked;

/** Several servers around one Redis, Node servers among them, and the emitter for processes that are no server. */
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
