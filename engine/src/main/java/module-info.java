import org.jspecify.annotations.NullMarked;

/** The Engine.IO server: sessions, transports, heartbeat, handshake checks, and the host interface. */
@NullMarked
module dev.sockeye.engine {
    requires transitive dev.sockeye.protocol;
    requires dev.sockeye.runtime;
    requires java.net.http;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.engineio;
    exports dev.sockeye.engineio.host;
}
