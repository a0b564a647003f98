package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several threads change the rooms of one socket concurrently: rooms and sockets must be consistent afterwards. */
class RoomRacesTest {
    private static final int ROUNDS = 20_000;
    private final FakeNamespace namespace = new FakeNamespace("s1");
    private final InMemoryAdapter adapter = new InMemoryAdapter(namespace);

    private void race(Runnable one, Runnable other, Runnable afterEach) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(2);
        Thread second = new Thread(() -> {
            try {
                for (int i = 0; i < ROUNDS; i++) {
                    barrier.await(30, TimeUnit.SECONDS);
                    other.run();
                    barrier.await(30, TimeUnit.SECONDS);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        second.setDaemon(true);
        second.start();
        for (int i = 0; i < ROUNDS; i++) {
            barrier.await(30, TimeUnit.SECONDS);
            one.run();
            barrier.await(30, TimeUnit.SECONDS);
            afterEach.run();
        }
        second.join(30_000);
    }

    private void bothSidesAgree() {
        Set<String> mine = new HashSet<>();
        for (Map.Entry<String, Set<String>> room : adapter.rooms().entrySet()) {
            if (room.getValue().contains("s1")) {
                mine.add(room.getKey());
            }
        }
        Set<String> rooms = adapter.socketRooms("s1");
        assertThat(mine).isEqualTo(rooms == null ? Set.of() : rooms);
    }

    @Test
    void joiningARoomWhileLeavingTheOnlyOtherRoomIsConsistent() throws Exception {
        adapter.addAll("s1", Set.of("x"));
        race(() -> adapter.addAll("s1", Set.of("y")), () -> adapter.del("s1", "x"), () -> {
            bothSidesAgree();
            assertThat(adapter.rooms()).containsOnlyKeys("y");
            adapter.del("s1", "y");
            adapter.addAll("s1", Set.of("x"));
        });
    }

    @Test
    void joiningAndLeavingTheSameRoomConcurrentlyIsConsistent() throws Exception {
        race(() -> adapter.addAll("s1", Set.of("y")), () -> adapter.del("s1", "y"), this::bothSidesAgree);
    }

    @Test
    void joiningWhileTheSocketIsRemovedIsConsistent() throws Exception {
        race(() -> adapter.addAll("s1", Set.of("x", "y")), () -> adapter.delAll("s1"), () -> {
            bothSidesAgree();
            adapter.delAll("s1");
            assertThat(adapter.rooms()).isEmpty();
        });
    }
}
