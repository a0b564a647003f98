package dev.sockeye.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.verification.host.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Broadcasts reach polling, WebSocket and upgraded clients. */
@Timeout(60)
@DisplayName("A broadcast over mixed transports")
@ParameterizedClass
@EnumSource(Host.class)
class MixedTransportsTest {
    @Parameter
    Host host;

    private static final byte[] BYTES = {1, 2, 3};

    private final BlockingQueue<Socket> sockets = new LinkedBlockingQueue<>();
    private SocketIoServer io;
    private Wire wire;

    @BeforeEach
    void start() throws Exception {
        io = SocketIoServer.create();
        io.onConnection(socket -> {
            if (!socket.rooms().contains("quiet")) {
                sockets.add(socket);
            }
        });
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host);
        wire = new Wire(io.port(), "/socket.io/");
    }

    @AfterEach
    void stop() {
        io.closeAsync().join();
    }

    private Socket socket() throws InterruptedException {
        Socket socket = sockets.poll(20, TimeUnit.SECONDS);
        assertThat(socket).isNotNull();
        return socket;
    }

    private List<Peer> joined(String namespace) {
        return Peer.joinAll(wire, namespace);
    }

    private static void all(List<Peer> peers, String packet) {
        peers.forEach(peer -> assertThat(peer.text()).isEqualTo(packet));
    }

    private static void close(List<Peer> peers) {
        peers.forEach(Peer::close);
    }

    @Test
    @Tag("sio.uws.01")
    @Tag("sio.messaging-many.01")
    void reachesAllClientsOfTheMainNamespace() throws Exception {
        List<Peer> peers = joined("/");
        io.of("/other");
        Peer other = Peer.join(wire, Peer.Kind.WEBSOCKET, "/other");
        for (int i = 0; i < 3; i++) {
            socket();
        }
        io.emit("hello", 1, "two");
        io.of("/other").emit("mine");
        all(peers, "2[\"hello\",1,\"two\"]");
        assertThat(other.text()).isEqualTo("2/other,[\"mine\"]");
        close(peers);
        other.close();
    }

    @Test
    @Tag("sio.uws.02")
    void reachesAllClientsOfANamespace() {
        io.of("/admin");
        List<Peer> peers = joined("/admin");
        io.of("/admin").emit("hello");
        all(peers, "2/admin,[\"hello\"]");
        close(peers);
    }

    @Test
    @Tag("sio.uws.03")
    @Tag("sio.namespaces.30")
    void reachesTheChildrenOfADynamicNamespace() {
        var parent = io.of(Pattern.compile("^/dynamic-\\d+$"));
        List<Peer> peers = joined("/dynamic-101");
        Peer sibling = Peer.join(wire, Peer.Kind.POLLING, "/dynamic-102");
        parent.emit("hello");
        all(peers, "2/dynamic-101,[\"hello\"]");
        assertThat(sibling.text()).isEqualTo("2/dynamic-102,[\"hello\"]");
        close(peers);
        sibling.close();
    }

    @Test
    @Tag("sio.uws.04")
    @Tag("sio.messaging-many.02")
    void carriesBinaryData() throws Exception {
        List<Peer> peers = joined("/");
        for (int i = 0; i < 3; i++) {
            socket();
        }
        io.emit("hello", (Object) BYTES);
        peers.forEach(peer -> {
            assertThat(peer.text()).isEqualTo("51-[\"hello\",{\"_placeholder\":true,\"num\":0}]");
            assertThat(peer.binary()).isEqualTo(BYTES);
        });
        close(peers);
    }

    @Test
    @Tag("sio.uws.05")
    void volatileBroadcastsSkipClientsThatAreNotWritable() throws Exception {
        List<Peer> peers = joined("/");
        Socket polling = socket();
        Socket webSocket = socket();
        Socket upgraded = socket();
        await().until(() -> webSocket.writable() && upgraded.writable());
        assertThat(polling.writable()).as("no poll is waiting").isFalse();
        io.asVolatile().emit("maybe", (Object) BYTES);
        io.emit("sure");
        assertThat(peers.get(0).text()).isEqualTo("2[\"sure\"]");
        for (Peer peer : peers.subList(1, 3)) {
            assertThat(peer.text()).startsWith("51-[\"maybe\"");
            assertThat(peer.binary()).isEqualTo(BYTES);
            assertThat(peer.text()).isEqualTo("2[\"sure\"]");
        }
        close(peers);
    }

    @Test
    @Tag("sio.uws.06")
    @Tag("sio.uws.07")
    @Tag("sio.uws.08")
    @Tag("sio.uws.10")
    @Tag("sio.messaging-many.13")
    @Tag("sio.namespaces.27")
    void respectsRoomsAndExclusions() throws Exception {
        List<Peer> peers = joined("/");
        Socket first = socket();
        Socket second = socket();
        Socket third = socket();
        first.join("a");
        second.join("a", "b");
        third.join("b", "c");
        io.to("a").emit("to a");
        io.to("a").to("b").emit("to a and b");
        io.except("c").emit("not to c");
        second.leave("a");
        io.to("a").emit("to a again");
        io.emit("end");
        assertThat(peers.get(0).text()).isEqualTo("2[\"to a\"]");
        assertThat(peers.get(0).text()).isEqualTo("2[\"to a and b\"]");
        assertThat(peers.get(0).text()).isEqualTo("2[\"not to c\"]");
        assertThat(peers.get(0).text()).isEqualTo("2[\"to a again\"]");
        assertThat(peers.get(0).text()).isEqualTo("2[\"end\"]");
        assertThat(peers.get(1).text()).isEqualTo("2[\"to a\"]");
        assertThat(peers.get(1).text()).isEqualTo("2[\"to a and b\"]");
        assertThat(peers.get(1).text()).isEqualTo("2[\"not to c\"]");
        assertThat(peers.get(1).text()).isEqualTo("2[\"end\"]");
        assertThat(peers.get(2).text()).isEqualTo("2[\"to a and b\"]");
        assertThat(peers.get(2).text()).isEqualTo("2[\"end\"]");
        close(peers);
    }

    @Test
    @Tag("sio.uws.09")
    void reachesRoomsJoinedInAMiddleware() {
        io.use((socket, next) -> {
            socket.join("early");
            next.next();
        });
        List<Peer> peers = joined("/");
        io.to("early").emit("hello");
        all(peers, "2[\"hello\"]");
        close(peers);
    }

    @Test
    @Tag("sio.uws.11")
    @Tag("eio.server.55")
    void aDisconnectDuringAnUpgradeDoesNotAffectOtherClients() {
        Wire.Polling polling = wire.polling();
        polling.post("40");
        assertThat(polling.pollUntil("40{")).contains("40{");
        WireSocket socket = polling.upgrade();
        socket.send("2probe");
        assertThat(socket.text()).isEqualTo("3probe");
        polling.post("41");
        polling.post("1");
        socket.abort();
        try (Peer peer = Peer.join(wire, Peer.Kind.UPGRADED, "/")) {
            io.emit("hello");
            assertThat(peer.text()).isEqualTo("2[\"hello\"]");
        }
    }
}
