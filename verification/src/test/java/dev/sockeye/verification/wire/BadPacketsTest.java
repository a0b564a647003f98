package dev.sockeye.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import dev.sockeye.verification.host.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The response of a server to clients that violate the protocol. */
@Timeout(60)
@DisplayName("Bad packets")
@ParameterizedClass
@EnumSource(Host.class)
class BadPacketsTest {
    @Parameter
    Host host;

    private final BlockingQueue<String> reasons = new LinkedBlockingQueue<>();
    private SocketIoServer io;
    private Wire wire;

    @BeforeEach
    void start() throws Exception {
        io = SocketIoServer.create(SocketIoServerOptions.builder()
                .connectTimeout(Duration.ofMillis(300))
                .build());
        io.onConnection(socket -> {
            socket.onDisconnect((reason, description) -> reasons.add(reason.text()));
            socket.on("echo", (args, ack) -> ack.send(args.get(0)));
        });
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host);
        wire = new Wire(io.port(), "/socket.io/");
    }

    @AfterEach
    void stop() {
        io.closeAsync().join();
    }

    private void stillServes() {
        try (Peer peer = Peer.join(wire, Peer.Kind.WEBSOCKET, "/")) {
            peer.send("21[\"echo\",\"alive\"]");
            assertThat(peer.text()).isEqualTo("31[\"alive\"]");
        }
    }

    @Test
    @Tag("sio.close.06")
    void aSecondConnectForTheSameNamespaceClosesTheConnection() {
        Wire.Polling polling = wire.polling();
        polling.post("40");
        assertThat(polling.poll()).startsWith("40{");
        polling.post("40");
        assertThat(polling.poll()).isIn("6\u001e1", "1");
        assertThat(polling.get().statusCode()).isEqualTo(400);
        stillServes();
    }

    @Test
    @Tag("sio.close.07")
    void anEventBeforeAnyConnectClosesTheConnection() {
        Wire.Polling polling = wire.polling();
        polling.post("42[\"echo\",1]");
        // with a noop when the close came before the poll
        assertThat(polling.poll()).isIn("6\u001e1", "1");
        stillServes();
    }

    @Test
    @Tag("sio.close.08")
    void anUndecodablePacketClosesTheConnection() {
        Wire.Polling polling = wire.polling();
        polling.post("40");
        assertThat(polling.poll()).startsWith("40{");
        polling.post("4abc");
        // with a noop when the close came before the poll
        assertThat(polling.poll()).isIn("6\u001e1", "1");
        stillServes();
    }

    @ParameterizedTest
    @Tag("sio.socket.47")
    @Tag("sio.socket.48")
    @ValueSource(
            strings = {
                "45woooot",
                "45",
                "4abc",
                "42{}",
                "42abc[\"x\"]",
                "42[\"connect\"]",
                "42[\"disconnecting\"]",
                "452-[\"a\",{\"_placeholder\":true,\"num\":7}]",
                "49",
                "4",
                "42[{}]",
                "43{}",
                "451000-[\"a\"]"
            })
    void aMalformedPacketClosesOnlyItsOwnConnection(String bad) throws Exception {
        try (WireSocket socket = wire.webSocket()) {
            socket.text();
            socket.send("40");
            assertThat(socket.text()).startsWith("40{");
            socket.send(bad);
            if (bad.startsWith("452")) {
                socket.send(new byte[] {1});
                socket.send(new byte[] {2});
            }
            socket.closed();
            assertThat(reasons.poll(20, TimeUnit.SECONDS)).isIn("parse error", "forced server close", "forced close");
        }
        stillServes();
    }

    @Test
    @Tag("sio.socket.45")
    void garbageRightAfterAnUpgradeClosesTheConnection() {
        Wire.Polling polling = wire.polling();
        polling.post("40");
        polling.poll();
        try (WireSocket socket = polling.upgrade()) {
            socket.send("2probe");
            assertThat(socket.text()).isEqualTo("3probe");
            socket.send("5");
            socket.send("45woooot");
            socket.closed();
        }
        stillServes();
    }

    @Test
    @Tag("sio.socket.46")
    void aConnectErrorFromAClientClosesTheConnection() {
        try (WireSocket socket = wire.webSocket()) {
            socket.text();
            socket.send("40");
            assertThat(socket.text()).startsWith("40{");
            socket.send("44[\"hello\"]");
            socket.closed();
        }
        stillServes();
    }

    @ParameterizedTest
    @Tag("sio.namespaces.24")
    @ValueSource(booleans = {true, false})
    void aClientThatJoinsNoNamespaceIsClosed(boolean polling) {
        if (polling) {
            Wire.Polling session = wire.polling();
            assertThat(session.poll()).isEqualTo("1");
        } else {
            try (WireSocket socket = wire.webSocket()) {
                socket.text();
                socket.closed();
            }
        }
        stillServes();
    }
}
