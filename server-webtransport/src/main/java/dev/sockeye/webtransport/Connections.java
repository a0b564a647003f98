package dev.sockeye.webtransport;

import dev.sockeye.netty.WebTransportProvider.Setup;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.http3.Http3SettingsFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** All connections of an endpoint, and their shared state. Thread-safe. */
final class Connections {
    /** The maximum number of concurrent sessions of one connection. */
    static final int MAX_SESSIONS = 16;
    /** The maximum number of connections without a session that has received its first message. */
    static final int MAX_UNPROVEN = 4096;

    private static final long ENABLE_WEBTRANSPORT_DRAFT_02 = 0x2b603742;
    private static final long MAX_SESSIONS_DRAFT_07 = 0xc671706aL;
    private static final long MAX_SESSIONS_DRAFT_13 = 0x14e9cd29;

    final Setup setup;
    private final AtomicInteger unproven = new AtomicInteger();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    Connections(Setup setup) {
        this.setup = setup;
    }

    /** Builds the pipeline of a connection at the start of its handshake. */
    void add(QuicChannel channel) {
        if (unproven.incrementAndGet() > MAX_UNPROVEN || closing) {
            unproven.decrementAndGet();
            var unused = channel.close();
            return;
        }
        Connection connection = new Connection(this, channel);
        open.add(connection);
        channel.pipeline().addLast(connection);
        channel.pipeline()
                .addLast(new Http3ServerConnectionHandler(
                        new ChannelInitializer<QuicStreamChannel>() {
                            @Override
                            protected void initChannel(QuicStreamChannel stream) {
                                stream.pipeline().addLast(new ConnectStream(connection, stream));
                            }
                        },
                        null,
                        type -> new RefusedStream(),
                        settings(setup.maxHeaderSize()),
                        true,
                        (id, value) -> true));
    }

    private static Http3SettingsFrame settings(int maxHeaderSize) {
        Http3Settings settings = new Http3Settings((id, value) -> true);
        settings.maxFieldSectionSize(maxHeaderSize);
        settings.enableConnectProtocol(true);
        settings.enableH3Datagram(true);
        settings.put(ENABLE_WEBTRANSPORT_DRAFT_02, 1L);
        settings.put(MAX_SESSIONS_DRAFT_07, (long) MAX_SESSIONS);
        settings.put(MAX_SESSIONS_DRAFT_13, (long) MAX_SESSIONS);
        return new DefaultHttp3SettingsFrame(settings);
    }

    /** A session of a connection has received its first message, or the connection has ended without one. */
    void proven() {
        unproven.decrementAndGet();
    }

    void remove(Connection connection) {
        open.remove(connection);
    }

    /** Refuses new connections, and closes all others after their sessions have ended. */
    CompletableFuture<Void> close() {
        closing = true;
        return CompletableFuture.allOf(open.stream().map(Connection::finish).toArray(CompletableFuture<?>[]::new));
    }
}
