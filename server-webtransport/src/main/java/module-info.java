import org.jspecify.annotations.NullMarked;

/** WebTransport over HTTP/3 for the Netty host. */
@NullMarked
module dev.sockeye.server.webtransport {
    requires transitive dev.sockeye.server.netty;
    requires dev.sockeye.runtime;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;
    requires io.netty.common;
    requires io.netty.codec;
    requires io.netty.codec.http3;
    requires io.netty.codec.classes.quic;
    requires io.netty.transport.unix.common;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.classes.io_uring;

    exports dev.sockeye.webtransport;

    provides dev.sockeye.netty.WebTransportProvider with
            dev.sockeye.webtransport.QuicWebTransport;
}
