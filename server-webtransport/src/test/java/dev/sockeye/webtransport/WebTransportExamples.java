package dev.sockeye.webtransport;

import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.socketio.server.SocketIoServer;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The code of docs/webtransport.md. */
final class WebTransportExamples {
    private WebTransportExamples() {}

    static void listen(SocketIoServer io, File folder, int port) throws IOException {
        NettyHostOptions host = NettyHostOptions.builder()
                .tls(new File(folder, "fullchain.pem"), new File(folder, "privkey.pem"))
                .webTransport(true)
                .build();
        io.listen(new InetSocketAddress(port), new NettyHostProvider(host));
    }
}
