package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.Races;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random joins and leaves of three threads, compared with a sequential execution in some order. */
@Tag("threads")
class InMemoryAdapterRaceTest {
    private static final String RIGHT = "as one after the other";
    private static final List<String> SOCKETS = List.of("s1", "s2");
    private static final List<String> ROOMS = List.of("a", "b");

    @Test
    void concurrentChangesAreEquivalentToSomeSequentialOrder() {
        assertThat(Races.run(
                        random -> new State(random, false),
                        State::end,
                        List.of(state -> state.act(0), state -> state.act(1), state -> state.act(2))))
                .containsOnlyKeys(RIGHT);
    }

    @Test
    void listenersAreNotifiedInTheOrderOfTheChanges() {
        assertThat(Races.run(
                        random -> new State(random, true),
                        State::end,
                        List.of(state -> state.act(0), state -> state.act(1), state -> state.act(2))))
                .containsOnlyKeys(RIGHT);
    }

    @Test
    void aSocketRemovedWhileJoiningIsInNoRoom() {
        assertThat(Races.run(
                        random -> {
                            State state = new State(random, random.nextBoolean());
                            state.adapter.addAll("s1", Set.of("s1"));
                            return state;
                        },
                        state -> {
                            boolean gone = state.adapter.rooms().isEmpty() && state.adapter.socketRooms("s1") == null;
                            return gone && state.model.isEmpty() ? RIGHT : "left in " + state.adapter.rooms();
                        },
                        List.of(state -> state.adapter.addAll("s1", List.of("a", "b")), state -> {
                            // as a namespace does it
                            state.adapter.delAll("s1");
                            state.namespace.remove("s1");
                            state.adapter.delAll("s1");
                        })))
                .containsOnlyKeys(RIGHT);
    }

    private record Call(int kind, String socket, String room) {
        void on(InMemoryAdapter adapter) {
            switch (kind) {
                case 0 -> adapter.addAll(socket, Set.of(room));
                case 1 -> adapter.del(socket, room);
                default -> adapter.delAll(socket);
            }
        }

        /** On members such as {@code s1 a}. */
        Set<String> on(Set<String> members) {
            Set<String> next = new TreeSet<>(members);
            switch (kind) {
                case 0 -> next.add(socket + " " + room);
                case 1 -> next.remove(socket + " " + room);
                default -> next.removeIf(member -> member.startsWith(socket));
            }
            return next;
        }
    }

    private static final class State implements RoomListener {
        private final FakeNamespace namespace = new FakeNamespace(SOCKETS.toArray(new String[0]));
        private final InMemoryAdapter adapter = new InMemoryAdapter(namespace);
        private final List<List<Call>> calls = new ArrayList<>();
        private final boolean observed;

        /** The rooms as known to the listener, which is called by one thread at a time. */
        private final Map<String, Set<String>> model = new TreeMap<>();

        private String wrong = "";

        State(Random random, boolean observed) {
            this.observed = observed;
            for (int actor = 0; actor < 3; actor++) {
                List<Call> some = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    int kind = random.nextInt(8);
                    String socket = SOCKETS.get(random.nextInt(4) / 3);
                    some.add(new Call(kind < 4 ? 0 : kind < 7 ? 1 : 2, socket, ROOMS.get(random.nextInt(2))));
                }
                calls.add(some);
            }
            if (observed) {
                adapter.addRoomListener(this);
            }
        }

        void act(int actor) {
            calls.get(actor).forEach(call -> call.on(adapter));
        }

        @Override
        public void onCreateRoom(String room) {
            check(model.put(room, new HashSet<>()) == null, "created twice");
        }

        @Override
        public void onDeleteRoom(String room) {
            Set<String> members = model.remove(room);
            check(members != null && members.isEmpty(), "deleted with members, or twice");
        }

        @Override
        public void onJoinRoom(String room, String id) {
            Set<String> members = model.get(room);
            check(members != null && members.add(id), "joined twice, or no room");
        }

        @Override
        public void onLeaveRoom(String room, String id) {
            Set<String> members = model.get(room);
            check(members != null && members.remove(id), "left twice, or no room");
        }

        private void check(boolean right, String otherwise) {
            if (!right) {
                wrong = otherwise;
            }
        }

        String end() {
            Map<String, Set<String>> rooms = adapter.rooms();
            Set<String> members = new TreeSet<>();
            rooms.forEach((room, ids) -> ids.forEach(id -> members.add(id + " " + room)));
            Set<String> names = new TreeSet<>();
            for (String socket : SOCKETS) {
                Set<String> in = adapter.socketRooms(socket);
                if (in != null) {
                    in.forEach(room -> names.add(socket + " " + room));
                }
                if (in != null && in.isEmpty()) {
                    return "an empty set is left";
                }
            }
            if (!members.equals(names) || rooms.containsValue(Set.of())) {
                return "the two sides differ: " + members + " " + names;
            }
            if (observed && !(wrong.isEmpty() && model.equals(rooms))) {
                return "the listener: " + wrong + " " + model + ", rooms " + rooms;
            }
            return reachable(Set.of(), new int[3], members, new HashMap<>()) ? RIGHT : "no order gives " + members;
        }

        /** Whether the calls that are left lead to the members in some order. */
        private boolean reachable(Set<String> now, int[] done, Set<String> wanted, Map<String, Boolean> known) {
            String key = now + " " + done[0] + done[1] + done[2];
            Boolean before = known.get(key);
            if (before != null) {
                return before;
            }
            boolean end = true;
            boolean found = false;
            for (int actor = 0; actor < 3 && !found; actor++) {
                if (done[actor] < calls.get(actor).size()) {
                    end = false;
                    int[] next = done.clone();
                    next[actor]++;
                    found = reachable(calls.get(actor).get(done[actor]).on(now), next, wanted, known);
                }
            }
            found |= end && now.equals(wanted);
            known.put(key, found);
            return found;
        }
    }
}
