import org.jspecify.annotations.NullMarked;

/** The default host of the Socket.IO server: Netty. */
@NullMarked
module dev.sockeye.server.netty {
    requires transitive dev.sockeye.server;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;
    requires transitive io.netty.buffer;
    requires transitive io.netty.transport;
    requires io.netty.common;
    requires io.netty.resolver;
    requires transitive io.netty.handler;
    requires io.netty.codec;
    requires io.netty.codec.haproxy;
    requires io.netty.codec.http;
    requires io.netty.codec.http2;
    requires io.netty.transport.unix.common;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.classes.io_uring;

    exports dev.sockeye.netty;

    uses dev.sockeye.netty.WebTransportProvider;

    provides dev.sockeye.engineio.host.EngineHostProvider with
            dev.sockeye.netty.NettyHostProvider;
}
