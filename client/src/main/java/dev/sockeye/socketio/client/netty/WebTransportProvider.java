package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.client.transport.MessageConnection;
import dev.sockeye.socketio.client.transport.NetworkOptions;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * Opens WebTransport sessions for {@link NettyClientTransport}. The module {@code sockeye-client-webtransport} has one, which is found by
 * {@link java.util.ServiceLoader}. Each transport has its own.
 */
@SuppressWarnings("exports") // users of this package have Netty
public interface WebTransportProvider {

    /** The environment of a session. All methods are called on the loop. */
    interface Setup {
        /** Runs all tasks of the session, including its callbacks. */
        EventLoop loop();

        /** The type of UDP channels that fits the loop. */
        Class<? extends DatagramChannel> datagramType();

        /** Where and how the session connects. */
        NetworkOptions options();

        /** Looks up the server's addresses; one of the two is called on the loop, with the preferred addresses first. */
        void resolve(Consumer<List<InetSocketAddress>> found, Consumer<Throwable> failed);

        /** Closes a UDP channel with the client's transport. */
        void track(Channel udp);
    }

    /**
     * Returns a session that is not open yet. Nothing is opened, and nothing thrown, before {@link MessageConnection#open}. Called on the
     * loop.
     */
    MessageConnection session(Setup setup, MessageConnection.Listener listener);
}
