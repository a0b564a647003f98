import org.jspecify.annotations.NullMarked;

/** The Socket.IO client. */
@NullMarked
module dev.sockeye.client {
    requires transitive dev.sockeye.protocol;
    requires dev.sockeye.runtime;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;
    requires io.netty.transport;
    requires io.netty.handler;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.handler.proxy;
    requires io.netty.resolver;
    requires static io.netty.transport.classes.epoll;

    uses dev.sockeye.socketio.client.netty.WebTransportProvider;

    exports dev.sockeye.socketio.client;
    exports dev.sockeye.socketio.client.transport;
    exports dev.sockeye.socketio.client.netty;
}
