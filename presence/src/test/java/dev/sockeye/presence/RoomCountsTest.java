package dev.sockeye.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.adapter.RoomListener;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.test.SockeyeTest;
import dev.sockeye.test.TestSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Room counts")
class RoomCountsTest {
    private static final Duration SOON = Duration.ofMillis(200);

    private final TestServers servers = new TestServers(2);

    @BeforeEach
    void joinOnRequest() {
        for (int i = 0; i < 2; i++) {
            servers.get(i).server().onConnection(socket -> {
                socket.on("join", String.class, socket::join);
                socket.on("leave", String.class, socket::leave);
            });
        }
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private TestSocket join(int server, String room) {
        TestSocket client = servers.get(server).connect();
        client.emit("join", room);
        servers.pass(SOON);
        return client;
    }

    @Test
    void theSocketsOfARoomAreCountedOnAllServers() {
        RoomCounts here = RoomCounts.of(servers.get(0).server());
        RoomCounts there = RoomCounts.of(servers.get(1).server());
        TestSocket first = join(0, "red");
        join(0, "red");
        TestSocket third = join(1, "red");
        join(1, "blue");
        assertThat(here.count("red")).isEqualTo(3);
        assertThat(here.all()).isEqualTo(there.all()).containsExactly(Map.entry("blue", 1), Map.entry("red", 3));
        first.emit("leave", "red");
        third.disconnect();
        servers.pass(SOON);
        assertThat(there.count("red")).isEqualTo(1);
        assertThat(there.count("green")).isZero();
        assertThat(there.count(String.valueOf(first.id()))).as("its own room").isZero();
    }

    @Test
    void existingRoomsAreCounted() {
        join(0, "red");
        TestSocket second = join(0, "red");
        RoomCounts here = RoomCounts.of(servers.get(0).server());
        RoomCounts there = RoomCounts.of(servers.get(1).server());
        servers.pass(SOON);
        assertThat(there.count("red")).isEqualTo(2);
        second.disconnect();
        servers.pass(SOON);
        assertThat(here.all()).containsExactly(Map.entry("red", 1));
        assertThat(there.all()).containsExactly(Map.entry("red", 1));
    }

    @Test
    void aJoinThatIsReportedAfterTheExistingRoomsWereCountedIsCountedOnce() {
        SocketIoServer server = servers.get(0).server();
        List<Socket> sockets = new ArrayList<>();
        server.onConnection(sockets::add);
        server.sockets().adapter().addRoomListener(new RoomListener() {
            @Override
            public void onJoinRoom(String room, String socketId) {
                if (room.equals("red")) {
                    sockets.get(0).join("blue"); // reported after this call
                    RoomCounts.of(server);
                }
            }
        });
        TestSocket client = join(0, "red");
        assertThat(RoomCounts.of(server).all()).containsExactly(Map.entry("blue", 1), Map.entry("red", 1));
        client.disconnect();
        servers.pass(SOON);
        assertThat(RoomCounts.of(server).all()).isEmpty();
    }

    @Test
    void aFailedPredicateLeavesNoRoomCountsBehind() {
        join(0, "red");
        Namespace namespace = servers.get(0).server().sockets();
        PresenceOptions options = PresenceOptions.builder()
                .rooms(room -> {
                    throw new IllegalStateException("oops");
                })
                .build();
        assertThatThrownBy(() -> RoomCounts.of(namespace, options)).hasMessage("oops");
        assertThat(RoomCounts.of(namespace).all()).containsExactly(Map.entry("red", 1));
    }

    @Test
    void roomsOfAPartitionedServerDisappearAfterItsTimeoutAndReturnOnceItHeals() {
        RoomCounts.of(servers.get(0).server());
        RoomCounts there = RoomCounts.of(servers.get(1).server());
        join(0, "red");
        servers.cutAll(true);
        servers.pass(Duration.ofSeconds(16));
        assertThat(there.all()).isEmpty();
        servers.cutAll(false);
        servers.pass(Duration.ofSeconds(6));
        assertThat(there.all()).containsExactly(Map.entry("red", 1));
    }

    @Test
    void onlyConfiguredRoomsAreCountedUpToMaxRooms() {
        PresenceOptions options = PresenceOptions.builder()
                .rooms(room -> room.startsWith("game:"))
                .maxRooms(2)
                .build();
        SockeyeTest server = servers.get(0);
        RoomCounts counts = RoomCounts.of(server.server().sockets(), options);
        join(0, "other");
        TestSocket one = join(0, "game:1");
        join(0, "game:2");
        join(0, "game:3");
        join(0, "game:3");
        assertThat(counts.all()).containsOnlyKeys("game:1", "game:2");
        one.disconnect();
        servers.pass(SOON);
        join(0, "game:3");
        assertThat(counts.all()).containsExactly(Map.entry("game:2", 1), Map.entry("game:3", 3));
    }

    @Test
    void closeRemovesTheCountsOnAllServers() {
        RoomCounts here = RoomCounts.of(servers.get(0).server());
        RoomCounts there = RoomCounts.of(servers.get(1).server());
        join(0, "red");
        assertThat(RoomCounts.of(servers.get(0).server())).isSameAs(here);
        here.close();
        servers.pass(SOON);
        assertThat(here.all()).isEmpty();
        assertThat(there.all()).isEmpty();
        assertThat(RoomCounts.of(servers.get(0).server())).isNotSameAs(here);
    }

    @Test
    void aRoomDeletedBeforeTheOtherServersWereInformedIsNotListedThere() {
        RoomCounts.of(servers.get(0).server());
        RoomCounts there = RoomCounts.of(servers.get(1).server());
        TestSocket client = servers.get(0).connect();
        client.emit("join", "red");
        client.emit("leave", "red");
        servers.pass(SOON);
        assertThat(there.all()).isEmpty();
        RoomCounts late = RoomCounts.of(servers.add().server());
        servers.pass(SOON);
        assertThat(late.all()).isEmpty();
    }
}
