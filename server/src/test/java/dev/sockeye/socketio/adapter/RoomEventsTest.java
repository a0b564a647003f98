package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who listens to the rooms knows at each moment which ones there are: events come in the order of the changes. */
class RoomEventsTest {
    private static final int ROUNDS = 60_000;

    private final FakeNamespace namespace = new FakeNamespace("s1", "s2");
    private final InMemoryAdapter adapter = new InMemoryAdapter(namespace);

    /** Records all callbacks. */
    private static class RecordingListener implements RoomListener {
        final List<String> events = new ArrayList<>();

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
            events.add(id + " joins " + room);
        }

        @Override
        public void onLeaveRoom(String room, String id) {
            events.add(id + " leaves " + room);
        }
    }

    @Test
    void aRoomRecreatedByAListenerIsReportedDeletedBeforeCreated() {
        RecordingListener listener = new RecordingListener() {
            @Override
            public void onLeaveRoom(String room, String id) {
                super.onLeaveRoom(room, id);
                adapter.addAll("s2", Set.of(room));
            }
        };
        adapter.addAll("s1", Set.of("r"));
        adapter.addRoomListener(listener);
        adapter.del("s1", "r");
        assertThat(listener.events).containsExactly("s1 leaves r", "delete r", "create r", "s2 joins r");
    }

    @Test
    void theRoomOfASocketIdIsCreatedOnceWhenAnotherSocketJoinsItFirst() {
        RecordingListener listener = new RecordingListener();
        adapter.addRoomListener(listener);
        adapter.addAll("s2", Set.of("s1"));
        adapter.addAll("s1", Set.of("s1"));
        adapter.del("s2", "s1");
        adapter.delAll("s1");
        assertThat(listener.events)
                .containsExactly(
                        "create s1", "s2 joins s1", "s1 joins s1", "s2 leaves s1", "s1 leaves s1", "delete s1");
    }

    @Test
    void aListenerThatThrowsDoesNotAffectOtherListeners() {
        adapter.addRoomListener(new RoomListener() {
            @Override
            public void onCreateRoom(String room) {
                throw new IllegalStateException("expected in the log of this test");
            }
        });
        RecordingListener listener = new RecordingListener();
        adapter.addRoomListener(listener);
        adapter.addAll("s1", Set.of("r"));
        assertThat(listener.events).containsExactly("create r", "s1 joins r");
    }

    @Test
    void createAndDeleteEventsAlternateWhenTwoThreadsFillAndEmptyARoom() throws Exception {
        List<String> wrong = new ArrayList<>();
        adapter.addRoomListener(new RoomListener() {
            private boolean there;

            @Override
            public void onCreateRoom(String room) {
                change(true);
            }

            @Override
            public void onDeleteRoom(String room) {
                change(false);
            }

            private void change(boolean created) {
                if (there == created) {
                    wrong.add((created ? "created" : "deleted") + " twice");
                }
                there = created;
            }
        });
        CyclicBarrier barrier = new CyclicBarrier(2);
        Thread second = new Thread(() -> rounds("s2", barrier));
        second.setDaemon(true);
        second.start();
        rounds("s1", barrier);
        second.join(60_000);
        assertThat(wrong).isEmpty();
    }

    private void rounds(String id, CyclicBarrier barrier) {
        try {
            for (int i = 0; i < ROUNDS; i++) {
                if (i % 100 == 0) {
                    barrier.await(60, TimeUnit.SECONDS);
                }
                adapter.addAll(id, Set.of("r"));
                adapter.del(id, "r");
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aListenerThatFailsWithAnErrorDoesNotStopTheEvents() {
        RecordingListener listener = new RecordingListener();
        adapter.addRoomListener(new RoomListener() {
            @Override
            public void onJoinRoom(String room, String id) {
                throw new AssertionError("expected in the log of this test");
            }
        });
        adapter.addRoomListener(listener);
        adapter.addAll("s1", Set.of("r"));
        adapter.del("s1", "r");
        assertThat(listener.events).containsExactly("create r", "s1 joins r", "s1 leaves r", "delete r");
    }
}
