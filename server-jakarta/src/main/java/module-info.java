import org.jspecify.annotations.NullMarked;

/** The Socket.IO server inside a servlet container, on the application's own port. */
@NullMarked
module dev.sockeye.server.jakarta {
    requires transitive dev.sockeye.server;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;
    requires transitive jakarta.servlet;
    requires jakarta.websocket;
    requires jakarta.websocket.client;

    exports dev.sockeye.jakarta;
}
