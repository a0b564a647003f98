package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class InMemoryAdapterTest {
    private final FakeNamespace namespace = new FakeNamespace("s1", "s2", "s3");
    private final InMemoryAdapter adapter = new InMemoryAdapter(namespace);
    private final List<String> events = new ArrayList<>();

    private void watch() {
        adapter.addRoomListener(new RoomListener() {
            @Override
            public void onCreateRoom(String room) {
                events.add("create " + room);
            }

            @Override
            public void onDeleteRoom(String room) {
                events.add("delete " + room);
            }

            @Override
            public void onJoinRoom(String room, String id) {
                events.add("join " + room + " " + id);
            }

            @Override
            public void onLeaveRoom(String room, String id) {
                events.add("leave " + room + " " + id);
            }
        });
    }

    @Test
    @Tag("adapter.index.01")
    void roomsAndSocketsAreIndexedInBothDirections() {
        adapter.addAll("s1", Set.of("r1", "r2"));
        adapter.addAll("s2", Set.of("r2", "r3"));
        assertThat(adapter.rooms())
                .containsOnlyKeys("r1", "r2", "r3")
                .containsEntry("r1", Set.of("s1"))
                .containsEntry("r2", Set.of("s1", "s2"))
                .containsEntry("r3", Set.of("s2"));
        assertThat(adapter.socketRooms("s1")).containsExactlyInAnyOrder("r1", "r2");
        adapter.del("s1", "r1");
        assertThat(adapter.rooms()).doesNotContainKey("r1");
        adapter.delAll("s2");
        assertThat(adapter.socketRooms("s2")).isNull();
        assertThat(adapter.rooms()).containsOnlyKeys("r2");
    }

    @Test
    @Tag("adapter.index.02")
    void socketsReturnsTheUnionOfTheRooms() {
        adapter.addAll("s1", Set.of("r1", "r2"));
        adapter.addAll("s2", Set.of("r2", "r3"));
        adapter.addAll("s3", Set.of("r3"));
        assertThat(adapter.sockets(Set.of()).join()).containsExactlyInAnyOrder("s1", "s2", "s3");
        assertThat(adapter.sockets(Set.of("r2")).join()).containsExactlyInAnyOrder("s1", "s2");
        assertThat(adapter.sockets(Set.of("r1", "r2")).join()).containsExactlyInAnyOrder("s1", "s2");
        assertThat(adapter.sockets(Set.of("r4")).join()).isEmpty();
    }

    @Test
    @Tag("adapter.index.03")
    void socketRoomsReturnsTheRoomsOfASocket() {
        adapter.addAll("s1", Set.of("r1", "s1"));
        assertThat(adapter.socketRooms("s1")).containsExactlyInAnyOrder("s1", "r1");
        assertThat(adapter.socketRooms("unknown")).isNull();
        assertThat(adapter.roomCount("s1")).isEqualTo(1);
    }

    @Test
    @Tag("adapter.index.07")
    @Tag("adapter.index.08")
    void fetchSocketsReturnsTheMatchingSockets() {
        adapter.addAll("s1", Set.of("r1"));
        assertThat(adapter.fetchSockets(BroadcastOptions.ALL).join()).hasSize(3);
        assertThat(adapter.fetchSockets(new BroadcastOptions(Set.of("r1"), Set.of(), BroadcastFlags.NONE))
                        .join())
                .extracting(SocketDetails::id)
                .containsExactly("s1");
    }

    @Test
    @Tag("adapter.index.04")
    @Tag("adapter.index.05")
    void socketsInExceptedRoomsAreNotSelected() {
        adapter.addAll("s1", Set.of("r1"));
        adapter.addAll("s2", Set.of("r1", "r2"));
        adapter.addAll("s3", Set.of("s3"));
        assertThat(adapter.select(new BroadcastOptions(Set.of(), Set.of("r1"), BroadcastFlags.NONE)))
                .extracting(LocalSocket::id)
                .containsExactly("s3");
        assertThat(adapter.select(new BroadcastOptions(Set.of("r1"), Set.of("r2"), BroadcastFlags.NONE)))
                .extracting(LocalSocket::id)
                .containsExactly("s1");
        assertThat(adapter.select(new BroadcastOptions(Set.of("r1", "s3"), Set.of("s3"), BroadcastFlags.NONE)))
                .extracting(LocalSocket::id)
                .containsExactlyInAnyOrder("s1", "s2");
    }

    @Test
    @Tag("adapter.index.09")
    @Tag("adapter.index.10")
    @Tag("adapter.index.11")
    @Tag("adapter.index.12")
    void joiningNotifiesRoomListeners() {
        adapter.addAll("s1", Set.of("r1"));
        watch();
        adapter.addAll("s2", Set.of("r1"));
        adapter.addAll("s2", Set.of("r1"));
        adapter.addAll("s2", Set.of("r2"));
        adapter.addAll("s2", Set.of("s2"));
        adapter.addAll("s2", Set.of("s2"));
        assertThat(events).containsExactly("join r1 s2", "create r2", "join r2 s2", "create s2", "join s2 s2");
    }

    @Test
    @Tag("adapter.index.13")
    @Tag("adapter.index.14")
    @Tag("adapter.index.15")
    @Tag("adapter.index.16")
    @Tag("adapter.index.17")
    void leavingNotifiesRoomListeners() {
        adapter.addAll("s1", Set.of("r1"));
        adapter.addAll("s2", Set.of("r1"));
        adapter.addAll("s2", Set.of("s2"));
        watch();
        adapter.del("s1", "r1");
        adapter.del("s1", "r1");
        adapter.del("s1", "unknown");
        assertThat(events).containsExactly("leave r1 s1");
        events.clear();
        adapter.delAll("s2");
        adapter.delAll("s2");
        assertThat(events).containsExactly("leave s2 s2", "delete s2", "leave r1 s2", "delete r1");
    }

    @Test
    void aSocketNotInTheNamespaceCannotJoinRooms() {
        namespace.remove("s1");
        adapter.addAll("s1", Set.of("r1"));
        assertThat(adapter.rooms()).isEmpty();
    }

    @Test
    void aSocketCanBeInManyRooms() {
        for (int i = 0; i < 100; i++) {
            adapter.addAll("s1", Set.of("r" + i));
        }
        for (int i = 0; i < 100; i += 2) {
            adapter.del("s1", "r" + i);
        }
        assertThat(adapter.roomCount("s1")).isEqualTo(50);
        assertThat(adapter.socketRooms("s1")).contains("r1", "r99").doesNotContain("r0", "r98");
        adapter.delAll("s1");
        assertThat(adapter.rooms()).isEmpty();
    }
}
