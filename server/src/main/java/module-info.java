import org.jspecify.annotations.NullMarked;

/** The Socket.IO server: namespaces, sockets, rooms, broadcast, acknowledgements, middleware, recovery. */
@NullMarked
module dev.sockeye.server {
    requires transitive dev.sockeye.engine;
    requires transitive dev.sockeye.protocol;
    requires dev.sockeye.runtime;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.socketio.server;
    exports dev.sockeye.socketio.adapter;
    exports dev.sockeye.socketio.adapter.cluster;

    uses dev.sockeye.engineio.host.EngineHostProvider;
}
