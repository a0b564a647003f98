package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProxiesTest {
    private final BlockingQueue<String> addresses = new LinkedBlockingQueue<>();

    @Test
    void trustedProxies() throws Exception {
        // tag::trusted-proxies
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .trustedProxies("127.0.0.1", "::1", "10.0.0.0/8")
                .engine(engine -> engine.maxConnectionsPerAddress(100))
                .build());
        // end::trusted-proxies
        io.listen(0);
        assertThat(address(io, "", "X-Forwarded-For: 203.0.113.5, 10.0.0.7\r\n"))
                .isEqualTo("203.0.113.5");
    }

    @Test
    void proxyProtocol() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        int port = 0;
        // tag::proxy-protocol
        NettyHostOptions host = NettyHostOptions.builder().proxyProtocol(true).build();
        io.listen(new InetSocketAddress(port), new NettyHostProvider(host));
        // end::proxy-protocol
        assertThat(address(io, "PROXY TCP4 203.0.113.5 10.0.0.1 56324 443\r\n", ""))
                .isEqualTo("203.0.113.5");
    }

    /** The address of a client, as its handshake has it. */
    private String address(SocketIoServer io, String first, String headers) throws IOException, InterruptedException {
        io.engine().onSession(session -> addresses.add(session.remoteAddress()));
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), io.port())) {
            String request = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n";
            client.getOutputStream().write((first + request + headers + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return addresses.poll(10, TimeUnit.SECONDS);
        } finally {
            io.closeAsync().join();
        }
    }
}
