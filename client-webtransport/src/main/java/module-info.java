import org.jspecify.annotations.NullMarked;

/** WebTransport over HTTP/3 for the Socket.IO client. */
@NullMarked
module dev.sockeye.client.webtransport {
    requires transitive dev.sockeye.client;
    requires dev.sockeye.runtime;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.codec.http3;
    requires io.netty.codec.classes.quic;

    exports dev.sockeye.socketio.client.webtransport;

    provides dev.sockeye.socketio.client.netty.WebTransportProvider with
            dev.sockeye.socketio.client.webtransport.QuicWebTransport;
}
