package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.client.transport.NetworkOptions;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/** The shared state of the connections to one server, for WebTransport sessions. */
record WebTransportSetup(Connector connector, Class<? extends DatagramChannel> datagramType, NetworkOptions options)
        implements WebTransportProvider.Setup {

    @Override
    public EventLoop loop() {
        return connector.loop();
    }

    @Override
    public void resolve(Consumer<List<InetSocketAddress>> found, Consumer<Throwable> failed) {
        connector.resolve(found, failed);
    }

    @Override
    public void track(Channel udp) {
        connector.track(udp);
    }
}
