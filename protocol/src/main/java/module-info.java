import org.jspecify.annotations.NullMarked;

/** Both wire codecs: Engine.IO packets and payloads (v4, v3), Socket.IO packets, parsers and payload binding. */
@NullMarked
@SuppressWarnings("module") // the module that a package is exported to is built later
module dev.sockeye.protocol {
    requires transitive tools.jackson.databind;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.engineio.protocol;
    exports dev.sockeye.socketio;
    exports dev.sockeye.socketio.protocol;
    exports dev.sockeye.log to
            dev.sockeye.runtime,
            dev.sockeye.engine,
            dev.sockeye.server,
            dev.sockeye.server.netty,
            dev.sockeye.server.jakarta,
            dev.sockeye.server.webtransport,
            dev.sockeye.client,
            dev.sockeye.client.webtransport,
            dev.sockeye.redis,
            dev.sockeye.postgres,
            dev.sockeye.kafka,
            dev.sockeye.presence,
            dev.sockeye.admin;
    exports dev.sockeye.text to
            dev.sockeye.server.netty;

    uses dev.sockeye.socketio.protocol.PayloadBinding;
    uses tools.jackson.databind.JacksonModule;

    provides dev.sockeye.socketio.protocol.PayloadBinding with
            dev.sockeye.socketio.protocol.JacksonBinding;
}
