package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.Races;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Joins and leaves of a large room, which take no lock while it stays large, beside those that make it small or large. */
@Tag("threads")
class LargeRoomRaceTest {
    private static final String RIGHT = "right";
    private static final String ROOM = "a";
    private static final int LEFT = RoomMembers.SMALL / 2;
    private static final List<LocalSocket> SOCKETS = sockets();

    private static List<LocalSocket> sockets() {
        List<LocalSocket> sockets = new ArrayList<>();
        for (int i = 0; i <= RoomMembers.SMALL; i++) {
            sockets.add(Objects.requireNonNull(new FakeNamespace("s" + i).socket("s" + i)));
        }
        return sockets;
    }

    /** A room that is made small by one actor, while others join and leave it without its lock if they can. */
    private static final class Members {
        final RoomMembers members = new RoomMembers();

        Members(Random random) {
            for (int i = 0; i <= RoomMembers.SMALL; i++) {
                members.add("s" + i, SOCKETS.get(i));
            }
            for (int i = RoomMembers.SMALL; i > LEFT; i--) {
                members.remove("s" + i);
            }
        }

        void shrink() {
            synchronized (this) {
                members.remove("s0");
            }
        }

        void join(int i) {
            if (!members.addToLarge("s" + i, SOCKETS.get(i))) {
                synchronized (this) {
                    members.add("s" + i, SOCKETS.get(i));
                }
            }
        }

        void leave(int i) {
            if (!members.removeFromLarge("s" + i)) {
                synchronized (this) {
                    members.remove("s" + i);
                }
            }
        }

        String end() {
            Set<String> expected = new TreeSet<>(Set.of("s9", "s10", "s11", "s12"));
            for (int i = 3; i <= LEFT; i++) {
                expected.add("s" + i);
            }
            Set<String> ids = new TreeSet<>(members.ids());
            return ids.equals(expected) ? RIGHT : ids + " in place of " + expected;
        }
    }

    @Test
    void nothingIsLostWhileTheRoomBecomesSmall() {
        assertThat(Races.run(
                        Members::new,
                        Members::end,
                        List.of(
                                Members::shrink,
                                state -> {
                                    state.join(9);
                                    state.join(10);
                                    state.leave(1);
                                },
                                state -> {
                                    state.join(11);
                                    state.join(12);
                                    state.leave(2);
                                })))
                .containsOnlyKeys(RIGHT);
    }

    /** Each actor changes its own sockets, so that the last change of each decides. */
    private static class State {
        final String room;
        final FakeNamespace namespace;
        final InMemoryAdapter adapter;
        final Map<String, Boolean> expected = new HashMap<>();
        final List<List<Runnable>> acts = new ArrayList<>();

        State(Random random, int actors) {
            this(random, actors, ROOM);
        }

        State(Random random, int actors, String room) {
            this.room = room;
            List<String> ids = new ArrayList<>();
            for (int i = 0; i <= RoomMembers.SMALL; i++) {
                ids.add("s" + i);
            }
            namespace = new FakeNamespace(ids.toArray(new String[0]));
            adapter = new InMemoryAdapter(namespace);
            ids.forEach(id -> adapter.addAll(id, Set.of(room)));
            // just above the number of members at which it becomes small, most of the time
            int members = LEFT + 1 + random.nextInt(3);
            for (String id : ids) {
                int number = Integer.parseInt(id.substring(1));
                expected.put(id, number < members);
                if (number >= members) {
                    adapter.del(id, room);
                }
            }
            String equal = String.valueOf(room.toCharArray());
            for (int actor = 0; actor < actors; actor++) {
                List<Runnable> some = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    String id = "s" + (actor + 3 * random.nextInt(ids.size() / 3));
                    boolean join = random.nextBoolean();
                    expected.put(id, join);
                    int way = random.nextInt(3);
                    some.add(
                            join
                                    ? () -> adapter.addAll(id, Set.of(equal))
                                    : way == 0 ? () -> adapter.delAll(id) : () -> adapter.del(id, equal));
                }
                acts.add(some);
            }
        }

        void act(int actor) {
            acts.get(actor).forEach(Runnable::run);
        }

        Set<String> expectedMembers() {
            Set<String> members = new TreeSet<>();
            expected.forEach((id, in) -> {
                if (in) {
                    members.add(id);
                }
            });
            return members;
        }

        Set<String> members() {
            return new TreeSet<>(adapter.rooms().getOrDefault(room, Set.of()));
        }

        String end() {
            for (String id : expected.keySet()) {
                Set<String> rooms = adapter.socketRooms(id);
                if ((rooms != null) != expected.get(id)) {
                    return id + " is in " + rooms;
                }
            }
            List<String> found = new ArrayList<>();
            adapter.select(new BroadcastOptions(Set.of(room), Set.of(), BroadcastFlags.NONE))
                    .forEach(socket -> found.add(socket.id()));
            boolean right = members().equals(expectedMembers())
                    && new TreeSet<>(found).equals(expectedMembers())
                    && found.size() == expectedMembers().size();
            return right ? RIGHT : members() + " in place of " + expectedMembers() + ", selected " + found;
        }
    }

    @Test
    void theLastChangeOfEachSocketDecides() {
        assertThat(Races.run(
                        random -> new State(random, 3),
                        State::end,
                        List.of(state -> state.act(0), state -> state.act(1), state -> state.act(2))))
                .containsOnlyKeys(RIGHT);
    }

    /** A listener that is added, and then looks at the rooms, knows the members from then on. */
    private static final class Watched extends State implements RoomListener {
        /** Comparing it takes so long that a listener is often added after a change has looked for listeners, and before it has an effect. */
        private static final String LONG = "a".repeat(5_000);

        private final Set<String> told = new HashSet<>();
        private final Map<String, Boolean> last = new HashMap<>();
        private boolean ended;
        private boolean added;
        private Set<String> before = Set.of();

        Watched(Random random) {
            super(random, 2, LONG);
        }

        void watch() {
            adapter.addRoomListener(this);
            before = members();
            added = true;
        }

        @Override
        public void onCreateRoom(String room) {
            told.add("created");
        }

        @Override
        public synchronized void onDeleteRoom(String room) {
            ended = true;
        }

        @Override
        public synchronized void onJoinRoom(String room, String id) {
            last.put(id, true);
        }

        @Override
        public synchronized void onLeaveRoom(String room, String id) {
            last.put(id, false);
        }

        @Override
        synchronized String end() {
            Set<String> known = new TreeSet<>(before);
            last.forEach((id, in) -> {
                if (in) {
                    known.add(id);
                } else {
                    known.remove(id);
                }
            });
            String rooms = super.end();
            return !rooms.equals(RIGHT) || !added || (known.equals(members()) && told.isEmpty() && !ended)
                    ? rooms
                    : "the listener knows " + known + ", members " + members() + " " + told + " " + ended;
        }
    }

    @Test
    void aListenerThatIsAddedMeanwhileMissesNothing() {
        assertThat(Races.run(
                        Watched::new,
                        State::end,
                        List.of(state -> state.act(0), state -> state.act(1), Watched::watch)))
                .containsOnlyKeys(RIGHT);
    }
}
